# Clip order prediction on UCF101 with C3D, three clips of 16x112x112 out of 64 frames.
_base_ = [
    '../_base_/models/pretext_c3d.py',
    '../_base_/pipelines/pretext_112.py',
    '../_base_/datasets/ucf101.py',
    '../_base_/schedules/be_50e.py',
    '../_base_/default_runtime.py',
]

model = dict(
    task=dict(type='ClipOrder', clip_len=16, gap=8, num_clips=3),
    head=dict(type='PairwiseOrderHead', hidden_channels=512, dropout=0.5),
)
train_pipeline = [
    _base_.train_pipeline[0],
    dict(
        type='SampleViews',
        clip_len=64,
        frame_interval=1,
        views=dict(query=dict()),
        loop=False,
    ),
    *_base_.train_pipeline[2:],
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline, **_base_.ucf101_train))
