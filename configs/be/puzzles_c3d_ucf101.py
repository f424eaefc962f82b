# Space-time cubic puzzles on UCF101 with C3D, 48x112x112: how do the pieces belong together?
_base_ = [
    '../_base_/models/pretext_c3d.py',
    '../_base_/pipelines/pretext_112.py',
    '../_base_/datasets/ucf101.py',
    '../_base_/schedules/be_50e.py',
    '../_base_/default_runtime.py',
]

model = dict(
    task=dict(type='SpaceTimePuzzles', clip_len=48, size=112),
    head=dict(type='PretextHead', hidden_channels=512, dropout=0.5),
)
train_pipeline = [
    _base_.train_pipeline[0],
    dict(
        type='SampleViews',
        clip_len=48,
        frame_interval=1,
        views=dict(query=dict()),
        loop=False,
    ),
    *_base_.train_pipeline[2:],
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline, **_base_.ucf101_train))
