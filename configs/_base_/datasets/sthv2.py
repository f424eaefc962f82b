# Something-Something V2 in MMAction2's layout below $MMDEBIAS_DATA/sthv2.
train_set = dict(
    data_root='{{$MMDEBIAS_DATA:data}}/sthv2',
    ann_file='sthv2_train_list_videos.txt',
    data_prefix=dict(video='videos'),
)
test_set = dict(
    data_root='{{$MMDEBIAS_DATA:data}}/sthv2',
    ann_file='sthv2_val_list_videos.txt',
    data_prefix=dict(video='videos'),
)
num_classes = 174
flip = None  # classes tell left from right
