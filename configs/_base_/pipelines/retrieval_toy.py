# Ten clips of a video, as finetune_toy.py tests it; a dataset's file names the two sides.
_base_ = './finetune_toy.py'

test_dataloader = dict(
    dataset=dict(_delete_=True, type='GalleryAndQueries', pipeline=_base_.test_pipeline)
)
test_evaluator = dict(_delete_=True, type='VideoRetrieval')
test_cfg = dict(type='ResumableTestLoop')
train_dataloader = val_dataloader = val_evaluator = None
