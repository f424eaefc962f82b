# FAME, appendix A.3: SGD .025, weight decay 1e-4, batch 128, 150 epochs, a tenth at 60 and 120.
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=150, val_interval=10)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.025, momentum=0.9, weight_decay=1e-4)
)
param_scheduler = [dict(type='MultiStepLR', milestones=[60, 120], gamma=0.1)]
auto_scale_lr = dict(enable=False, base_batch_size=128)
