# BE's basic augmentation set A (section 4.1), the jitter as strong as in the released code; one
# draw a clip.
basic = [
    dict(
        type='KorniaAugment',
        transforms=[
            dict(type='RandomRotation', degrees=10.0, p=1.0),
            dict(type='ColorJitter', brightness=0.5, contrast=0.5, saturation=0.25, hue=0.5, p=1.0),
        ],
    )
]
