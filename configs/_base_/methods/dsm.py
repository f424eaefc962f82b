# DSM's contrastive learning (Eq. 7): anchor b(c1), positive s(c2), negative t(c3). The paper does
# not say what its basic augmentation b is: FAME's photometric ones here.
_base_ = './moco.py'

model = dict(
    neck=dict(num_layers=1),
    head=dict(temperature=1.0),
    queue_size=6536,
    momentum=0.99,
    symmetric=False,
    query_view='anchor',
    key_view='positive',
    negative_view='negative',
    queue_view='anchor',
    data_preprocessor=dict(
        # The pipeline has disturbed the negative's motion already.
        views=dict(
            _delete_=True,
            anchor=_base_.colour,
            positive=[dict(type='SpatialWarping')],
            negative=[],
        )
    ),
)

# Three crops of 16 frames with stride 4 ("Default Settings"). Anchor and positive show the same
# frames; the negative starts 4 to 30 frames later, Kinetics' range, and moves by random multiples
# of its optical flow. The positive is warped later, on the model's device.
views = dict(
    _delete_=True,
    anchor=dict(),
    positive=dict(same_as='anchor'),
    negative=dict(shift_from='anchor', shift=(4, 30)),
)
train_dataloader = dict(
    dataset=dict(
        pipeline=dict(
            sample=dict(frame_interval=4, views=views),
            # The paper lists no flip, and an own one for each view would mirror half of the motions
            # between anchor and positive.
            per_view=dict(flip=None),
            disturb=dict(type='PerView', views=['negative'], flow=dict(type='ScaleOpticalFlow')),
        )
    )
)

# SGD .003, weight decay 5e-4, batch 128, 200 epochs, a tenth at 80, 120 and 160 ("Pre-training
# Settings").
optim_wrapper = dict(optimizer=dict(lr=0.003, weight_decay=5e-4))
param_scheduler = [dict(type='MultiStepLR', milestones=[80, 120, 160], gamma=0.1)]
auto_scale_lr = dict(base_batch_size=128)
