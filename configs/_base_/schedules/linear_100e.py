# FAME, appendix A.3: SGD 5, no weight decay, batch 128, 100 epochs, a tenth at 60 and 80.
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=100, val_interval=10)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=5, momentum=0.9, weight_decay=0)
)
param_scheduler = [dict(type='MultiStepLR', milestones=[60, 80], gamma=0.1)]
auto_scale_lr = dict(enable=False, base_batch_size=128)
