# All clips of 8 consecutive frames of a video; a dataset's file names the two sides.
_base_ = './retrieval_toy.py'

test_pipeline = [
    _base_.test_pipeline[0],
    dict(type='ConsecutiveClips', clip_len=8),
    *_base_.test_pipeline[2:],
]
test_dataloader = dict(batch_size=1, dataset=dict(pipeline=test_pipeline))
test_evaluator = dict(type='ClipRetrieval')
