"""What clips a model takes: how many frames, how far apart, how large, with which values."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mmdebias.ops.clips import pixel_range

Size = tuple[int, int]
"""Height and width in pixels."""
SPREAD: Literal['spread'] = 'spread'
HEAD = re.compile(rf'(\d+)x(\d+|{SPREAD})x(\d+)(?:x(\d+))?')
LAYOUTS, VALUES, INTERPOLATIONS = ('NCTHW', 'NTCHW'), ('float', 'uint8'), ('bilinear', 'bicubic')
ROUNDINGS = ('nearest', 'down')


@dataclass(frozen=True)
class ClipSpec:
    """The clips that a model takes.

    Of each video ``clips`` clips are taken, evenly spread from its first frame to its last, or one
    in its middle, as MMAction2's ``SampleFrames`` does in a test; a video that is too short begins
    anew. Each frame is resized, keeping its aspect, and its middle is cut out.

    Args:
        frames: T of a clip, 1 or more.
        stride: Frames of the video from one of a clip to the next, 1 or more; or 'spread', for
            frames spread over the whole video: the middle one of each of ``frames`` equal parts of
            it, of several clips one clip's beside the other's. Such a clip fits every video.
        size: Height and width of the clip in pixels, or one number for both.
        mean: Of each RGB channel, for values in [0, 1] or, where one is above 1, in [0, 255].
            Given with ``std``, clips are normalised; None leaves values in [0, 1].
        std: As ``mean``, for values of the same range.
        values: 'float', or 'uint8' for pixels 0 to 255 as they are.
        layout: 'NCTHW' or 'NTCHW'.
        clips: Of a video, 1 or more; a model's answers to them are averaged.
        resize: What a frame is resized to before its middle is cut out: a number for its short
            side, height and width without regard to the aspect, or None for the smallest that
            covers ``size``.
        interpolation: 'bilinear' or 'bicubic', both with anti-aliasing as in Pillow.
        rounding: Of the long side of a frame whose short side is resized: 'nearest', as MMAction2
            does it, or 'down', as torchvision and transformers do. What is cut out of the middle
            lies up to half a pixel elsewhere.

    Raises:
        TypeError: a number or a text where another kind of value belongs.
        ValueError: a value that no clips can have; the message names argument, value, remedy.
    """

    frames: int
    stride: int | Literal['spread'] = 1
    size: int | Size = 224
    mean: Sequence[float] | None = None
    std: Sequence[float] | None = None
    values: Literal['float', 'uint8'] = 'float'
    layout: Literal['NCTHW', 'NTCHW'] = 'NCTHW'
    clips: int = 1
    resize: int | Size | None = None
    interpolation: Literal['bilinear', 'bicubic'] = 'bilinear'
    rounding: Literal['nearest', 'down'] = 'nearest'

    def __post_init__(self) -> None:
        _check_whole('frames', self.frames)
        _check_whole('clips', self.clips)
        if self.stride != SPREAD:
            _check_whole('stride', self.stride, f', or {SPREAD!r}')
        for name, known in (
            ('layout', LAYOUTS),
            ('values', VALUES),
            ('interpolation', INTERPOLATIONS),
            ('rounding', ROUNDINGS),
        ):
            if getattr(self, name) not in known:
                raise ValueError(f'{name}={getattr(self, name)!r} must be one of {known}.')
        self._set('size', _as_size('size', self.size))
        if isinstance(self.resize, int) and not isinstance(self.resize, bool):
            _check_whole('resize', self.resize)
        elif self.resize is not None:
            self._set('resize', _as_size('resize', self.resize))
        self._check_cover()
        self._check_statistics()

    @property
    def height_and_width(self) -> Size:
        """Return the size of the frames of a clip."""
        return _as_size('size', self.size)

    @property
    def span(self) -> int:
        """Return the frames that a video needs, so that no clip of it begins it anew."""
        return 1 if isinstance(self.stride, str) else (self.frames - 1) * self.stride + 1

    @property
    def normalisation(self) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
        """Return mean and standard deviation for values in [0, 1]; None where none is done."""
        if self.mean is None or self.std is None:
            return None
        scale = pixel_range(self.mean)
        return tuple(v / scale for v in self.mean), tuple(v / scale for v in self.std)

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the shape of one clip as the model takes it, without N."""
        height, width = self.height_and_width
        front = (3, self.frames) if self.layout == 'NCTHW' else (self.frames, 3)
        return (*front, height, width)

    def __str__(self) -> str:
        height, width = self.height_and_width
        known = {1: '', SPREAD: ', spread over the video'}
        apart = known.get(self.stride, f', every {self.stride}')
        parts = [f'{self.frames} frames{apart}', f'{height}x{width} pixels']
        parts += [f'{self.clips} clips a video'] if self.clips > 1 else []
        parts += ['values 0 to 255'] if self.values == 'uint8' else []
        normalised = self.normalisation
        if normalised is not None:
            mean, std = (', '.join(f'{v:.4g}' for v in values) for values in normalised)
            parts += [f'mean {mean}, std {std}']
        elif self.values == 'float':
            parts += ['values 0 to 1, not normalised']
        return f'[{self.layout}] {", ".join(parts)}'

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def _check_cover(self) -> None:
        height, width = self.height_and_width
        if self.resize is None:
            return
        least = (self.resize, self.resize) if isinstance(self.resize, int) else self.resize
        if least[0] < height or least[1] < width:
            raise ValueError(
                f'resize={self.resize} is below size={height, width}, which is cut out of it: give '
                'a larger one, or None.'
            )

    def _check_statistics(self) -> None:
        if (self.mean is None) != (self.std is None):
            raise ValueError(f'mean={self.mean} and std={self.std} go together: give both or none.')
        if self.mean is None or self.std is None:
            return
        if self.values == 'uint8':
            raise ValueError(
                f"values='uint8' are not normalised: leave mean={self.mean} and std out, or take "
                "values='float'."
            )
        for name in ('mean', 'std'):
            given = getattr(self, name)
            try:
                red, green, blue = (float(value) for value in given)
            except (TypeError, ValueError):
                raise ValueError(f'{name}={given} must be three numbers, of R, G and B.') from None
            if not all(map(math.isfinite, (red, green, blue))):
                raise ValueError(f'{name}={red, green, blue} must be finite numbers.')
            self._set(name, (red, green, blue))
        if min(self.std) <= 0:
            raise ValueError(f'std={self.std} must be above 0.')
        in_pixels = pixel_range(self.mean) > 1
        # The most that values in [0, 1] are divided by is 1; of pixels, 1 leaves them as they are.
        if max(self.std) < 1 if in_pixels else max(self.std) > 1:
            ranges = ('[0, 255]', '[0, 1]') if in_pixels else ('[0, 1]', '[0, 255]')
            raise ValueError(
                f'mean={self.mean} is of values in {ranges[0]} and std={self.std} of such in '
                f'{ranges[1]}: give both for the same values.'
            )


