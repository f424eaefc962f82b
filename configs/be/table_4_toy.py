# One clip under BE and each rival of Table 4, side by side and without other augmentations: for
# tools/analysis/show_augment.py, not for training.
_base_ = [
    '../_base_/encoders/r3d_toy.py',
    '../_base_/datasets/toy.py',
    '../_base_/methods/be.py',
]

model = dict(
    backbone=_base_.encoder,
    neck=dict(in_channels=_base_.channels),
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
    _delete_=True,
    original=dict(),
    background_erasing=same,
    inter_video_frame=same,
    gaussian_noise=same,
    video_mixup=same,
    video_cutmix=same,
)
train_dataloader = dict(
    dataset=dict(
        pipeline=dict(
            sample=dict(views=views, **_base_.clip),
            per_view=dict(crop=None, resize=dict(scale=(64, 64))),
        ),
        **_base_.train_set,
    )
)
