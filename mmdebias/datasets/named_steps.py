"""Pipelines whose steps have names, so that a config changes one of them by its name."""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mmengine.config import Config
from torch import nn

from mmdebias.compat.installation import replace_everywhere

# In the order in which they run. MMEngine sorts the keys of a config that it writes down, so the
# order cannot be that of the dict.
STEPS = (
    'open',  # the file
    'sample',  # which frames
    'freeze',  # one of them instead of all
    'decode',
    'disturb_whole',  # some views, before they are cropped
    'per_view',  # each view's own crop, size and flip
    'disturb',  # some views
    'scale',  # to a short side
    'centre',  # its middle
    'crop',  # a random one
    'resize',
    'flip',
    'flow',  # scaled
    'format',
    'pack',
)


def ordered_steps(
    pipeline: Mapping[str, dict[str, Any] | None] | Sequence[dict[str, Any] | Callable[..., Any]],
) -> list[Any]:
    """Return a pipeline as the list that MMAction2 knows.

    Args:
        pipeline: ``{name: transform}`` with names of :data:`STEPS`, in any order, where None leaves
            a step out; or a list of transforms, which comes back as it is.

    Returns:
        The transforms in the order of :data:`STEPS`.

    Raises:
        ValueError: a name that is not in :data:`STEPS`.
    """
    if not isinstance(pipeline, Mapping):
        return list(pipeline)
    unknown = [name for name in pipeline if name not in STEPS]
    if unknown:
        raise ValueError(
            f'The pipeline has steps {unknown}; the names are {list(STEPS)}, which run in that '
            'order. Write a pipeline with other steps as a list.'
        )
    return [pipeline[name] for name in STEPS if pipeline.get(name) is not None]


def accept_named_steps_upstream() -> None:
    """Let MMEngine's ``Compose`` and MMAction2's inference read pipelines with named steps.

    So a config of ours keeps working where its dataset is replaced by a stock ``VideoDataset``, and
    in ``MMAction2Inferencer``, ``init_recognizer`` and ``inference_recognizer``, which index the
    test pipeline by position. Called when mmdebias is imported; a second call changes nothing.
    """
    from mmaction.apis import inference
    from mmaction.apis.inferencers import ActionRecogInferencer
    from mmengine.dataset import Compose

    if hasattr(Compose.__init__, '__wrapped__'):
        return

    compose = Compose.__init__

    @functools.wraps(compose)
    def compose_named(self: Compose, transforms: Any) -> None:
        compose(self, transforms if transforms is None else ordered_steps(transforms))

    Compose.__init__ = compose_named

    init_pipeline = ActionRecogInferencer._init_pipeline

    @functools.wraps(init_pipeline)
    def init_named(self: ActionRecogInferencer, cfg: Config) -> Compose:
        cfg.test_dataloader.dataset.pipeline = ordered_steps(cfg.test_dataloader.dataset.pipeline)
        return init_pipeline(self, cfg)

    ActionRecogInferencer._init_pipeline = init_named

    init = inference.init_recognizer

    @functools.wraps(init)
    def init_recognizer(*args: Any, **kwargs: Any) -> nn.Module:
        model = init(*args, **kwargs)
        if model.cfg.get('test_pipeline') is None and model.cfg.get('test_dataloader') is not None:
            model.cfg.test_pipeline = ordered_steps(model.cfg.test_dataloader.dataset.pipeline)
        return model

    replace_everywhere(init, init_recognizer)
