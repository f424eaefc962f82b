# MoCo with BE (section 3.3.2) on Inception I3D: the key is the query's clip, cropped and augmented
# anew and disturbed; another clip of the video is a hard negative (Eq. 7). Temperature, momentum
# and queue are not in the paper but in the released code.
_base_ = ['./moco_i3d.py', './be_augment.py']

model = dict(
    neck=dict(num_layers=1, pool='max'),
    head=dict(temperature=0.07),
    queue_size=16384,
    symmetric=False,
    negative_view='negative',
    data_preprocessor=dict(
        views=dict(
            query=_base_.basic,
            key=[*_base_.basic, dict(type='BackgroundErasing', gamma=0.3)],
            negative=_base_.basic,
        )
    ),
)
