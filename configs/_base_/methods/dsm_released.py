# DSM as the authors' code trains it, where that differs from the paper: the anchor is warped and
# the positive is not, the negative is another clip of the video at its own speed, keys are queued.
# The code's warp is a local push; the spline stands in for it, with the offsets that its own,
# dormant spline has (a twentieth of the frame).
_base_ = './dsm.py'

# Of brightness, contrast, saturation and hue exactly one changes, in all three views.
jitter = dict(
    type='OneAugment',
    augments=[
        dict(type='KorniaAugment', transforms=[dict(type='ColorJitter', p=1.0, **one)])
        for one in (dict(brightness=0.5), dict(contrast=0.5), dict(saturation=0.5), dict(hue=0.25))
    ],
)
warped = [jitter, dict(type='SpatialWarping', max_offset=0.05)]

model = dict(
    head=dict(temperature=0.07),
    queue_size=3569,
    momentum=0.999,
    queue_view=None,
    data_preprocessor=dict(views=dict(anchor=warped, positive=[jitter], negative=[jitter])),
)

# Frames are turned, the short side becomes 256, then a random crop of 224: the code leaves black
# corners, here the border is mirrored. The negative starts 4 frames away or more, where they do not
# fit anywhere.
views = dict(negative=dict(_delete_=True, other_than='anchor', min_gap=4, otherwise='any'))
train_dataloader = dict(
    batch_size=16,  # on 16 GPUs
    dataset=dict(
        pipeline=dict(
            sample=dict(views=views),
            disturb=None,
            per_view=dict(
                rotate=dict(type='RotateFrames', degrees=10.0),
                scale=dict(type='Resize', scale=(-1, 256)),
                crop=dict(_delete_=True, type='RandomCrop', size=224),
                resize=None,
            ),
        )
    ),
)

# Weight decay 1e-4, batch 256, a tenth at 120, 160 and 200.
optim_wrapper = dict(optimizer=dict(weight_decay=1e-4))
param_scheduler = [dict(type='MultiStepLR', milestones=[120, 160, 200], gamma=0.1)]
auto_scale_lr = dict(base_batch_size=256)
