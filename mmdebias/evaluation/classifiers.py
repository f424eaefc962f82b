"""Classifiers of configs, with the weights of checkpoints."""

from pathlib import Path

from mmaction.models.recognizers import BaseRecognizer
from mmaction.registry import MODELS
from mmengine.config import Config
from mmengine.registry import DefaultScope

from mmdebias.weights import CheckpointError, read_checkpoint


def load_classifier(cfg: Config, checkpoint: str | Path | None) -> BaseRecognizer:
    """Return the model of a config with the weights of a checkpoint, all of them, in eval mode.

    MMEngine loads what fits and warns of the rest; a number that is half random weights looks
    like any other, so here a tensor that stays unfilled is an error.

    Args:
        cfg: Config with a ``model`` that classifies.
        checkpoint: A file of a run, or a published one. None leaves backbone and head as they are
            initialised, at random.

    Raises:
        CheckpointError: a tensor of the model is missing in the file or has another shape.
        FileNotFoundError: there is no such file.
    """
    with DefaultScope.overwrite_default_scope(cfg.get('default_scope') or 'mmaction'):
        model = MODELS.build(cfg.model)
    if checkpoint is None:
        # Each by itself: of a whole recogniser MMEngine logs every tensor.
        model.backbone.init_weights()
        model.cls_head.init_weights()
    else:
        _fill(model, cfg, checkpoint)
    model.eval()
    return model


def _fill(model: BaseRecognizer, cfg: Config, checkpoint: str | Path) -> None:
    content = read_checkpoint(checkpoint)
    weights = content.get('state_dict', content)
    weights = {name.removeprefix('module.'): value for name, value in weights.items()}
    try:
        missing = model.load_state_dict(weights, strict=False).missing_keys
        # Old versions of torch wrote no counters.
        faults = [f'missing {key}' for key in missing if not key.endswith('num_batches_tracked')]
    except RuntimeError as error:
        faults = [line.strip() for line in str(error).splitlines() if 'size mismatch' in line]
    if faults:
        more = f'\n  … and {len(faults) - 4} more' if len(faults) > 4 else ''
        raise CheckpointError(
            f'{checkpoint} is not a checkpoint of the {cfg.model.type} on '
            f'{cfg.model.backbone.type} in the config, {len(faults)} of its '
            f'{len(model.state_dict())} tensors stay unfilled:\n  '
            + '\n  '.join(faults[:4])
            + f'{more}\nGive the config that it was trained with'
        )
