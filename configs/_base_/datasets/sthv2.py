# Where Something-Something V2 is: MMAction2's layout below $MMDEBIAS_DATA/sthv2.
sthv2_train = dict(
    data_root='{{$MMDEBIAS_DATA:data}}/sthv2',
    ann_file='sthv2_train_list_videos.txt',
    data_prefix=dict(video='videos'),
)
sthv2_test = dict(
    data_root='{{$MMDEBIAS_DATA:data}}/sthv2',
    ann_file='sthv2_val_list_videos.txt',
    data_prefix=dict(video='videos'),
)
