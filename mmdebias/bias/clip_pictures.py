"""Clips as small moving pictures that a page carries with it."""

import base64
import io
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from mmdebias.ops.compositing import Picture

MILLISECONDS = 120


class Form(NamedTuple):
    """How clips are shown.

    Args:
        size: Pixels of the longer side, at most.
        frames: Of a clip, evenly spread, at most.
        quality: Of WebP, 0 to 100.
    """

    size: int
    frames: int
    quality: int


FORMS = (Form(160, 16, 70), Form(160, 10, 55), Form(128, 8, 45), Form(96, 6, 35), Form(64, 4, 25))
"""From the best to the smallest."""


class Moving(NamedTuple):
    """A clip as ``data:`` addresses of WebP pictures.

    Args:
        moving: It, over and over.
        still: Its middle frame, for who wants no motion and for paper; the same as ``moving`` where
            nothing moves.
    """

    moving: str
    still: str


def fitting_pictures(clips: Sequence[Picture], budget: int) -> list[Moving] | None:
    """Return clips in the best form in which all together are small enough.

    Args:
        clips: RGB, uint8 ``[T, H, W, 3]`` each.
        budget: Bytes of all addresses.

    Returns:
        As many pictures; None where even the smallest form needs more.
    """
    for form in FORMS:
        found: list[Moving] = []
        size = 0
        for clip in clips:
            found.append(moving_picture(clip, form))
            size += sum(map(len, set(found[-1])))
            if size > budget:
                break
        else:
            return found
    return None


def moving_picture(clip: Picture, form: Form = FORMS[0]) -> Moving:
    """Return a clip as an animated WebP and its middle frame as a still one.

    Args:
        clip: RGB, uint8 ``[T, H, W, 3]``.
        form: Size, frames and quality.
    """
    chosen = np.linspace(0, len(clip) - 1, min(len(clip), form.frames)).round().astype(int)
    height, width = clip.shape[1:3]
    # Small frames stay as they are: the page enlarges them, and needs no bytes for it.
    scale = min(1.0, form.size / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    frames = [Image.fromarray(clip[index]).resize(size, Image.Resampling.BOX) for index in chosen]
    options: dict[str, Any] = dict(format='WEBP', quality=form.quality, method=4)
    moving, still = io.BytesIO(), io.BytesIO()
    frames[len(frames) // 2].save(still, **options)
    if (clip[chosen] == clip[chosen[0]]).all():
        return Moving(_address(still), _address(still))
    frames[0].save(
        moving, save_all=True, append_images=frames[1:], duration=MILLISECONDS, loop=0, **options
    )
    return Moving(_address(moving), _address(still))


def _address(buffer: io.BytesIO) -> str:
    return 'data:image/webp;base64,' + base64.b64encode(buffer.getvalue()).decode()
