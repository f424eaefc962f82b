# Retrieval on HMDB51, split 1, with R(2+1)D-18: training videos are the gallery, test videos the
# queries (FAME, section 4.2 "Video Retrieval").
_base_ = '../finetune/r2plus1d_18_hmdb51.py'

model = dict(
    cls_head=dict(_delete_=True, type='FeatureHead', average_clips='score'),
)
test_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='ConcatDataset',
        datasets=[
            dict(
                type='TolerantVideoDataset',
                pipeline=_base_.test_pipeline,
                test_mode=True,
                extra=dict(split='gallery'),
                **_base_.hmdb51_train,
            ),
            dict(
                type='TolerantVideoDataset',
                pipeline=_base_.test_pipeline,
                test_mode=True,
                extra=dict(split='query'),
                **_base_.hmdb51_test,
            ),
        ],
    )
)
test_evaluator = dict(_delete_=True, type='VideoRetrieval')
