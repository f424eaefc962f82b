"""Clips as small moving pictures that a page carries with it."""

import base64
import io
from typing import Any

import numpy as np
from PIL import Image

from mmdebias.ops.compositing import Picture

SIZE = 160  # pixels of the longer side
FRAMES = 16
MILLISECONDS = 120


def moving_picture(clip: Picture) -> tuple[str, str]:
    """Return a clip as an animated WebP and its middle frame as a still one, for who wants no
    motion.

    Args:
        clip: RGB, uint8 ``[T, H, W, 3]``. At most 16 frames are kept, evenly spread.

    Returns:
        Two ``data:`` addresses; a clip of one frame, or of equal ones, does not move in either.
    """
    chosen = np.linspace(0, len(clip) - 1, min(len(clip), FRAMES)).round().astype(int)
    height, width = clip.shape[1:3]
    # Small frames stay as they are: the page enlarges them, and needs no bytes for it.
    scale = min(1.0, SIZE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    frames = [Image.fromarray(clip[index]).resize(size, Image.Resampling.BOX) for index in chosen]
    options: dict[str, Any] = dict(format='WEBP', quality=70, method=4)
    moving, still = io.BytesIO(), io.BytesIO()
    frames[0].save(
        moving, save_all=True, append_images=frames[1:], duration=MILLISECONDS, loop=0, **options
    )
    frames[len(frames) // 2].save(still, **options)
    return _address(moving), _address(still)


def _address(buffer: io.BytesIO) -> str:
    return 'data:image/webp;base64,' + base64.b64encode(buffer.getvalue()).decode()
