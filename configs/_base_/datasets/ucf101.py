# Where UCF101, split 1, is: MMAction2's layout below $MMDEBIAS_DATA/ucf101.
ucf101_train = dict(
    data_root='{{$MMDEBIAS_DATA:data}}/ucf101',
    ann_file='ucf101_train_split_1_videos.txt',
    data_prefix=dict(video='videos'),
)
ucf101_test = dict(
    data_root='{{$MMDEBIAS_DATA:data}}/ucf101',
    ann_file='ucf101_val_split_1_videos.txt',
    data_prefix=dict(video='videos'),
)
