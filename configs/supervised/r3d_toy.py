# An ordinary MMAction2 classifier on generated videos with a small net: the baseline.
_base_ = '../finetune/r3d_toy.py'

model = dict(
    data_preprocessor=dict(
        _delete_=True,
        type='ActionDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        format_shape='NCTHW',
    )
)
