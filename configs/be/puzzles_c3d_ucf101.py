# Space-time cubic puzzles on UCF101 with C3D, 48x112x112: how do the pieces belong together?
_base_ = [
    '../_base_/encoders/c3d.py',
    '../_base_/datasets/ucf101.py',
    '../_base_/methods/pretext.py',
]

model = dict(
    backbone=_base_.encoder,
    task=dict(type='SpaceTimePuzzles', clip_len=48, size=112),
    head=dict(type='PretextHead', in_channels=_base_.channels, hidden_channels=512, dropout=0.5),
)
train_dataloader = dict(
    dataset=dict(
        pipeline=dict(
            sample=dict(clip_len=48, frame_interval=1, loop=False),
            per_view=dict(resize=_base_.resize),
        ),
        **_base_.train_set,
    )
)
