"""Classifiers of configs, with the weights of checkpoints."""

from pathlib import Path

from mmaction.models.recognizers import BaseRecognizer
from mmaction.registry import MODELS
from mmengine.config import Config
from mmengine.registry import DefaultScope

from mmdebias.config_arguments import keys_of
from mmdebias.models.heads.width import explain_head_width
from mmdebias.weights import read_checkpoint
from mmdebias.weights.checking import Purpose, check_fit, find_weights


def load_classifier(cfg: Config, checkpoint: str | Path | None) -> BaseRecognizer:
    """Return the model of a config with the weights of a checkpoint, all of them, in eval mode.

    MMEngine loads what fits and warns of the rest; a number that is half random weights looks
    like any other, so here a tensor that stays unfilled is an error.

    Args:
        cfg: Config with a ``model`` that classifies.
        checkpoint: A file of a run, or a published one. None leaves backbone and head as they are
            initialised, at random.

    Raises:
        CheckpointError: the file cannot be read, or a tensor of the model is missing in it, has
            another shape or is not finite.
        FileNotFoundError: there is no such file.
    """
    scope = DefaultScope.overwrite_default_scope(cfg.get('default_scope') or 'mmaction')
    with keys_of(cfg), scope:
        model = MODELS.build(cfg.model)
    if checkpoint is None:
        # Each by itself: of a whole recogniser MMEngine logs every tensor.
        model.backbone.init_weights()
        model.cls_head.init_weights()
    else:
        _fill(model, checkpoint)
    explain_head_width(model)
    model.eval()
    return model


def _fill(model: BaseRecognizer, checkpoint: str | Path) -> None:
    content = read_checkpoint(checkpoint)
    check_fit(model, content, Purpose.TEST, checkpoint)
    model.load_state_dict(find_weights(content), strict=False)
