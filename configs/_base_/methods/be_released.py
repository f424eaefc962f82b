# BE as the authors' code trains it, where that differs from the paper.
_base_ = './be.py'

# Of brightness, contrast, saturation and hue exactly one changes.
jitter = dict(
    type='OneAugment',
    augments=[
        dict(type='KorniaAugment', transforms=[dict(type='ColorJitter', p=1.0, **one)])
        for one in (dict(brightness=0.5), dict(contrast=0.5), dict(saturation=0.5), dict(hue=0.25))
    ],
)
# The query is disturbed, with one lambda for the batch; the head averages; batch norm is not
# shuffled; ImageNet's statistics.
model = dict(
    neck=dict(pool='avg'),
    shuffle_bn=False,
    data_preprocessor=dict(
        mean=[0.485, 0.456, 0.406],
        std=[0.229, 0.224, 0.225],
        views=dict(
            query=[jitter, dict(type='BackgroundErasing', gamma=0.3, same_lam=True)],
            key=[jitter],
            negative=[jitter],
        ),
    ),
)

# Frames are turned, the short side becomes 256, then a random crop of 224: the code leaves black
# corners, here the border is mirrored. The hard negative starts 2 frames away or more; where that
# does not fit, a third of the video later.
views = dict(negative=dict(min_gap=2, otherwise='third'))
train_dataloader = dict(
    dataset=dict(
        pipeline=dict(
            sample=dict(views=views),
            per_view=dict(
                rotate=dict(type='RotateFrames', degrees=10.0),
                scale=dict(type='Resize', scale=(-1, 256)),
                crop=dict(_delete_=True, type='RandomCrop', size=224),
                resize=None,
            ),
        )
    )
)

# SGD .003, weight decay 1e-4.
optim_wrapper = dict(optimizer=dict(lr=0.003, weight_decay=1e-4))
