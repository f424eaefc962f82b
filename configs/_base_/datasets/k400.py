# Where Kinetics-400 is: MMAction2's layout below $MMDEBIAS_DATA/kinetics400.
k400_train = dict(
    data_root='{{$MMDEBIAS_DATA:data}}/kinetics400',
    ann_file='kinetics400_train_list_videos.txt',
    data_prefix=dict(video='videos_train'),
)
k400_test = dict(
    data_root='{{$MMDEBIAS_DATA:data}}/kinetics400',
    ann_file='kinetics400_val_list_videos.txt',
    data_prefix=dict(video='videos_val'),
)
