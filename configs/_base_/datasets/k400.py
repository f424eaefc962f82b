# Kinetics-400 in MMAction2's layout below $MMDEBIAS_DATA/kinetics400.
train_set = dict(
    data_root='{{$MMDEBIAS_DATA:data}}/kinetics400',
    ann_file='kinetics400_train_list_videos.txt',
    data_prefix=dict(video='videos_train'),
)
test_set = dict(
    data_root='{{$MMDEBIAS_DATA:data}}/kinetics400',
    ann_file='kinetics400_val_list_videos.txt',
    data_prefix=dict(video='videos_val'),
)
num_classes = 400
flip = dict(flip_ratio=0.5)
