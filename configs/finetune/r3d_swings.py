# r3d_toy.py with the quickstart's net and its frames. Give load_from.
_base_ = './r3d_toy.py'

resize = dict(scale=(32, 32))
model = dict(backbone=dict(base_channels=8), cls_head=dict(in_channels=64))
train_dataloader = dict(dataset=dict(pipeline=dict(resize=resize)))
test = dict(dataset=dict(pipeline=dict(scale=resize)))
val_dataloader = test
test_dataloader = test
