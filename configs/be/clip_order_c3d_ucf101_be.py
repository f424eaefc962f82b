# As clip_order_c3d_ucf101.py, with BE's consistency between the clip and a disturbed one (Eq. 5).
_base_ = [
    '../_base_/encoders/c3d.py',
    '../_base_/datasets/ucf101.py',
    '../_base_/methods/pretext.py',
]

model = dict(
    backbone=_base_.encoder,
    task=dict(type='ClipOrder', clip_len=16, gap=8, num_clips=3),
    head=dict(
        type='PairwiseOrderHead', in_channels=_base_.channels, hidden_channels=512, dropout=0.5
    ),
    disturbed_view='disturbed',
    data_preprocessor=dict(views=dict(disturbed=_base_.disturbed)),
)
views = dict(disturbed=dict(same_as='query'))
train_dataloader = dict(
    dataset=dict(
        pipeline=dict(
            sample=dict(views=views, clip_len=64, frame_interval=1, loop=False),
            per_view=dict(resize=_base_.resize),
        ),
        **_base_.train_set,
    )
)
