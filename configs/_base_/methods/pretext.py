# A pretext task (BE, section 3.3.1): how was the clip transformed? A leaf gives the task and its
# head. `disturbed` and `with_be` are for the leaves that add BE's consistency (Eq. 5).
_base_ = './moco.py'

# Augmentation set A (section 4.1), the jitter as strong as in the released code; one draw a clip.
basic = [
    dict(
        type='KorniaAugment',
        transforms=[
            dict(type='RandomRotation', degrees=10.0, p=1.0),
            dict(type='ColorJitter', brightness=0.5, contrast=0.5, saturation=0.25, hue=0.5, p=1.0),
        ],
    )
]

disturbed = [*basic, dict(type='BackgroundErasing', gamma=0.3)]
model = dict(
    _delete_=True,
    type='PretextRecognizer',
    data_preprocessor=dict(
        type='ViewDataPreprocessor', views=dict(query=basic), **_base_.normalisation
    ),
)

# One view, stride 4, no flips.
train_dataloader = dict(
    dataset=dict(
        pipeline=dict(
            sample=dict(frame_interval=4, views=dict(_delete_=True, query=dict())),
            per_view=dict(flip=None),
        )
    )
)

# SGD .01, weight decay 5e-4, batch 64, 50 epochs, a tenth every 10 (section 4.1).
train_cfg = dict(max_epochs=50)
optim_wrapper = dict(optimizer=dict(weight_decay=5e-4))
param_scheduler = [dict(type='MultiStepLR', milestones=[10, 20, 30, 40], gamma=0.1)]
