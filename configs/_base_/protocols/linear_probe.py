# A linear layer on L2-normalised features of a frozen encoder; clips are cropped and flipped only
# (FAME, appendices A.2 and A.3).
_base_ = './finetune.py'

model = dict(
    type='LinearProbe',
    cls_head=dict(type='LinearProbeHead', dropout_ratio=0),
    data_preprocessor=dict(augments=[]),
)

# SGD 5, no weight decay, 100 epochs, a tenth at 60 and 80.
train_cfg = dict(max_epochs=100)
optim_wrapper = dict(optimizer=dict(lr=5, weight_decay=0))
param_scheduler = [dict(type='MultiStepLR', milestones=[60, 80], gamma=0.1)]
