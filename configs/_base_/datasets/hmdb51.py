# HMDB51, split 1, in MMAction2's layout below $MMDEBIAS_DATA/hmdb51.
train_set = dict(
    data_root='{{$MMDEBIAS_DATA:data}}/hmdb51',
    ann_file='hmdb51_train_split_1_videos.txt',
    data_prefix=dict(video='videos'),
)
test_set = dict(
    data_root='{{$MMDEBIAS_DATA:data}}/hmdb51',
    ann_file='hmdb51_val_split_1_videos.txt',
    data_prefix=dict(video='videos'),
)
num_classes = 51
flip = dict(flip_ratio=0.5)
