# r3d_toy.py with the quickstart's net, its frames and its optimiser. Give load_from.
_base_ = './r3d_toy.py'

resize = dict(scale=(32, 32))
model = dict(backbone=dict(base_channels=8), cls_head=dict(in_channels=64))
train_dataloader = dict(dataset=dict(pipeline=dict(resize=resize)))
test = dict(dataset=dict(pipeline=dict(scale=resize)))
val_dataloader = test
test_dataloader = test
# At SGD .025 a net pre-trained with triplets forgets what it has learnt, and at a tenth of that it
# does not learn its head in so few steps.
optim_wrapper = dict(optimizer=dict(_delete_=True, type='AdamW', lr=0.001, weight_decay=0.05))
