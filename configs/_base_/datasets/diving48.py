# Diving48, labels of version 2, in MMAction2's layout below $MMDEBIAS_DATA/diving48.
train_set = dict(
    data_root='{{$MMDEBIAS_DATA:data}}/diving48',
    ann_file='diving48_train_list_videos.txt',
    data_prefix=dict(video='videos'),
)
test_set = dict(
    data_root='{{$MMDEBIAS_DATA:data}}/diving48',
    ann_file='diving48_val_list_videos.txt',
    data_prefix=dict(video='videos'),
)
num_classes = 48
flip = dict(flip_ratio=0.5)
