# Retrieval on Something-Something V2 with R3D-18 (FAME, section 4.2 "Video Retrieval"): training
# videos are the gallery, those of the validation list the queries.
_base_ = [
    '../_base_/models/features_r3d_18.py',
    '../_base_/pipelines/retrieval_112.py',
    '../_base_/datasets/sthv2.py',
    '../_base_/default_runtime.py',
]

test_dataloader = dict(dataset=dict(gallery=_base_.sthv2_train, query=_base_.sthv2_test))
