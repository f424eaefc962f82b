"""Try upstream by itself, without mmdebias, and keep {name: error, or the value returned}."""

import importlib
import importlib.util
import json
import os
import pkgutil
import sys
import types
import warnings
from pathlib import Path

import numpy as np
import tiny_run
import torch
from mmengine.dist import init_dist
from mmengine.model import MMDistributedDataParallel
from mmengine.runner.checkpoint import load_from_http
from mmengine.utils import get_installed_path, is_installed

out = sys.argv[1]
outcomes = {}
# Without it MMEngine builds no optimizer on Python 3.14, and nothing else could be tried there.
if not hasattr(pkgutil, 'find_loader'):
    pkgutil.find_loader = importlib.util.find_spec


def attempt(name, function):
    try:
        outcomes[name] = function()
    except BaseException as error:
        outcomes[name] = f'{type(error).__name__}: {error}'


def missing_mmcv_ops():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        importlib.import_module('mmcv.cnn.bricks.transformer')
    return [str(warning.message) for warning in caught]


def hue():
    from mmaction.datasets.transforms import ColorJitter

    return str(ColorJitter.adjust_hue(np.zeros((1, 1, 3), np.uint8), -0.1))


def init_cfg():
    from mmaction.models.backbones import ResNet3d

    file = f'{out}/backbone.pth'
    one_stage = dict(num_stages=1, out_indices=(0,), spatial_strides=(1,), temporal_strides=(1,))
    small = dict(one_stage, depth=18, base_channels=2, dilations=(1,), inflate=(0,))
    torch.save(ResNet3d(**small).state_dict(), file)
    model = ResNet3d(**small, init_cfg=dict(type='Pretrained', checkpoint=file))
    model.init_weights()
    return bool((model.conv1.conv.weight == torch.load(file)['conv1.conv.weight']).all())


def device_ids():
    file = f'file://{out}/rendezvous'
    torch.distributed.init_process_group('gloo', init_method=file, rank=0, world_size=1)
    try:
        MMDistributedDataParallel(module=torch.nn.Linear(2, 2), device_ids=[0])
    finally:
        torch.distributed.destroy_process_group()
    return ''


attempt('mmcv_ops', missing_mmcv_ops)
attempt('drn', lambda: importlib.import_module('mmaction.models') and '')
# What follows needs mmaction.models: give it the module it misses.
for missing in ('mmaction.models.localizers.drn', 'mmaction.models.localizers.drn.drn'):
    if missing not in sys.modules:
        sys.modules[missing] = types.ModuleType(missing)
        sys.modules[missing].DRN = object

attempt('editable', lambda: os.path.isdir(get_installed_path('editable-dummy')))
sys.modules['pkg_resources'] = None
attempt('pkg_resources', lambda: is_installed('mmengine'))
attempt('hue', hue)
attempt('init_cfg', init_cfg)

os.environ.update(RANK='0', LOCAL_RANK='0', WORLD_SIZE='1')
os.environ.update(MASTER_ADDR='127.0.0.1', MASTER_PORT='0')
attempt('launch', lambda: init_dist('pytorch', backend='nccl'))
attempt('device_ids', device_ids)

tiny_run.train(f'{out}/stock', 1)
checkpoint = f'{out}/stock/epoch_1.pth'
attempt('weights_only', lambda: torch.load(checkpoint) and '')
attempt('download', lambda: load_from_http(f'file://{checkpoint}', model_dir=f'{out}/hub') and '')
Path(out, 'stock.json').write_text(json.dumps(outcomes))