def check_clip(name: str, clip: object) -> None:
    """Raise TypeError where the clips of a model are no :class:`ClipSpec`."""
    if not isinstance(clip, ClipSpec):
        raise TypeError(
            f'clip={clip!r} of {name} must be a ClipSpec, such as ClipSpec(frames=16, stride=4, '
            'size=224).'
        )


def parse_clip(text: str) -> ClipSpec:
    """Return the clip that a text of a command line states, see :func:`clip_arguments`.

    Raises:
        ValueError: it is no such text, or :class:`ClipSpec` refuses it.
    """
    return ClipSpec(**clip_arguments(text))


def clip_arguments(text: str) -> dict[str, Any]:
    """Read a clip as it is written on a command line.

    ``16x4x224`` are 16 frames, every fourth, of 224x224 pixels; ``16x4x128x171`` has height and
    width, ``16xspreadx224`` takes its frames from the whole video. Behind commas stand arguments of
    :class:`ClipSpec`, numbers of one joined by colons:
    ``16x4x224,mean=0.45:0.45:0.45,std=0.225:0.225:0.225,layout=NTCHW,clips=10,resize=256``.

    Args:
        text: Of the command line.

    Returns:
        Arguments of :class:`ClipSpec`.

    Raises:
        ValueError: it is no such text.
    """
    form = (
        f'--clip {text} must be FRAMESxSTRIDExSIZE, such as 16x4x224 or, of frames from the whole '
        'video, 16xspreadx224, with options behind commas, '
        'such as 16x4x224,mean=0.45:0.45:0.45,std=0.225:0.225:0.225,layout=NTCHW'
    )
    head, *options = text.split(',')
    found = HEAD.fullmatch(head.lower())
    if found is None:
        raise ValueError(form)
    frames, stride, height, width = found.groups()
    arguments: dict[str, Any] = dict(
        frames=int(frames),
        stride=SPREAD if stride == SPREAD else int(stride),
        size=(int(height), int(width or height)),
    )
    readers: dict[str, Any] = dict(
        mean=_floats, std=_floats, values=str, layout=str, clips=int, resize=_ints,
        interpolation=str, rounding=str,
    )  # fmt: skip
    for option in options:
        key, equals, value = option.partition('=')
        if not equals or key not in readers:
            raise ValueError(f'{form}; {option!r} is none of {", ".join(readers)}')
        try:
            arguments[key] = readers[key](value)
        except ValueError:
            raise ValueError(f'{form}; {option!r} has something else than numbers') from None
    if isinstance(arguments.get('resize'), tuple) and len(arguments['resize']) > 2:
        raise ValueError(f'{form}; resize is a number, or height and width')
    return arguments


def _floats(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(':'))


def _ints(text: str) -> int | tuple[int, ...]:
    numbers = tuple(int(part) for part in text.split(':'))
    return numbers[0] if len(numbers) == 1 else numbers


def _check_whole(name: str, value: object, alternative: str = '') -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f'{name}={value!r} must be a whole number{alternative}.')
    if value < 1:
        raise ValueError(f'{name}={value} must be 1 or more.')


def _as_size(name: str, value: object) -> Size:
    pair = (value, value) if isinstance(value, int) else value
    if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2:
        raise TypeError(f'{name}={value!r} must be a whole number, or height and width.')
    for side in pair:
        _check_whole(name, side)
    return (pair[0], pair[1])
