# Retrieval on the generated videos with the small net: training videos are the gallery, test videos
# the queries.
_base_ = '../finetune/r3d_toy.py'

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
                **_base_.toy_train,
            ),
            dict(
                type='TolerantVideoDataset',
                pipeline=_base_.test_pipeline,
                test_mode=True,
                extra=dict(split='query'),
                **_base_.toy_test,
            ),
        ],
    )
)
test_evaluator = dict(_delete_=True, type='VideoRetrieval')
