# Retrieval of clips on HMDB51, split 1, with C3D (BE, section 4.3; DSM, "Video
# Retrieval"): clips of the training videos are the gallery, clips of the test videos the queries.
_base_ = [
    '../_base_/models/clips_c3d.py',
    '../_base_/pipelines/clips_112.py',
    '../_base_/datasets/hmdb51.py',
    '../_base_/default_runtime.py',
]

test_dataloader = dict(dataset=dict(gallery=_base_.hmdb51_train, query=_base_.hmdb51_test))
