# Retrieval on Kinetics-400 with I3D (FAME, section 4.2 "Video Retrieval"): training videos are the
# gallery, those of the validation list the queries.
_base_ = [
    '../_base_/models/features_i3d.py',
    '../_base_/pipelines/retrieval_224.py',
    '../_base_/datasets/k400.py',
    '../_base_/default_runtime.py',
]

test_dataloader = dict(dataset=dict(gallery=_base_.k400_train, query=_base_.k400_test))
