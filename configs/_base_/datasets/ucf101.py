# UCF101, split 1, in MMAction2's layout below $MMDEBIAS_DATA/ucf101.
train_set = dict(
    data_root='{{$MMDEBIAS_DATA:data}}/ucf101',
    ann_file='ucf101_train_split_1_videos.txt',
    data_prefix=dict(video='videos'),
)
test_set = dict(
    data_root='{{$MMDEBIAS_DATA:data}}/ucf101',
    ann_file='ucf101_val_split_1_videos.txt',
    data_prefix=dict(video='videos'),
)
num_classes = 101
flip = dict(flip_ratio=0.5)
