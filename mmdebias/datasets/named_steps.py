"""Pipelines whose steps have names, so that a config changes one of them by its name."""

import difflib
import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mmaction.registry import TRANSFORMS
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
    'rotate',  # whole frames, a little
    'scale',  # to a short side
    'centre',  # its middle
    'crop',  # a random one
    'resize',
    'flip',
    'flow',  # scaled
    'format',
    'pack',
)
# What a PerView has beside steps.
PER_VIEW = ('type', 'views', 'same_draws', 'transforms')
TEST_PIPELINE = 'test_dataloader.dataset.pipeline'


def ordered_steps(
    pipeline: Mapping[str, dict[str, Any] | None] | Sequence[dict[str, Any] | Callable[..., Any]],
    name: str = 'pipeline',
) -> list[Any]:
    """Return a pipeline as the list that MMAction2 knows.

    Args:
        pipeline: ``{name: transform}`` with names of :data:`STEPS`, in any order, where None leaves
            a step out; or a list of transforms, which comes back as it is. The named steps of a
            ``PerView`` among them are looked at, too.
        name: Of the pipeline, for errors.

    Returns:
        The transforms in the order of :data:`STEPS`.

    Raises:
        TypeError: a named step that is neither a config nor None.
        ValueError: a name that is not in :data:`STEPS`, a named step without ``type``, or a
            ``PerView`` without steps.
    """
    if not isinstance(pipeline, Mapping):
        for index, step in enumerate(pipeline):
            _check_per_view(step, f'{name}[{index}]')
        return list(pipeline)
    _check_steps(pipeline, name, 'Write a pipeline with other steps as a list.')
    for key, step in pipeline.items():
        _check_per_view(step, f'{name}.{key}')
    return [pipeline[key] for key in STEPS if pipeline.get(key) is not None]


def whole_pipeline(
    pipeline: Mapping[str, dict | None] | Sequence[dict | Callable], name: str = 'pipeline'
) -> list:
    """Return a data set's pipeline as the list that MMAction2 knows.

    Args:
        pipeline: See :func:`ordered_steps`.
        name: Of the pipeline, for errors.

    Returns:
        The transforms in the order of :data:`STEPS`.

    Raises:
        TypeError: as :func:`ordered_steps`.
        ValueError: as :func:`ordered_steps`, and named steps that are all None.
    """
    steps = ordered_steps(pipeline, name)
    if isinstance(pipeline, Mapping):
        _check_some(pipeline, name, 'A pipeline without any is the list [].')
    return steps


def _check_per_view(step: object, name: str) -> None:
    if not isinstance(step, Mapping) or step.get('transforms') is not None:
        return
    kind = step.get('type')
    # A name, with or without its scope, or the class itself.
    if getattr(kind, '__name__', str(kind)).rpartition('.')[2] == 'PerView':
        own = {key: value for key, value in step.items() if key not in PER_VIEW}
        _check_steps(own, name, f'{name}.transforms takes other steps, as a list.', PER_VIEW)
        _check_some(own, name, f'Leave it out by {name}=None.')


def _check_some(steps: Mapping[str, Any], name: str, remedy: str) -> None:
    """Raise ValueError if all steps are None: a data set would silently give its raw samples."""
    if all(step is None for step in steps.values()):
        raise ValueError(
            f'{name} has no steps: {dict(steps)}. Name some of {list(STEPS)}. {remedy}'
        )


def _check_steps(
    steps: Mapping[str, Any], name: str, remedy: str, arguments: Sequence[str] = ()
) -> None:
    """Raise unless steps have names of :data:`STEPS` and each says which transform it is."""
    if unknown := [key for key in steps if key not in STEPS]:
        near = {key: difflib.get_close_matches(key, (*STEPS, *arguments), 1) for key in unknown}
        meant = ''.join(
            f' Is {key!r} meant to be {found[0]!r}?' for key, found in near.items() if found
        )
        raise ValueError(
            f'{name} has steps {unknown}, which are no names of steps.{meant} The names are '
            f'{list(STEPS)}; they run in that order. {remedy}'
        )
    for key, step in steps.items():
        if isinstance(step, Mapping):
            if 'type' not in step:
                raise ValueError(
                    f'{name}.{key}={dict(step)} has no type, and the config inherits none for it: '
                    'say which transform it is, dict(type=..., ...).'
                )
        elif step is not None and not callable(step):
            raise TypeError(
                f'{name}.{key}={step!r} must be the config of a transform, dict(type=..., ...), '
                'or None, which leaves the step out.'
            )


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
        compose(self, transforms if transforms is None else whole_pipeline(transforms))

    Compose.__init__ = compose_named

    init_pipeline = ActionRecogInferencer._init_pipeline

    @functools.wraps(init_pipeline)
    def init_named(self: ActionRecogInferencer, cfg: Config) -> Compose:
        dataset = cfg.test_dataloader.dataset
        dataset.pipeline = whole_pipeline(dataset.pipeline, TEST_PIPELINE)
        named = {step['type'] for step in dataset.pipeline}
        composed = init_pipeline(self, cfg)
        # It puts decord in the place of whatever reads videos.
        if 'VideoInit' in named and self.input_format == 'video':
            names = [type(step).__name__ for step in composed.transforms]
            for name in ('Init', 'Decode'):
                composed.transforms[names.index(f'Decord{name}')] = TRANSFORMS.build(
                    dict(type=f'Video{name}')
                )
        return composed

    ActionRecogInferencer._init_pipeline = init_named

    init = inference.init_recognizer

    @functools.wraps(init)
    def init_recognizer(*args: Any, **kwargs: Any) -> nn.Module:
        model = init(*args, **kwargs)
        if model.cfg.get('test_pipeline') is None and model.cfg.get('test_dataloader') is not None:
            pipeline = model.cfg.test_dataloader.dataset.pipeline
            model.cfg.test_pipeline = whole_pipeline(pipeline, TEST_PIPELINE)
        return model

    replace_everywhere(init, init_recognizer)
