"""Features of the frozen backbones of MMAction2's recognisers."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from mmaction.models.recognizers import BaseRecognizer
from mmengine.config import Config
from mmengine.registry import DefaultScope
from mmengine.runner import Runner
from torch import Tensor
from torch.utils.data import DataLoader

from mmdebias.datasets.reading_steps import TIME_LIMIT

from ..frozen_features import pooled, some_rows


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
        self._refused: TypeError | None = None
        self._handle = model.backbone.register_forward_hook(self._catch)

    def take(self, videos: int) -> Tensor:
        """Return the features since the last call, averaged over space and time.

        Args:
            videos: V that the model was called with since.

        Returns:
            Unit vectors, float32 ``[V, R, D]``.

        Raises:
            TypeError: the backbone was not called, or returns something else than features.
        """
        if self._refused is not None:
            raise self._refused
        if not self._caught:
            raise TypeError(
                f'{type(self.model).__name__} does not call its backbone '
                f'{type(self.model.backbone).__name__} as a module, so its features are not seen'
            )
        found = F.normalize(torch.cat(self._caught).float(), dim=1)
        self._caught.clear()
        return found.view(videos, -1, found.shape[1])

    def _catch(self, module: torch.nn.Module, inputs: Any, output: Any) -> None:
        # Here an error would stop a test whose scores are all that is wanted.
        try:
            self._caught.append(pooled(output).detach())
        except TypeError as error:
            self._refused = error

    def close(self) -> None:
        """Leave the model as it was."""
        self._handle.remove()


def frozen_features(
    model: BaseRecognizer, loader: Iterable[Any], rows: int | None = None
) -> Iterator[Tensor]:
    """Yield features of each clip of each video, see :class:`BackboneFeatures`.

    Args:
        model: In eval mode; it is called as a test calls it.
        loader: Of :func:`list_loader`.
        rows: Keep this many of a video's clips (or frames of a 2D net), evenly spread; None keeps
            all.

    Yields:
        Of each video unit vectors, float32 ``[R, D]``.

    Raises:
        TypeError: the backbone was not called, or returns something else than features.
    """
    features = BackboneFeatures(model)
    try:
        for batch in loader:
            with torch.inference_mode():
                model.test_step(batch)
            for own in features.take(len(batch['data_samples'])):
                yield some_rows(own, rows).cpu()
    finally:
        features.close()
