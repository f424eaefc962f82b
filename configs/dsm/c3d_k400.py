# DSM on Kinetics-400 with C3D, 16x112x112: 128 videos on 16 GPUs.
_base_ = [
    '../_base_/models/dsm_c3d.py',
    '../_base_/pipelines/triplet_112.py',
    '../_base_/datasets/k400.py',
    '../_base_/schedules/dsm_200e.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=_base_.k400_train)
