"""What an image processor of Hugging Face's makes of frames, in the words of a ClipSpec."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

BILINEAR, BICUBIC = 2, 3  # of Pillow
TYPES = ('image_processor_type', 'video_processor_type', 'feature_extractor_type')


def clip_of_processor(
    name: str, file: Path, processor: Mapping[str, Any], config: Mapping[str, Any]
) -> dict[str, Any]:
    """Return size, resizing and normalisation of clips, arguments of a :class:`ClipSpec`.

    Args:
        name: Of the model, for messages.
        file: Of the processor, likewise.
        processor: What it holds.
        config: Of the model.

    Raises:
        ValueError: it says nothing that clips can be made by; the message names file and key.
    """
    where = f'{name}: {file}'
    _check_forms(where, processor)
    size, resize = _sizes(where, processor, config)
    return dict(
        size=size,
        resize=resize,
        **_normalisation(name, file, processor),
        interpolation='bicubic' if processor.get('resample') == BICUBIC else 'bilinear',
        rounding='down',  # as transformers' processors of pictures and of videos
    )


def _normalisation(name: str, file: Path, processor: Mapping[str, Any]) -> dict[str, Any]:
    """Return mean and std for values in [0, 1], whatever the processor rescales to.

    It computes ``(x * f - offset - mean) / std`` of pixels x in [0, 255], ViViT's with an offset of
    1 and, where its file does not say f, 1 / 127.5.
    """
    mean, std = [0.0] * 3, [1.0] * 3
    if processor.get('do_normalize', True):
        if processor.get('image_mean') is None or processor.get('image_std') is None:
            raise ValueError(
                f'{name}: {file} has no image_mean and image_std, so how its model wants clips '
                'normalised is not known: add them, or give clip, a ClipSpec (on the command line '
                '--clip).'
            )
        mean, std = (_three(name, file, key, processor[key]) for key in ('image_mean', 'image_std'))
    rescales = processor.get('do_rescale', True)
    of_vivit = any('Vivit' in str(processor.get(key)) for key in TYPES)
    # In [0, 1] pixels are x / 255.
    known = 1 / 127.5 if of_vivit else 1 / 255
    factor = processor.get('rescale_factor', known) if rescales else 1.0
    if isinstance(factor, bool) or not isinstance(factor, (int, float)) or not factor > 0:
        raise ValueError(f'rescale_factor {factor!r} must be a number above 0, such as {1 / 255!r}')
    factor *= 255
    offset = 1.0 if rescales and processor.get('offset', of_vivit) else 0.0
    return dict(
        mean=[(value + offset) / factor for value in mean], std=[value / factor for value in std]
    )


def _check_forms(where: str, processor: Mapping[str, Any]) -> None:
    """Raise ValueError for what a processor may do to frames and a :class:`ClipSpec` does not."""
    size, resample = processor.get('size'), processor.get('resample')
    other = {
        'do_resize': processor.get('do_resize') is False,
        'size': isinstance(size, Mapping) and 'longest_edge' in size,
        'resample': isinstance(resample, int) and resample not in (BILINEAR, BICUBIC),
    }
    for key in (key for key, is_other in other.items() if is_other):
        raise ValueError(
            f'{where} has {key} {processor[key]!r}, and clips are made of frames that are resized '
            'to cover them, by bilinear (2) or bicubic (3) interpolation: give clip, a ClipSpec '
            '(on the command line --clip), that comes near it.'
        )


def _sizes(
    where: str, processor: Mapping[str, Any], config: Mapping[str, Any]
) -> tuple[Any, int | tuple[int, int] | None]:
    """Return the size of a clip, and what frames are resized to before it is cut out."""
    side = config.get('image_size') or config.get('crop_size') or 224
    crops = processor.get('do_center_crop', True)
    crop, resize = (_size(where, key, processor.get(key)) for key in ('crop_size', 'size'))
    # Older files leave the crop out; where there is none, a frame is what it is resized to.
    wanted = crop if crops else resize
    cut = side if wanted is None else wanted
    if config.get('model_type', '') == 'vjepa2':
        # Its processor overrides the size that it is given, if any, by this one of the crop.
        resize = int(_sides(cut)[0] * 256 / 224)
    return _sides(cut), resize


def _size(where: str, key: str, value: Any) -> int | tuple[int, int] | None:
    """Read a processor's size: a number, two, or a dict of the short side or height and width."""
    if value is None:
        return None
    sides = value if isinstance(value, list) else [value]
    if isinstance(value, Mapping):
        pair = [value.get('height'), value.get('width')]
        sides = [value['shortest_edge']] if value.get('shortest_edge') else pair
    if not all(isinstance(side, int) and side > 0 for side in sides) or len(sides) not in (1, 2):
        raise ValueError(
            f'{where} has {key} {value!r}, which is neither a number of pixels, nor height and '
            'width, nor shortest_edge: correct it, or give clip, a ClipSpec (on the command line '
            '--clip).'
        )
    first, *others = map(int, sides)
    return (first, others[0]) if others else first


def _sides(size: Any) -> tuple[int, int]:
    return size if isinstance(size, tuple) else (int(size), int(size))


def _three(name: str, file: Path, key: str, value: Any) -> list[float]:
    values = [value] * 3 if isinstance(value, (int, float)) else value
    right = isinstance(values, list) and all(isinstance(one, (int, float)) for one in values)
    if not right or len(values) != 3 or (key == 'image_std' and min(values) <= 0):
        least = ' above 0' if key == 'image_std' else ''
        raise ValueError(
            f'{name}: {file} has {key} {value!r}, and three numbers{least} are needed, of R, G and '
            'B: correct it, or give clip, a ClipSpec (on the command line --clip).'
        )
    return [float(one) for one in values]
