# BE, section 4.1: SGD .05, 45 epochs, a tenth every 10. Momentum, weight decay and batch 64 are
# its default settings.
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=45, val_interval=5)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.05, momentum=0.9, weight_decay=5e-4)
)
param_scheduler = [dict(type='StepLR', step_size=10, gamma=0.1)]
auto_scale_lr = dict(enable=False, base_batch_size=64)
