"""Features of the frozen backbones of MMAction2's recognisers."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from mmaction.models.recognizers import BaseRecognizer
from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.registry import DefaultScope
from mmengine.runner import Runner
from torch import Tensor
from torch.utils.data import DataLoader

from mmdebias.datasets.reading_steps import TIME_LIMIT

from ..frozen_features import pooled


def list_loader(
    cfg: Config, list_file: str | Path, time_limit: float | None = TIME_LIMIT
) -> DataLoader[Any]:
    """Read a list of videos as a config's test does.

    Args:
        cfg: Config with a ``test_dataloader``; its pipeline and batch size are used.
        list_file: Lines ``path label``, with whole paths.
        time_limit: Seconds that a video may take, see :class:`TolerantVideoDataset`.
    """
    loader = cfg.test_dataloader
    dataset = dict(
        type='TolerantVideoDataset',
        ann_file=str(list_file),
        pipeline=loader.dataset.pipeline,
        test_mode=True,
        time_limit=time_limit,
    )
    workers = loader.get('num_workers', 0)
    own = dict(
        batch_size=loader.get('batch_size', 1),
        num_workers=workers,
        sampler=dict(type='DefaultSampler', shuffle=False),
        dataset=dataset,
    )
    with DefaultScope.overwrite_default_scope(cfg.get('default_scope') or 'mmaction'):
        reading: DataLoader[Any] = Runner.build_dataloader(own)
    return reading


class BackboneFeatures:
    """Catch features of each clip that a recogniser's backbone is called with.

    Works for any recogniser of MMAction2 whose backbone returns feature maps or vectors, or
    several of them, which are joined: 3D nets, frames of 2D nets, SlowFast, transformers.

    Args:
        model: It is called by others, as a test calls it.
    """

    def __init__(self, model: BaseRecognizer) -> None:
        self.model = model
        self._caught: list[Tensor] = []
        self._handle = model.backbone.register_forward_hook(
            lambda module, inputs, output: self._caught.append(pooled(output))
        )

    def take(self, videos: int) -> Tensor:
        """Return the features since the last call, averaged over space and time.

        Args:
            videos: V that the model was called with since.

        Returns:
            Unit vectors, float32 ``[V, R, D]``.

        Raises:
            TypeError: the backbone was not called, or returns something else than features.
        """
        if not self._caught:
            raise TypeError(
                f'{type(self.model).__name__} does not call its backbone '
                f'{type(self.model.backbone).__name__} as a module, so its features are not seen'
            )
        found = F.normalize(torch.cat(self._caught).float(), dim=1)
        self._caught.clear()
        return found.view(videos, -1, found.shape[1])

    def close(self) -> None:
        """Leave the model as it was."""
        self._handle.remove()


@torch.inference_mode()
def frozen_features(
    model: BaseRecognizer,
    loader: DataLoader[Any],
    rows: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Tensor:
    """Return features of each clip of each video, see :class:`BackboneFeatures`.

    Args:
        model: In eval mode; it is called as a test calls it.
        loader: Of :func:`list_loader`.
        rows: Keep this many of a video's clips (or frames of a 2D net), evenly spread; None keeps
            all.
        progress: Called with the number of videos done.

    Returns:
        Unit vectors, float32 ``[V, R, D]``.

    Raises:
        TypeError: the backbone was not called, or returns something else than features.
    """
    features = BackboneFeatures(model)
    found, done = [], 0
    try:
        for batch in loader:
            model.test_step(batch)
            videos = len(batch['data_samples'])
            part = features.take(videos)
            if rows is not None and rows < part.shape[1]:
                part = part[:, torch.linspace(0, part.shape[1] - 1, rows).round().long()]
            found.append(part.cpu())
            done += videos
            if progress is not None:
                progress(done)
    finally:
        features.close()
    return torch.cat(found)


class FeaturesOfRows(Hook):
    """Keep features of some rows of a test, which computes them for its scores anyway.

    Args:
        rows: Their numbers, the samples' ``sample_idx``.
    """

    def __init__(self, rows: Iterable[int]) -> None:
        self.wanted = list(rows)
        self.found: dict[int, Tensor] = {}

    def before_test(self, runner: Runner) -> None:
        """Begin to listen to the backbone."""
        self.features = BackboneFeatures(runner.model)

    def after_test_iter(
        self,
        runner: Runner,
        batch_idx: int,
        data_batch: dict[str, Any] | None = None,
        outputs: Any = None,
    ) -> None:
        """Keep those of a batch."""
        wanted = set(self.wanted)
        for sample, features in zip(outputs, self.features.take(len(outputs))):
            if sample.sample_idx in wanted:
                self.found[sample.sample_idx] = features.cpu()

    def after_test(self, runner: Runner) -> None:
        """Leave the backbone as it was."""
        self.features.close()

    def result(self) -> Tensor:
        """Return the rows' features in their order, float32 ``[V, R, D]``."""
        return torch.stack([self.found[row] for row in self.wanted])
