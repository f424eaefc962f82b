# FAME on DSM's triplet, on generated videos whose whole actor moves: the quickstart. Videos, net
# and schedule are those of MoCo there; views, loss and disturbances are those of
# ../_base_/methods/dsm.py: bases with the same keys cannot be joined.
_base_ = '../moco/r3d_swings.py'

model = dict(
    _delete_=True,
    type='TripletRecognizer',
    backbone=_base_.encoder,
    neck=dict(type='ProjectionNeck', in_channels=_base_.channels, out_channels=64, num_layers=1),
    head=dict(type='TripletHead', margin=0.5),
    data_preprocessor=dict(
        type='ViewDataPreprocessor',
        views=dict(
            anchor=_base_.colour,
            positive=[dict(type='FAME'), dict(type='SpatialWarping')],
            negative=[],
        ),
        **_base_.normalisation,
    ),
)
# A swing repeats itself after 16 to 24 frames.
views = dict(
    _delete_=True,
    anchor=dict(),
    positive=dict(same_as='anchor'),
    negative=dict(shift_from='anchor', shift=(4, 12)),
)
train_dataloader = dict(
    dataset=dict(
        pipeline=dict(
            sample=dict(views=views),
            disturb=dict(type='PerView', views=['negative'], flow=dict(type='ScaleOpticalFlow')),
        )
    )
)
custom_hooks = [*_base_.custom_hooks, dict(type='MaskSheetHook')]
