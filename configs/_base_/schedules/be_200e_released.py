# BE's released code: SGD .003, 200 epochs, a tenth at 120 and 160.
_base_ = './be_50e.py'

train_cfg = dict(max_epochs=200)
optim_wrapper = dict(optimizer=dict(lr=0.003))
param_scheduler = [dict(type='MultiStepLR', milestones=[120, 160], gamma=0.1)]
