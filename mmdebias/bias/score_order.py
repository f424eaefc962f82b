"""Scores of different models in one order: that of the labels."""

from __future__ import annotations

from collections.abc import Sequence

from .model import LoadedModel
from .video_list import Video


def check_models(
    models: Sequence[LoadedModel],
    videos: Sequence[Video],
    train: Sequence[Video],
    names: Sequence[str] | None,
    classes: Sequence[str] | None = None,
) -> dict[str, list[int]]:
    """Check that all models can be shown the videos and have their classes.

    Args:
        models: Of a report.
        videos: Of its test.
        train: Those that linear layers are trained on.
        names: See :func:`score_columns`.
        classes: See :func:`score_columns`.

    Returns:
        By name of a model, where its scores are to be put into another order, that order.

    Raises:
        ValueError: something does not fit.
    """
    columns = {}
    for model in models:
        order, scores = score_columns(model, names, classes), model.check(videos, train)
        if order is None:
            continue
        if scores not in (None, len(order)):
            raise ValueError(
                f'{model.name} returns scores of {scores} classes, and {len(order)} names are '
                'given: give one for each, in their order.'
            )
        columns[model.name] = order
    return columns


def score_columns(
    model: LoadedModel, names: Sequence[str] | None, classes: Sequence[str] | None = None
) -> list[int] | None:
    """Return the order of a model's scores that begins with those of the names.

    Args:
        model: Its ``classes`` are matched with the names, whatever the case, and with spaces for
            underscores.
        names: Of the classes of the videos; None where labels are numbers of scores.
        classes: Names of its scores, where it has none of its own.

    Returns:
        Numbers of its scores; None where they are to stay as they are.

    Raises:
        ValueError: a name is none of its classes, or these are not known.
    """
    if names is None or model.probed:
        return None
    own = model.classes or classes
    # First what is no number: it made names of the others of its list.
    told = sorted(names, key=str.isdecimal)
    if own is None:
        raise ValueError(
            f'labels are names, such as {told[0]!r}, and the scores of {model.name} have none: '
            'give classes, their names in the order of the scores, or labels that are numbers.'
        )
    places = {_plain(name): place for place, name in enumerate(own)}
    missing = [name for name in told if _plain(name) not in places]
    if missing:
        raise ValueError(
            f'{model.name} has no class {missing[0]!r} ({len(missing)} of {len(names)} names are '
            f'none of its {len(own)} classes, which begin {", ".join(own[:3])}): give labels that '
            'are names of its classes, or numbers.'
        )
    first = [places[_plain(name)] for name in names]
    if len(set(first)) < len(first):
        raise ValueError(
            f'two of the names {", ".join(names)} are the same class of {model.name}: spell each '
            'class in one way.'
        )
    return [*first, *sorted(set(range(len(own))) - set(first))]


def _plain(name: str) -> str:
    return name.replace('_', ' ').casefold().strip()
