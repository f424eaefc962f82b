# FAME, appendix A.1: SGD .01, weight decay 1e-4, batch 64, 200 epochs, a tenth at 120 and 180.
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=200)
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.01, momentum=0.9, weight_decay=1e-4)
)
param_scheduler = [dict(type='MultiStepLR', milestones=[120, 180], gamma=0.1)]
auto_scale_lr = dict(enable=False, base_batch_size=64)
