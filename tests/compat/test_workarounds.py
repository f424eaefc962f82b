"""The workarounds together."""

import sys

import mmengine
import torch
from mmengine.config import Config, DictAction
from mmengine.dist import utils as dist_utils
from mmengine.logging import HistoryBuffer
from mmengine.model import MMDistributedDataParallel, weight_init
from mmengine.registry import Registry
from mmengine.runner import Runner, checkpoint
from mmengine.utils import package_utils
from mmengine.utils.dl_utils import misc
from torch.utils.data._utils import worker

from mmdebias import compat
from mmdebias.compat import launchers


def patched():
    """Everything the workarounds replace."""
    from mmaction.datasets.transforms import ColorJitter
    from mmaction.models.backbones import ResNet3d, ResNet3dLayer

    return [
        list(sys.meta_path),
        package_utils.is_installed,
        misc.pkgutil,
        mmengine.utils.get_installed_path,
        Config._get_cfg_path,
        Config._substitute_env_variables,
        HistoryBuffer.__getstate__,
        HistoryBuffer.__setstate__,
        checkpoint.load_url,
        checkpoint.CheckpointLoader._schemes[''],
        *(getattr(dist_utils, name) for name in launchers.LAUNCHERS),
        MMDistributedDataParallel.__init__,
        Registry.build,
        weight_init.build_from_cfg,
        Runner.build_dataloader,
        Runner.train,
        worker._worker_loop,
        Runner.scale_lr,
        DictAction.__call__,
        ColorJitter.adjust_hue,
        ResNet3d.init_weights,
        ResNet3dLayer.init_weights,
        set(torch.serialization.get_safe_globals()),
    ]


def test_twice_is_once():
    before = patched()
    for workaround in compat.WORKAROUNDS:
        workaround()
    compat.apply()
    assert patched() == before


def test_every_workaround_says_what_it_answers():
    for workaround in compat.WORKAROUNDS:
        assert len(workaround.__doc__) > 100
        assert workaround.__name__ in compat.__all__
