# Where tools/data/make_toy.py wrote its videos: $MMDEBIAS_DATA/toy.
toy_train = dict(data_root='{{$MMDEBIAS_DATA:data}}/toy', ann_file='train.txt')
toy_test = dict(data_root='{{$MMDEBIAS_DATA:data}}/toy', ann_file='test.txt')
