# Where HMDB51, split 1, is: MMAction2's layout below $MMDEBIAS_DATA/hmdb51.
hmdb51_train = dict(
    data_root='{{$MMDEBIAS_DATA:data}}/hmdb51',
    ann_file='hmdb51_train_split_1_videos.txt',
    data_prefix=dict(video='videos'),
)
hmdb51_test = dict(
    data_root='{{$MMDEBIAS_DATA:data}}/hmdb51',
    ann_file='hmdb51_val_split_1_videos.txt',
    data_prefix=dict(video='videos'),
)
