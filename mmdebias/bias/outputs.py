"""What models return, brought to scores ``[N, K]`` and features ``[N, D]``."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .frozen_features import pooled

Kind = Literal['scores', 'features']
# A row of softmax sums to 1 but for rounding, half precision included.
ROUNDING = 1e-2


class Outputs(NamedTuple):
    """What a model returns of N clips.

    Args:
        scores: float ``[N, K]``, logits or probabilities; None where it has none.
        features: float ``[N, D]``; None where it has none.
    """

    scores: Tensor | None
    features: Tensor | None


def read_outputs(found: Any, kind: Kind, clips: int, name: str) -> Outputs:
    """Read what a model returned.

    Args:
        found: A tensor, which is what ``kind`` says; or a dict, or an object with attributes, of
            'scores' (or 'logits') and 'features'.
        kind: 'scores' or 'features': what has to be there.
        clips: N that it was given.
        name: Of the model, for messages.

    Returns:
        float32 on the CPU. Feature maps and tokens are averaged to vectors.

    Raises:
        ValueError: there is no such output, or it has another shape.
    """
    if isinstance(found, (Tensor, np.ndarray)):
        parts = {kind: found}
    else:
        parts = {key: _part(found, key) for key in ('scores', 'features')}
        parts['scores'] = _part(found, 'logits') if parts['scores'] is None else parts['scores']
    if parts.get(kind) is None:
        keys = f' of {", ".join(map(str, found))}' if isinstance(found, Mapping) else ''
        raise ValueError(
            f'{name} returns {type(found).__name__}{keys}, which has no {kind}: return a tensor, '
            f'or a dict with {kind!r} (an ONNX file, an output of that name).'
        )
    scores, features = (_tensor(parts.get(key), key, name) for key in ('scores', 'features'))
    if scores is not None and (scores.ndim != 2 or len(scores) != clips):
        raise ValueError(
            f'{name} returns scores of shape {list(scores.shape)} for {clips} clips: they must be '
            "[N, classes]. If they are features, say output='features'."
        )
    if features is not None:
        try:
            features = pooled(features)
        except TypeError:
            raise ValueError(
                f'{name} returns features of shape {list(features.shape)}: they must be [N, C], '
                'tokens [N, L, C] or maps [N, C, ...].'
            ) from None
        if len(features) != clips:
            raise ValueError(
                f'{name} returns features of {len(features)} clips, and was given {clips}: return '
                'a row for each.'
            )
    return Outputs(scores, features)


def check_finite(values: Tensor, kind: str, name: str, shown: str) -> None:
    """Raise ValueError where scores or features of some clips are NaN or infinite.

    Args:
        values: ``[N, ...]``.
        kind: What they are, for the message.
        name: Of the model.
        shown: What it was shown.
    """
    wrong = ~torch.isfinite(values)
    if wrong.any():
        value = float(values[wrong][0])
        raise ValueError(
            f'{name} returns {kind} with {value} for {shown}: does the clip spec fit (values, mean '
            'and std), and are the weights whole?'
        )


def there(values: Tensor | None) -> Tensor:
    """Return an output; raise ValueError where a model left it out."""
    if values is None:
        raise ValueError('the model returned no features for some of its clips')
    return values


def stacked(values: Iterable[Tensor | None]) -> Tensor:
    """Stack an output of several videos; raise ValueError where a model left one out, or those of
    another run of it have another shape."""
    parts = [there(part) for part in values]
    shapes = sorted({tuple(part.shape) for part in parts})
    if len(shapes) > 1:
        raise ValueError(
            f'the model returned outputs of different shapes, {shapes[0]} and {shapes[-1]} for the '
            'clips of a video: some are of an interrupted report and another model (give version= '
            'another value, or another folder).'
        )
    return torch.stack(parts)


def class_probabilities(scores: Tensor) -> NDArray[np.float32]:
    """Average the scores of each video's clips as probabilities.

    Args:
        scores: Of all clips of all videos, ``[V, R, K]``: probabilities, where each row is in
            [0, 1] and sums to 1, else logits.

    Returns:
        ``[V, K]``.
    """
    sums = scores.sum(2)
    known = scores.shape[2] > 1 and bool(
        (scores >= 0).all() and ((sums - 1).abs() < ROUNDING).all()
    )
    means: NDArray[np.float32] = (scores if known else scores.softmax(2)).mean(1).numpy()
    return means


def _part(found: Any, key: str) -> Any:
    return found.get(key) if isinstance(found, Mapping) else getattr(found, key, None)


def _tensor(value: Any, kind: str, name: str) -> Tensor | None:
    if value is None:
        return None
    try:
        return torch.as_tensor(value).detach().float().cpu()
    except (TypeError, ValueError) as error:
        raise ValueError(f'{name} returns {kind} that are no numbers: {error}') from error
