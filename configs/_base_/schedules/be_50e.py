# BE, section 4.1: SGD .01, weight decay 5e-4, batch 64, 50 epochs, a tenth every 10.
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=50)
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.01, momentum=0.9, weight_decay=5e-4)
)
param_scheduler = [dict(type='MultiStepLR', milestones=[10, 20, 30, 40], gamma=0.1)]
auto_scale_lr = dict(enable=False, base_batch_size=64)
