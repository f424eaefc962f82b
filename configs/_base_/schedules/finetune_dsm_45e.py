# DSM, "Fine-tuning Settings": SGD .1, 45 epochs, a tenth every 10; "Default Settings": batch 128.
# Momentum and weight decay are those of its pre-training: the paper gives no others.
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=45, val_interval=5)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.1, momentum=0.9, weight_decay=5e-4)
)
param_scheduler = [dict(type='StepLR', step_size=10, gamma=0.1)]
auto_scale_lr = dict(enable=False, base_batch_size=128)
