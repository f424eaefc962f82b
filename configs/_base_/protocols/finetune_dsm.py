# Fine-tuning as in DSM ("Fine-tuning Settings", "Default Settings"). Momentum and weight decay are
# those of its pre-training: the paper gives no others.
_base_ = './finetune.py'

# Every fourth frame, to train and to test.
stride_4 = dict(dataset=dict(pipeline=dict(sample=dict(frame_interval=4))))
train_dataloader = stride_4
val_dataloader = stride_4
test_dataloader = stride_4

# SGD .1, batch 128, 45 epochs, a tenth every 10.
train_cfg = dict(max_epochs=45, val_interval=5)
optim_wrapper = dict(optimizer=dict(lr=0.1, weight_decay=5e-4))
param_scheduler = [dict(type='StepLR', step_size=10, gamma=0.1)]
