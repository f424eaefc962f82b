"""Each pre-training config makes a step: its own views, augments and loss, a tiny encoder."""

import pytest
import torch
from mmaction.registry import DATASETS, MODELS
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.optim import OptimWrapper

from helpers.running import ROOT
from mmdebias.methods import METHODS

ENCODER = dict(
    type='ResNet3d',
    depth=18,
    pretrained=None,
    pretrained2d=False,
    base_channels=2,
    norm_eval=False,
    zero_init_residual=False,
)
CONFIGS = sorted(
    path.relative_to(ROOT / 'configs')
    for method in METHODS
    for path in (ROOT / 'configs' / method).glob('*.py')
    # Not for training; and pretext tasks want longer clips than these videos have.
    if not path.stem.startswith(('table_4', 'ablations', 'rotnet', 'puzzles', 'clip_order'))
)


@pytest.mark.parametrize('path', CONFIGS, ids=str)
def test_config_steps(path, few_videos):
    cfg = Config.fromfile(ROOT / 'configs' / path)
    steps = cfg.train_dataloader.dataset.pipeline
    steps.sample.clip_len = 4
    if steps.per_view.resize is None:  # the released code's: a short side, then a crop
        steps.per_view.scale.scale, steps.per_view.crop.size = (-1, 40), 32
    else:
        steps.per_view.resize.scale = (32, 32)
    cfg.model.backbone = ENCODER
    cfg.model.neck.in_channels = 16
    cfg.train_dataloader.dataset.update(
        data_root=str(few_videos), ann_file='train.txt', data_prefix=dict(video='')
    )
    dataset = DATASETS.build(cfg.train_dataloader.dataset)
    model = MODELS.build(cfg.model)
    before = model.backbone.conv1.conv.weight.detach().clone()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.01)
    losses = model.train_step(
        pseudo_collate([dataset[0], dataset[1]]), OptimWrapper(optimizer=optimiser)
    )
    assert torch.isfinite(losses['loss'])
    assert not torch.equal(model.backbone.conv1.conv.weight, before)
