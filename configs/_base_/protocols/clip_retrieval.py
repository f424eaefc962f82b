# Retrieval of clips (BE, section 4.3; DSM, "Video Retrieval"): features max-pooled to C x 2 x 7 x
# 7, one for each 16 consecutive frames; clips of training videos are the gallery, clips of test
# videos the queries.
_base_ = './finetune.py'

model = dict(
    cls_head=dict(_delete_=True, type='ClipFeatureHead'), test_cfg=dict(max_testing_views=16)
)
clips = dict(type='ConsecutiveClips', clip_len=16)

test_dataloader = dict(
    batch_size=1,
    dataset=dict(
        _delete_=True, type='GalleryAndQueries', pipeline=dict(_base_.test_pipeline, sample=clips)
    ),
)
test_evaluator = dict(_delete_=True, type='ClipRetrieval')
test_cfg = dict(type='ResumableTestLoop')

# Nothing is trained.
train_dataloader = val_dataloader = val_evaluator = None
train_cfg = val_cfg = optim_wrapper = param_scheduler = auto_scale_lr = None
