# Retrieval of videos (FAME, section 4.2 "Video Retrieval"): features averaged over space, time and
# the ten clips of a video; training videos are the gallery, test videos the queries.
_base_ = './finetune.py'

model = dict(cls_head=dict(_delete_=True, type='FeatureHead', average_clips='score'))

test_dataloader = dict(
    dataset=dict(_delete_=True, type='GalleryAndQueries', pipeline=_base_.test_pipeline)
)
test_evaluator = dict(_delete_=True, type='VideoRetrieval')
test_cfg = dict(type='ResumableTestLoop')

# Nothing is trained.
train_dataloader = val_dataloader = val_evaluator = None
train_cfg = val_cfg = optim_wrapper = param_scheduler = auto_scale_lr = None
