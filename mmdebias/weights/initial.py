"""Weights of nets that were not trained."""

from pathlib import Path

from mmaction.registry import MODELS
from mmengine.config import Config
from mmengine.registry import DefaultScope

from mmdebias.config_arguments import keys_of
from mmdebias.datasets.seeding import seeded
from mmdebias.provenance import digest

from .writing import save


def write_initial_weights(cfg: Config, folder: str | Path, seed: int = 0) -> Path:
    """Write the weights that a config's model begins with, as a checkpoint.

    Args:
        cfg: With a ``model``.
        folder: Where the file goes; it is made. The file is named by the model and the seed, and
            one that is there already is left.
        seed: Of the draws.

    Returns:
        The file.
    """
    file = Path(folder) / f'random_{digest(cfg.model.to_dict(), seed)}.pth'
    if file.is_file():
        return file
    scope = DefaultScope.overwrite_default_scope(cfg.get('default_scope') or 'mmaction')
    with seeded(seed), keys_of(cfg), scope:
        model = MODELS.build(cfg.model)
        # Each by itself: of a whole recogniser MMEngine logs every tensor.
        for part in (model.backbone, getattr(model, 'cls_head', None)):
            if part is not None:
                part.init_weights()
    return save(dict(meta=dict(), state_dict=model.state_dict()), file)
