"""A model, a data set and a metric for one MMEngine run, and that run."""

import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import BaseDataset
from mmengine.evaluator import BaseMetric
from mmengine.model import BaseModel
from mmengine.registry import DATASETS, METRICS, MODELS
from mmengine.runner import Runner


@DATASETS.register_module()
class TinySet(BaseDataset):
    def load_data_list(self):
        return [dict(x=float(i), y=i % 2) for i in range(8)]

    def __getitem__(self, i):
        return torch.full((3,), float(i)), i % 2


@MODELS.register_module()
class TinyNet(BaseModel):
    def __init__(self):
        super().__init__()
        self.net = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))

    def forward(self, x, y, mode='loss'):
        scores = self.net(x)
        if mode != 'loss':
            return [scores]
        return dict(loss=torch.nn.functional.cross_entropy(scores, y))


@METRICS.register_module()
class TinyMetric(BaseMetric):
    default_prefix = 'tiny'

    def process(self, batch, outputs):
        self.results.append(1.0)

    def compute_metrics(self, results):
        return dict(acc=np.mean(results))


def train(work, epochs, **kwargs):
    """An epoch is 2 iterations in one process, or 1 in two."""
    data = dict(
        batch_size=4,
        collate_fn=dict(type='default_collate'),
        # A nested dict: MMEngine leaves it a ConfigDict in the checkpoint.
        dataset=dict(type='TinySet', metainfo=dict(classes=('a', 'b'), more=dict(nested=1))),
    )
    cfg = dict(
        model=dict(type='TinyNet'),
        work_dir=work,
        experiment_name=f'{work}_{epochs}',
        train_dataloader=dict(sampler=dict(type='DefaultSampler', shuffle=True), **data),
        val_dataloader=dict(sampler=dict(type='DefaultSampler', shuffle=False), **data),
        val_evaluator=dict(type='TinyMetric'),
        val_cfg=dict(),
        train_cfg=dict(by_epoch=True, max_epochs=epochs),
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.1, momentum=0.9)),
        param_scheduler=[
            dict(type='LinearLR', start_factor=0.1, by_epoch=False, end=2),
            dict(type='CosineAnnealingLR', T_max=4, by_epoch=True),
        ],
        default_hooks=dict(
            checkpoint=dict(type='CheckpointHook', interval=1, save_best='auto'),
            logger=dict(type='LoggerHook', interval=1),
            sampler_seed=dict(type='DistSamplerSeedHook'),
            sync_buffers=dict(type='SyncBuffersHook'),
        ),
        default_scope='mmengine',
        randomness=dict(seed=0),
        log_level='ERROR',
    )
    runner = Runner.from_cfg(Config({**cfg, **kwargs}))
    runner.train()
    return runner
