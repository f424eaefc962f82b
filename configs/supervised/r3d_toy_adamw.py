# The baseline with a schedule that learns the motion, too, where the scene does not give it away:
# SGD at the rate of fine-tuning stays at chance there.
_base_ = './r3d_toy.py'

# Smaller crops cut the actor's limbs off.
train_dataloader = dict(dataset=dict(pipeline=dict(crop=dict(area_range=(0.7, 1.0)))))
train_cfg = dict(max_epochs=30)
optim_wrapper = dict(
    optimizer=dict(_delete_=True, type='AdamW', lr=0.001, weight_decay=0.05),
)
param_scheduler = [
    dict(type='LinearLR', start_factor=0.04, end=3, convert_to_iter_based=True),
    dict(type='CosineAnnealingLR', T_max=27, begin=3, end=30, convert_to_iter_based=True),
]
