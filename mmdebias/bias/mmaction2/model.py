"""A config and a checkpoint of MMAction2 as a model of a bias report."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from mmengine.runner import Runner
from torch import Tensor

from mmdebias.apis import load_encoder
from mmdebias.cli import existing_checkpoint, existing_config
from mmdebias.config_arguments import keys_of
from mmdebias.config_checks import merge_options
from mmdebias.config_inheritance import read_config
from mmdebias.evaluation import load_classifier
from mmdebias.files import write_text
from mmdebias.provenance import digest, file_sha256

from ..model import LAYER, Answers, Model, Showing
from ..scores import load_scores
from ..video_list import Video, check_classes, check_training
from .embeddings import KeepEmbeddings
from .features import FeaturesOfRows, frozen_features, list_loader
from .probe_checkpoint import encoder_config, needs_probe, write_probe
from .probe_config import probe_config
from .progress import ProgressHook


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
    has_features: bool = field(default=True, init=False)
    classes: tuple[str, ...] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.key = digest(self.cfg.to_dict(), self.sha256)

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
            load_encoder(self.cfg, self.checkpoint)
            return None
        classes: int | None = self.cfg.model.cls_head.get('num_classes')
        if classes is not None:
            check_classes(videos, classes, f'{self.name} ({self.config})')
        load_classifier(self.cfg, self.checkpoint)
        return classes

    def features(
        self,
        videos: Sequence[Video],
        rows: int | None,
        time_limit: float | None,
        progress: Callable[[int], None],
    ) -> Tensor:
        """Return features of each clip of the backbone, ``[V, R, D]``."""
        cfg, checkpoint = self.cfg, self.checkpoint
        if self.probed:
            cfg, net = encoder_config(cfg, checkpoint)
        else:
            net = load_classifier(cfg, checkpoint)
        device = 'cuda' if torch.cuda.is_available() else 'cpu'
        with tempfile.TemporaryDirectory() as folder:
            names = Path(folder, 'videos.txt')
            write_text(names, ''.join(f'{path} {label}\n' for path, label in videos))
            loader = list_loader(cfg, names, time_limit)
            return frozen_features(net.to(device), loader, rows, progress)

    def write_layer(self, layer: tuple[Tensor, Tensor], folder: Path) -> None:
        """Write a classifier of MMAction2: config and checkpoint."""
        write_probe(self.cfg, self.checkpoint, layer, folder)

    def answers(self, showing: Showing, layer: Path | None) -> Answers:
        """Test the model on the rows, with MMEngine's runner."""
        cfg, checkpoint = self.cfg, self.checkpoint
        if layer is not None:
            cfg, checkpoint = Config.fromfile(layer / 'probe.py'), layer / LAYER
        keep = KeepEmbeddings(showing.rows)
        listener = FeaturesOfRows(showing.features_of) if showing.features_of else None
        with tempfile.TemporaryDirectory() as folder:
            part = Path(folder, 'scores.npz')
            runner = _runner(cfg, checkpoint, showing, part)
            runner.register_hook(ProgressHook(len(showing.rows)))
            runner.register_hook(keep)
            if listener is not None:
                runner.register_hook(listener)
            runner.test()
            scores = load_scores(part, len(showing.rows))
        return Answers(scores, keep.found, None if listener is None else listener.result())


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


def _runner(cfg: Config, checkpoint: Path, showing: Showing, scores: Path) -> Runner:
    run = probe_config(
        cfg,
        showing.manifest,
        showing.data_root,
        showing.masks,
        scores,
        showing.images_root,
        time_limit=showing.time_limit,
    )
    run.load_from = str(checkpoint)
    run.work_dir = str(showing.logs)
    run.experiment_name = f'bias_report_{showing.label}'
    run.log_level = 'ERROR'
    run.resume = False
    run.visualizer = None
    with keys_of(run):
        return Runner.from_cfg(run)
