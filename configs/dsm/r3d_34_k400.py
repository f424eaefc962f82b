# DSM on Kinetics-400 with R3D-34, 16x224x224: 128 videos on 16 GPUs (Table 1).
_base_ = [
    '../_base_/models/dsm_r3d_34.py',
    '../_base_/pipelines/triplet_224.py',
    '../_base_/datasets/k400.py',
    '../_base_/schedules/dsm_200e.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=_base_.k400_train)
