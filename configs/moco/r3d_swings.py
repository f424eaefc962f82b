# MoCo on generated videos whose whole actor moves, in three hundred steps of a small net: the
# quickstart. tools/analysis/toy_study.md says how the schedule was chosen.
_base_ = [
    '../_base_/encoders/r3d_swings.py',
    '../_base_/datasets/toy.py',
    '../_base_/methods/moco.py',
]

# The blur in proportion: 23 pixels and up to two are meant for crops of 112.
colour = [
    dict(
        type='KorniaAugment',
        transforms=[
            dict(type='RandomGrayscale', p=0.2),
            dict(type='ColorJitter', brightness=0.4, contrast=0.4, saturation=0.4, hue=0.1, p=0.8),
            dict(type='RandomGaussianBlur', kernel_size=(7, 7), sigma=(0.1, 0.57), p=0.5),
        ],
    )
]
model = dict(
    backbone=_base_.encoder,
    neck=dict(in_channels=_base_.channels, out_channels=64),
    head=dict(temperature=0.2),
    # In so few steps the keys of a queue are told by their age: the rest of the batch instead.
    queue_size=0,
    momentum=0.95,
    symmetric=False,
    data_preprocessor=dict(views=dict(query=colour, key=colour)),
)
# These videos fit into memory: decoded once, each.
train_dataloader = dict(
    batch_size=64,
    num_workers=0,
    persistent_workers=False,
    pin_memory=False,
    dataset=dict(
        pipeline=dict(
            open=dict(_delete_=True, type='DecodeOnce'),
            sample=_base_.clip,
            decode=dict(_delete_=True, type='ArrayDecode'),
            per_view=dict(crop=_base_.crop, resize=_base_.resize, flip=_base_.flip),
        ),
        **_base_.train_set,
    ),
)
train_cfg = dict(max_epochs=18)
# In some hundred steps SGD does not learn the motions even with labels.
optim_wrapper = dict(optimizer=dict(_delete_=True, type='AdamW', lr=0.003, weight_decay=0.05))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.04, end=2, convert_to_iter_based=True),
    dict(type='CosineAnnealingLR', T_max=16, begin=2, end=18, convert_to_iter_based=True),
]
auto_scale_lr = dict(base_batch_size=64)
