# One clip under BE and each rival of Table 4, side by side and without other augmentations: for
# tools/analysis/show_augment.py, not for training.
_base_ = './r3d_toy.py'

model = dict(
    query_view='original',
    key_view='background_erasing',
    negative_view=None,
    data_preprocessor=dict(
        views=dict(
            _delete_=True,
            original=[],
            background_erasing=[dict(type='BackgroundErasing')],
            inter_video_frame=[dict(type='InterVideoFrame')],
            gaussian_noise=[dict(type='GaussianNoiseFrame')],
            video_mixup=[dict(type='VideoMixup')],
            video_cutmix=[dict(type='VideoCutMix')],
        )
    ),
)
same = dict(same_as='original')
views = dict(
    original=dict(),
    background_erasing=same,
    inter_video_frame=same,
    gaussian_noise=same,
    video_mixup=same,
    video_cutmix=same,
)
train_pipeline = [
    _base_.train_pipeline[0],
    dict(_base_.train_pipeline[1], views=views),
    _base_.train_pipeline[2],
    dict(type='PerView', transforms=[dict(type='Resize', scale=(64, 64), keep_ratio=False)]),
    *_base_.train_pipeline[4:],
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
