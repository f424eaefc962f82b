# Where Diving48 is: MMAction2's layout below $MMDEBIAS_DATA/diving48.
diving48_train = dict(
    data_root='{{$MMDEBIAS_DATA:data}}/diving48',
    ann_file='diving48_train_list_videos.txt',
    data_prefix=dict(video='videos'),
)
diving48_test = dict(
    data_root='{{$MMDEBIAS_DATA:data}}/diving48',
    ann_file='diving48_val_list_videos.txt',
    data_prefix=dict(video='videos'),
)
