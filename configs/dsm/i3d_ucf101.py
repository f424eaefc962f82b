# DSM on UCF101 with I3D, 16x224x224 (Tables 2 and 3): the negative starts 2 to 20 frames later.
_base_ = ['./i3d_k400.py', '../_base_/datasets/ucf101.py']

train_pipeline = [
    _base_.train_pipeline[0],
    dict(
        type='SampleViews',
        clip_len=16,
        frame_interval=4,
        views=dict(
            anchor=dict(),
            positive=dict(same_as='anchor'),
            negative=dict(shift_from='anchor', shift=(2, 20)),
        ),
    ),
    *_base_.train_pipeline[2:],
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline, **_base_.ucf101_train))
