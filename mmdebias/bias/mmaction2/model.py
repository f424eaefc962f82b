"""A config and a checkpoint of MMAction2 as a model of a bias report."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.config import Config
from torch import Tensor

from mmdebias.apis import load_encoder
from mmdebias.cli import existing_checkpoint, existing_config
from mmdebias.config_checks import merge_options
from mmdebias.config_inheritance import read_config
from mmdebias.evaluation import load_classifier
from mmdebias.files import write_text
from mmdebias.provenance import digest, file_sha256

from ..answering import gather_answers
from ..model import LAYER, Answers, Model, Showing
from ..parts import kept, read_parts, unfinished
from ..progress import Progress
from ..video_list import Video, check_classes, check_training
from .features import frozen_features, list_loader
from .probe_checkpoint import encoder_config, needs_probe, write_probe
from .probe_config import clip_span, probe_config, steps_of_test
from .testing import batches_of_rows, outputs_of_rows


@dataclass
class ConfigModel:
    """A model whose config was read; a :class:`mmdebias.bias.model.LoadedModel`.

    Args:
        name: In the report.
        config: File of its config.
        checkpoint: Its file.
        cfg: Its config, with the options of the report.
        sha256: Of the checkpoint.
        probed: Whether it has no classes, so that the report trains a linear layer.
    """

    name: str
    config: Path
    checkpoint: Path
    cfg: Config
    sha256: str
    probed: bool
    key: str = field(init=False)
    span: int = field(default=0, init=False)
    has_features: bool = field(default=True, init=False)
    classes: tuple[str, ...] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.key = digest(self.cfg.to_dict(), self.sha256)

    @property
    def together(self) -> int:
        """Return how many videos :meth:`features` shows it at once, see :func:`encoder_config`."""
        own = self.cfg.get('test_dataloader') or self.cfg.get('train_dataloader') or {}
        return int(own.get('batch_size', 1))

    @property
    def identity(self) -> list[str]:
        """Return its name and its checkpoint's digest."""
        return [self.name, self.sha256]

    def facts(self) -> Mapping[str, object]:
        """Return where it comes from."""
        return dict(
            config=str(self.config),
            checkpoint=str(self.checkpoint),
            sha256=self.sha256,
            kind='probe' if self.probed else 'classifier',
            type=self.cfg.model.type,
            backbone=self.cfg.model.backbone.type,
        )

    def check(self, videos: Sequence[Video], train: Sequence[Video]) -> int | None:
        """Raise where the checkpoint is not the config's, or the model not of the list's classes.

        From then on ``span`` is known, as far as it is.

        Returns:
            The number of its scores, if its config states it.

        Raises:
            CheckpointError: the checkpoint is another net's.
            ValueError: the classes do not fit.
        """
        if self.probed:
            check_training(
                videos, train, f'{self.name} has no classes (its model is {self.cfg.model.type})'
            )
            self.span = clip_span(load_encoder(self.cfg, self.checkpoint).pipeline)
            return None
        classes: int | None = self.cfg.model.cls_head.get('num_classes')
        if classes is not None:
            check_classes(videos, classes, f'{self.name} ({self.config})')
        load_classifier(self.cfg, self.checkpoint)
        self.span = clip_span(steps_of_test(self.cfg))
        return classes

    def features(
        self, videos: Sequence[Video], rows: int | None, time_limit: float | None
    ) -> Iterator[Tensor]:
        """Yield features of the backbone of the clips of each video, ``[R, D]``."""
        cfg, checkpoint = self.cfg, self.checkpoint
        if self.probed:
            cfg, net = encoder_config(cfg, checkpoint)
        else:
            net = load_classifier(cfg, checkpoint)
        with tempfile.TemporaryDirectory() as folder:
            names = Path(folder, 'videos.txt')
            write_text(names, ''.join(f'{path} {label}\n' for path, label in videos))
            loader = list_loader(cfg, names, time_limit)
            yield from frozen_features(net.to(_device()), loader, rows)

    def write_layer(self, layer: tuple[Tensor, Tensor], folder: Path) -> None:
        """Write a classifier of MMAction2: config and checkpoint."""
        write_probe(self.cfg, self.checkpoint, layer, folder)

    def answers(self, showing: Showing, layer: Path | None) -> Answers:
        """Test the model on the rows as its config does."""
        cfg, checkpoint = self.cfg, self.checkpoint
        if layer is not None:
            cfg, checkpoint = Config.fromfile(layer / 'probe.py'), layer / LAYER
        found = read_parts(showing.parts)
        loader = cfg.test_dataloader
        sizes = loader.get('batch_size', 1), loader.get('num_workers', 0)
        batches = unfinished(batches_of_rows(showing.rows, *sizes), found)
        if batches:
            run = probe_config(
                cfg,
                showing.manifest,
                showing.data_root,
                showing.masks,
                None,
                showing.images_root,
                time_limit=showing.time_limit,
            )
            net = load_classifier(run, checkpoint).to(_device())
            bar = Progress(len(showing.rows))
            asked = outputs_of_rows(net, run, showing, batches, bar.show)
            found.update(kept(asked, batches, showing.parts))
        outputs = [found[number] for number in range(len(showing.rows))]
        scores = np.concatenate([one.scores for one in outputs])
        return gather_answers(showing, scores, [one.features for one in outputs])


def _device() -> str:
    return 'cuda' if torch.cuda.is_available() else 'cpu'


def load_config_model(model: Model, options: dict[str, Any]) -> ConfigModel:
    """Read the config of a model.

    Args:
        model: Its files.
        options: Merged into its config.

    Raises:
        FileNotFoundError: one of the files is not there.
        ValueError: something else stands in the place of the config.
    """
    config = existing_config(model.name, model.config)
    checkpoint = existing_checkpoint(model.name, model.checkpoint)
    cfg = read_config(config)
    merge_options(cfg, options)
    sha256 = file_sha256(checkpoint)
    return ConfigModel(model.name, config, checkpoint, cfg, sha256, needs_probe(cfg))
