# The videos that tools/data/make_toy.py wrote to $MMDEBIAS_DATA/toy.
train_set = dict(data_root='{{$MMDEBIAS_DATA:data}}/toy', ann_file='train.txt')
test_set = dict(data_root='{{$MMDEBIAS_DATA:data}}/toy', ann_file='test.txt')
num_classes = 8
flip = None  # left and right tell some of the actions apart
