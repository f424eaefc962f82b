# MoCo with BE (section 3.3.2): the key is the query's clip, cropped and augmented anew and
# disturbed; another clip of the video is a hard negative (Eq. 7). Temperature and momentum are
# not in the paper but in the released code; so is the queue, which its scripts for UCF101, HMDB51
# and Diving48 set to 3569, fewer keys than there are videos (n != i in Eq. 6).
_base_ = './moco.py'

# Augmentation set A (section 4.1), the jitter as strong as in the released code; one draw a clip.
basic = [
    dict(type='InnerRotation', degrees=10.0),
    dict(
        type='KorniaAugment',
        transforms=[
            dict(type='ColorJitter', brightness=0.5, contrast=0.5, saturation=0.5, hue=0.25, p=1.0)
        ],
    ),
]

model = dict(
    neck=dict(num_layers=1, pool='max'),
    head=dict(temperature=0.07),
    queue_size=3569,
    symmetric=False,
    negative_view='negative',
    data_preprocessor=dict(
        views=dict(
            query=basic,
            key=[*basic, dict(type='BackgroundErasing', gamma=0.3)],
            negative=basic,
        )
    ),
)

# Stride 4, no flips.
views = dict(key=dict(_delete_=True, same_as='query'), negative=dict(other_than='query'))
train_dataloader = dict(
    dataset=dict(
        pipeline=dict(sample=dict(frame_interval=4, views=views), per_view=dict(flip=None))
    )
)

# SGD .01, weight decay 5e-4, batch 64, 50 epochs, a tenth every 10 (section 4.1).
train_cfg = dict(max_epochs=50)
optim_wrapper = dict(optimizer=dict(weight_decay=5e-4))
param_scheduler = [dict(type='MultiStepLR', milestones=[10, 20, 30, 40], gamma=0.1)]
