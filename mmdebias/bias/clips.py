"""From the frames of a video to the clips of a :class:`ClipSpec`."""

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from mmdebias.ops.compositing import Picture

from .clip_spec import ClipSpec, Size


def clip_indices(spec: ClipSpec, total: int) -> NDArray[np.int_]:
    """Return the frames of a video that its clips are made of.

    The same as MMAction2's ``SampleFrames(clip_len=T, frame_interval=stride, num_clips=clips,
    test_mode=True)``; with one clip and the stride 'spread', as its ``SampleFrames(clip_len=1,
    num_clips=T, test_mode=True)``.

    Args:
        spec: T frames, ``clips`` clips.
        total: Frames of the video, 1 or more.

    Returns:
        int ``[clips * T]``, from 0, below ``total``; clip after clip.
    """
    if isinstance(spec.stride, str):  # spread
        parts = spec.clips * spec.frames
        middles = ((np.arange(parts) + 0.5) * total / parts).astype(int)
        return middles.reshape(spec.frames, spec.clips).T.reshape(-1)
    last = max(total - spec.span, 0)
    if spec.frames == 1:
        starts = ((np.arange(spec.clips) + 0.5) * total / spec.clips).astype(int)
    elif spec.clips == 1:
        starts = np.array([last // 2])
    else:
        starts = np.round(np.arange(spec.clips) * (last / (spec.clips - 1))).astype(int)
    indices: NDArray[np.int_] = starts[:, None] + np.arange(spec.frames) * spec.stride
    return indices.reshape(-1) % total


def to_clips(frames: Sequence[Picture], spec: ClipSpec) -> Tensor:
    """Resize and cut frames, and put them together to clips.

    Args:
        frames: RGB, uint8 ``[H, W, 3]`` each, ``clips * T`` of one size.
        spec: T, the size, the interpolation.

    Returns:
        uint8 ``[clips, 3, T, h, w]``.
    """
    pictures = torch.from_numpy(np.ascontiguousarray(np.stack(frames))).permute(0, 3, 1, 2)
    height, width = spec.height_and_width
    target = resized_size(spec, (pictures.shape[2], pictures.shape[3]))
    if target != tuple(pictures.shape[2:]):
        pictures = F.interpolate(
            pictures, target, mode=spec.interpolation, align_corners=False, antialias=True
        )
    top, left = (target[0] - height) // 2, (target[1] - width) // 2
    cut = pictures[:, :, top : top + height, left : left + width]
    clips = cut.reshape(-1, spec.frames, 3, height, width)
    return clips.transpose(1, 2).contiguous()


def resized_size(spec: ClipSpec, size: Size) -> Size:
    """Return the height and width that frames of a size are resized to before they are cut."""
    if isinstance(spec.resize, tuple):
        return spec.resize
    if isinstance(spec.resize, int):
        length, of = spec.resize, min(size)
    else:
        pairs = zip(spec.height_and_width, size)
        length, of = max(pairs, key=lambda pair: pair[0] / pair[1])

    def scaled(side: int) -> int:
        return int(length * side / of) if spec.rounding == 'down' else round(side * (length / of))

    # Never less than what is cut out, whatever rounding does.
    height, width = (max(scaled(side), least) for side, least in zip(size, spec.height_and_width))
    return height, width


def to_input(clips: Tensor, spec: ClipSpec) -> Tensor:
    """Give clips the values and the layout that a model takes.

    Args:
        clips: uint8 ``[N, 3, T, H, W]``.
        spec: Values, normalisation, layout.

    Returns:
        ``[N, 3, T, H, W]`` or ``[N, T, 3, H, W]``, uint8 or float32.
    """
    if spec.values == 'float':
        clips = clips.float() / 255
        if spec.normalisation is not None:
            mean, std = (clips.new_tensor(v).view(3, 1, 1, 1) for v in spec.normalisation)
            clips = (clips - mean) / std
    return clips if spec.layout == 'NCTHW' else clips.transpose(1, 2).contiguous()
