"""A self-supervised checkpoint as a classifier: a linear layer on its frozen encoder."""

from collections.abc import Sequence
from pathlib import Path

import torch
from mmaction.registry import MODELS
from mmengine.config import Config

from mmdebias.apis import load_encoder
from mmdebias.models.recognizers.pretraining import PretrainingRecognizer

from .frozen_features import fit_rows, frozen_features, list_loader, load_classifier, rows_to_fit

FEATURE_HEADS = ('FeatureHead', 'ClipFeatureHead')


def needs_probe(cfg: Config) -> bool:
    """Whether a config's model has no classes: it pre-trains, or it returns features."""
    model = MODELS.get(cfg.model.type)
    pretrains = isinstance(model, type) and issubclass(model, PretrainingRecognizer)
    head = cfg.model.get('cls_head')
    return pretrains or head is None or head.type in FEATURE_HEADS


def feature_classifier(cfg: Config, checkpoint: str | Path, folder: str | Path) -> Config:
    """A config that returns an encoder's features, and its weights as MMAction2 keeps them.

    Args:
        cfg: Config of pre-training, or of retrieval.
        checkpoint: Its checkpoint, or a released one, see :func:`mmdebias.apis.load_encoder`.
        folder: Where ``encoder.pth`` is written, which the config loads.

    Raises:
        CheckpointError: The checkpoint's encoder is another than the config's.
    """
    encoder = load_encoder(cfg, checkpoint)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    weights = {f'backbone.{name}': value for name, value in encoder.backbone.state_dict().items()}
    torch.save(dict(meta=dict(), state_dict=weights), folder / 'encoder.pth')
    own = (cfg.get('test_dataloader') or cfg.get('train_dataloader')) or {}
    pack = dict(type='PackActionInputs', meta_keys=('filename', 'split', 'sample_idx'))
    return Config(
        dict(
            default_scope='mmaction',
            custom_imports=cfg.get('custom_imports')
            or dict(imports=['mmdebias'], allow_failed_imports=False),
            model=dict(
                type='LinearProbe',
                backbone=cfg.model.backbone,
                cls_head=dict(type='FeatureHead', average_clips='score'),
                data_preprocessor=dict(
                    type='ClipDataPreprocessor',
                    mean=[round(value, 6) for value in encoder.normaliser.mean.flatten().tolist()],
                    std=[round(value, 6) for value in encoder.normaliser.std.flatten().tolist()],
                ),
            ),
            test_dataloader=dict(
                batch_size=max(1, own.get('batch_size', 8) // 2),
                num_workers=own.get('num_workers', 0),
                sampler=dict(type='DefaultSampler', shuffle=False),
                dataset=dict(
                    type='TolerantVideoDataset',
                    ann_file='',
                    pipeline=[*encoder.pipeline, pack],
                    test_mode=True,
                ),
            ),
            test_evaluator=dict(type='AccMetric'),
            test_cfg=dict(type='TestLoop'),
            env_cfg=dict(mp_cfg=dict(mp_start_method='fork', opencv_num_threads=0)),
        )
    )


def train_probe(
    cfg: Config,
    checkpoint: str | Path,
    list_file: str | Path,
    labels: Sequence[int],
    num_classes: int,
    folder: str | Path,
    device: str = 'cpu',
) -> tuple[Path, Path]:
    """Train a linear layer on a self-supervised checkpoint's frozen features.

    Features are computed once, of the clips that a test takes of each video, without augmentation;
    the layer is fitted to its minimum (:func:`fit_linear_classifier`), so no rate, schedule or
    seed has a part in it. FAME's protocol (appendix A.3) is the same layer on the same unit
    features, trained by SGD on random crops and flips.

    Args:
        cfg: Config of the pre-training, or of retrieval.
        checkpoint: Its checkpoint.
        list_file: Training videos, lines ``path label`` with whole paths.
        labels: Of those videos.
        num_classes: K.
        folder: Where ``probe.py`` and ``probe.pth`` are written.
        device: Where the encoder runs.

    Returns:
        Config and checkpoint of an MMAction2 classifier.
    """
    folder = Path(folder)
    probe = feature_classifier(cfg, checkpoint, folder)
    model = load_classifier(probe, folder / 'encoder.pth').to(device)
    loader = list_loader(probe, list_file)
    features = frozen_features(model, loader, rows_to_fit(len(labels)))
    weights, biases = fit_rows(features, labels, num_classes)
    probe.model.cls_head = dict(
        type='LinearProbeHead',
        num_classes=num_classes,
        in_channels=features.shape[2],
        dropout_ratio=0,
        average_clips='prob',
    )
    state = {name: value.cpu() for name, value in model.state_dict().items()}
    state |= {'cls_head.fc_cls.weight': weights, 'cls_head.fc_cls.bias': biases}
    torch.save(dict(meta=dict(), state_dict=state), folder / 'probe.pth')
    probe.dump(folder / 'probe.py')
    (folder / 'encoder.pth').unlink()
    return folder / 'probe.py', folder / 'probe.pth'
