# Fine-tuning as in BE (section 4.1). Momentum, weight decay and batch 64 are its default settings.
_base_ = './finetune.py'

# The augmentation of the pre-training, ../methods/be.py, here too, as in the released code.
basic = [
    dict(type='InnerRotation', degrees=10.0),
    dict(
        type='KorniaAugment',
        transforms=[
            dict(type='ColorJitter', brightness=0.5, contrast=0.5, saturation=0.5, hue=0.25, p=1.0)
        ],
    ),
]
model = dict(data_preprocessor=dict(augments=basic))

# Every fourth frame, to train and to test.
stride_4 = dict(dataset=dict(pipeline=dict(sample=dict(frame_interval=4))))
train_dataloader = dict(batch_size=8, **stride_4)
val_dataloader = stride_4
test_dataloader = stride_4

# SGD .05, 45 epochs, a tenth every 10.
train_cfg = dict(max_epochs=45, val_interval=5)
optim_wrapper = dict(optimizer=dict(lr=0.05, weight_decay=5e-4))
param_scheduler = [dict(type='StepLR', step_size=10, gamma=0.1)]
auto_scale_lr = dict(base_batch_size=64)
