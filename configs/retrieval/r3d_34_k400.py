# Retrieval on Kinetics-400 with R3D-34 (FAME, section 4.2 "Video Retrieval"): training videos are
# the gallery, those of the validation list the queries.
_base_ = [
    '../_base_/models/features_r3d_34.py',
    '../_base_/pipelines/retrieval_224.py',
    '../_base_/datasets/k400.py',
    '../_base_/default_runtime.py',
]

test_dataloader = dict(dataset=dict(gallery=_base_.k400_train, query=_base_.k400_test))
