"""A pre-training step of a config, on random clips: what the benchmarks of steps have in common."""

from typing import Any

import torch
from mmaction.registry import MODELS
from mmaction.structures import ActionDataSample
from mmengine.config import Config
from mmengine.optim import OptimWrapper, build_optim_wrapper


def build_step(
    cfg: Config, device: torch.device | str = 'cpu', seed: int = 0
) -> tuple[Any, OptimWrapper]:
    """Return a config's model, ready to train on a device, and its optimiser.

    The code of older commits is timed through this, too: it takes only what they have.
    """
    # MMEngine's Runner does so in a training. Else cuDNN would guess its kernels, and not try them.
    torch.backends.cudnn.benchmark = cfg.get('env_cfg', {}).get('cudnn_benchmark', False)
    torch.manual_seed(seed)
    model = MODELS.build(cfg.model)
    model.init_weights()
    model.train().to(device)
    return model, build_optim_wrapper(model, cfg.optim_wrapper)


def random_batch(
    cfg: Config, videos: int, clip: tuple[int, int, int], device: torch.device | str = 'cpu'
) -> dict:
    """Return a collated batch of random pixels with all views of a config.

    Args:
        cfg: Of pre-training.
        videos: Samples of the batch.
        clip: Frames, height and width of each view.
        device: Where the pixels are.
    """
    views = list(cfg.model.data_preprocessor.views)
    shape = (videos, len(views), 3, *clip)
    clips = torch.randint(0, 256, shape, dtype=torch.uint8, device=device)
    samples = [ActionDataSample(metainfo=dict(view_names=views)) for _ in range(videos)]
    return dict(inputs=list(clips), data_samples=samples)
