# FAME's photometric augmentations (appendix A.2) and the normalisation of its released models.
colour = [
    dict(
        type='KorniaAugment',
        transforms=[
            dict(type='RandomGrayscale', p=0.2),
            dict(type='ColorJitter', brightness=0.4, contrast=0.4, saturation=0.4, hue=0.1, p=0.8),
            dict(type='RandomGaussianBlur', kernel_size=(23, 23), sigma=(0.1, 2.0), p=0.5),
        ],
    )
]
normalisation = dict(mean=[0.43216, 0.394666, 0.37645], std=[0.22803, 0.22145, 0.216989])
