# DSM, "Pre-training Settings": SGD .003, weight decay 5e-4, batch 128, 200 epochs, a tenth at 80,
# 120 and 160.
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=200)
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.003, momentum=0.9, weight_decay=5e-4)
)
param_scheduler = [dict(type='MultiStepLR', milestones=[80, 120, 160], gamma=0.1)]
auto_scale_lr = dict(enable=False, base_batch_size=128)
