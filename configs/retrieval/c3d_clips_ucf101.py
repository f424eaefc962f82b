# Retrieval of clips on UCF101, split 1, with C3D (BE, section 4.3; DSM, "Video
# Retrieval"): clips of the training videos are the gallery, clips of the test videos the queries.
_base_ = [
    '../_base_/models/clips_c3d.py',
    '../_base_/pipelines/clips_112.py',
    '../_base_/datasets/ucf101.py',
    '../_base_/default_runtime.py',
]

test_dataloader = dict(dataset=dict(gallery=_base_.ucf101_train, query=_base_.ucf101_test))
