# Actor-HMDB51 (BE, section 4.6), split 1: HMDB51 cropped to its actors, by
# tools/data/make_actor_videos.py, below $MMDEBIAS_DATA/actor_hmdb51. The lists keep their names.
train_set = dict(
    data_root='{{$MMDEBIAS_DATA:data}}/actor_hmdb51',
    ann_file='hmdb51_train_split_1_videos.txt',
    data_prefix=dict(video='videos'),
)
test_set = dict(
    data_root='{{$MMDEBIAS_DATA:data}}/actor_hmdb51',
    ann_file='hmdb51_val_split_1_videos.txt',
    data_prefix=dict(video='videos'),
)
num_classes = 51
flip = dict(flip_ratio=0.5)
