# Clip order prediction on UCF101 with C3D, three clips of 16x112x112 out of 64 frames.
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
)
train_dataloader = dict(
    dataset=dict(
        pipeline=dict(
            sample=dict(clip_len=64, frame_interval=1, loop=False),
            per_view=dict(resize=_base_.resize),
        ),
        **_base_.train_set,
    )
)
