# Retrieval of clips of the generated videos with the small 3D ResNet (BE, section 4.3; DSM, "Video
# Retrieval"): clips of the training videos are the gallery, clips of the test videos the queries.
_base_ = [
    '../_base_/models/clips_r3d_toy.py',
    '../_base_/pipelines/clips_toy.py',
    '../_base_/datasets/toy.py',
    '../_base_/default_runtime.py',
]

test_dataloader = dict(dataset=dict(gallery=_base_.toy_train, query=_base_.toy_test))
