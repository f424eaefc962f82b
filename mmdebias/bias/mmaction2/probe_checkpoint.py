"""A self-supervised checkpoint as a classifier: a linear layer on its frozen encoder."""

from pathlib import Path

import torch
from mmaction.models.recognizers import BaseRecognizer
from mmaction.registry import MODELS
from mmengine.config import Config
from mmengine.registry import DefaultScope
from torch import Tensor

from mmdebias.apis import load_encoder
from mmdebias.files import replacing
from mmdebias.models.recognizers.pretraining import PretrainingRecognizer

FEATURE_HEADS = ('FeatureHead', 'UnitFeatureHead', 'ClipFeatureHead')


def needs_probe(cfg: Config) -> bool:
    """Return whether a config's model has no classes: it pre-trains, or it returns features."""
    model = MODELS.get(cfg.model.type)
    pretrains = isinstance(model, type) and issubclass(model, PretrainingRecognizer)
    head = cfg.model.get('cls_head')
    return pretrains or head is None or head.type in FEATURE_HEADS


def encoder_config(cfg: Config, checkpoint: str | Path) -> tuple[Config, BaseRecognizer]:
    """Return a config that tests an encoder, whatever pre-trained it, and the encoder with its
    weights.

    Args:
        cfg: Config of pre-training, or of retrieval.
        checkpoint: Its checkpoint, or a released one, see :func:`mmdebias.apis.load_encoder`.

    Returns:
        A config of :class:`LinearProbe` whose head returns features still, and its model in eval
        mode.

    Raises:
        CheckpointError: the checkpoint's encoder is another than the config's.
    """
    encoder = load_encoder(cfg, checkpoint)
    own = cfg.get('test_dataloader') or cfg.get('train_dataloader') or {}
    pack = dict(type='PackActionInputs', meta_keys=('filename',))
    normaliser = encoder.normaliser
    config = Config(
        dict(
            default_scope='mmaction',
            custom_imports=dict(imports=_imports(cfg), allow_failed_imports=False),
            model=dict(
                type='LinearProbe',
                backbone=cfg.model.backbone,
                cls_head=dict(type='FeatureHead', average_clips='score'),
                data_preprocessor=dict(
                    type='ClipDataPreprocessor',
                    mean=[round(value, 6) for value in normaliser.mean.flatten().tolist()],
                    std=[round(value, 6) for value in normaliser.std.flatten().tolist()],
                ),
            ),
            test_dataloader=dict(
                batch_size=own.get('batch_size', 1),
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
        )
    )
    with DefaultScope.overwrite_default_scope('mmaction'):
        model = MODELS.build(config.model)
    model.backbone.load_state_dict(encoder.backbone.state_dict())
    model.eval()
    return config, model


def write_probe(
    cfg: Config, checkpoint: str | Path, layer: tuple[Tensor, Tensor], folder: str | Path
) -> tuple[Path, Path]:
    """Write an encoder and a linear layer on its features as a classifier of MMAction2.

    FAME's linear probe (appendix A.3) has the same layer on the same unit features, and trains it
    by SGD on random crops and flips; here it was fitted to its minimum on the clips of a test
    (:func:`fit_rows`), so that no rate, schedule or seed has a part in a report.

    Args:
        cfg: As in :func:`encoder_config`.
        checkpoint: As in :func:`encoder_config`.
        layer: Weights ``[K, D]`` and biases ``[K]``, of :func:`fit_rows`.
        folder: Where ``probe.py`` and ``probe.pth`` go.

    Returns:
        Config and checkpoint; ``tools/test.py`` takes them, given ``test_dataloader.dataset``'s
        list.
    """
    config, model = encoder_config(cfg, checkpoint)
    weights, biases = layer
    config.model.cls_head = dict(
        type='LinearProbeHead',
        num_classes=weights.shape[0],
        in_channels=weights.shape[1],
        dropout_ratio=0,
        average_clips='prob',
    )
    state = model.state_dict() | {'cls_head.fc_cls.weight': weights, 'cls_head.fc_cls.bias': biases}
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    config.dump(folder / 'probe.py')
    # Last and at once: where it is, all is.
    with replacing(folder / 'probe.pth') as part:
        torch.save(dict(meta=dict(), state_dict=state), part)
    return folder / 'probe.py', folder / 'probe.pth'


def _imports(cfg: Config) -> list[str]:
    names = (cfg.get('custom_imports') or {}).get('imports') or []
    names = [names] if isinstance(names, str) else list(names)
    return [*names, *(['mmdebias'] if 'mmdebias' not in names else [])]
