"""BE: a frame added to every frame, and the disturbances that the paper compares it with.

Background Erasing (Wang et al., CVPR 2021, sections 3.2 and 4.4). All functions take and return
tensors and draw no random numbers. Eq. 1 is linear in the pixels, so clips may have any range and
any number of channels: raw or normalised.
"""

import torch
from torch import Tensor

from .clips import holds_bytes
from .foreground import merge


def add_static_frame(clips: Tensor, frame_index: Tensor, lam: Tensor) -> Tensor:
    """Add one of its own frames to every frame of a clip: ``(1 - lam) x_j + lam x_k`` (BE Eq. 1).

    The background changes; the motion stays, because what is added does not move: each frame
    difference is scaled by ``1 - lam`` (Eq. 2).

    Args:
        clips: ``[N, C, T, H, W]``, uint8 or floating point.
        frame_index: int64 ``[N]``, the frame k of each clip, in [0, T).
        lam: Floating point ``[N]``, the share of that frame, in [0, 1).

    Returns:
        The same shape and dtype; uint8 is rounded to the nearest.

    Raises:
        TypeError: ``clips`` is neither uint8 nor floating point.
        ValueError: shapes that do not fit together; on the CPU also a ``frame_index`` outside the
            clip (elsewhere a look would make the host wait for the device).
    """
    return blend(clips, take_frame(clips, frame_index), lam)


def take_frame(clips: Tensor, frame_index: Tensor) -> Tensor:
    """Return one frame of each clip.

    Args:
        clips: ``[N, C, T, H, W]``.
        frame_index: int64 ``[N]``, in [0, T).

    Returns:
        ``[N, C, 1, H, W]``.

    Raises:
        ValueError: see :func:`add_static_frame`.
    """
    _check(clips, frame_index=frame_index)
    frames = clips.shape[2]
    if frame_index.device.type == 'cpu' and not ((frame_index >= 0) & (frame_index < frames)).all():
        raise ValueError(f'frame_index={frame_index.tolist()} must lie in [0, {frames}).')
    return clips[torch.arange(len(clips), device=clips.device), :, frame_index].unsqueeze(2)


def blend(clips: Tensor, other: Tensor, lam: Tensor) -> Tensor:
    """Compute ``(1 - lam) clips + lam other``: BE Eq. 1 with anything in place of the frame.

    With a frame of another clip this is the inter-video frame of Table 4, with a frame of noise its
    Gaussian noise, with a whole clip its video mixup.

    Args:
        clips: ``[N, C, T, H, W]``, uint8 or floating point.
        other: ``[N, C, 1, H, W]``, the same for all frames, or ``[N, C, T, H, W]``; the same
            dtype.
        lam: Floating point ``[N]``, in [0, 1).

    Returns:
        The shape and dtype of ``clips``; uint8 is rounded to the nearest.

    Raises:
        TypeError: ``clips`` is neither uint8 nor floating point.
        ValueError: shapes that do not fit together.
    """
    _check(clips, lam=lam)
    if other.shape not in (clips.shape, (*clips.shape[:2], 1, *clips.shape[3:])):
        raise ValueError(
            f'other has shape {tuple(other.shape)} and clips {tuple(clips.shape)}; they must be '
            'equal, or other must have one frame.'
        )
    if not holds_bytes(clips) and not clips.is_floating_point():
        raise TypeError(f'clips is {clips.dtype}; it must be uint8 or floating point.')
    values = clips.float() if holds_bytes(clips) else clips
    mixed = torch.lerp(values, other.to(values), lam.view(-1, 1, 1, 1, 1).to(values))
    return mixed.round_().to(clips.dtype) if holds_bytes(clips) else mixed


def cut_mix(clips: Tensor, others: Tensor, boxes: Tensor) -> Tensor:
    """Replace a box of every frame by the same box of another clip's frame (CutMix, BE Table 4).

    Args:
        clips: ``[N, C, T, H, W]``, any dtype.
        others: The same shape and dtype.
        boxes: int64 ``[N, 4]``: top, left, bottom, right in pixels, the last two excluded.

    Returns:
        The shape and dtype of ``clips``.

    Raises:
        ValueError: ``boxes`` that are not four numbers a clip.
    """
    if boxes.shape != (len(clips), 4):
        raise ValueError(f'boxes has shape {tuple(boxes.shape)}; it must be [{len(clips)}, 4].')
    top, left, bottom, right = boxes.view(-1, 4, 1, 1).unbind(1)
    y = torch.arange(clips.shape[3], device=boxes.device)[:, None]
    x = torch.arange(clips.shape[4], device=boxes.device)
    inside = (y >= top) & (y < bottom) & (x >= left) & (x < right)
    return merge(others, clips, inside)


def box_of_area(area: Tensor, position: Tensor, height: int, width: int) -> Tensor:
    """Return boxes of a given share of the frame, in its proportions, wholly inside it.

    Args:
        area: ``[N]``, share of the frame, in [0, 1].
        position: ``[N, 2]`` in [0, 1]: 0 puts the box at the top (left), 1 at the bottom (right).
        height: Pixels H.
        width: Pixels W.

    Returns:
        int64 ``[N, 4]``: top, left, bottom, right, as :func:`cut_mix` takes them.
    """
    frame = torch.tensor([height, width], device=area.device)
    sides = (area.sqrt()[:, None] * frame).round().long()
    corner = (position * (frame - sides)).round().long()
    return torch.cat([corner, corner + sides], dim=1)


def check_gamma(gamma: float) -> None:
    """Raise ValueError unless ``gamma``, the largest lambda, lies in [0, 1)."""
    if not 0 <= gamma < 1:
        raise ValueError(
            f'gamma={gamma!r} is not in [0, 1): it is the largest share of what is added to a '
            'clip. The paper has .3; at 1 nothing would be left of the clip.'
        )


def _check(clips: Tensor, **one_a_clip: Tensor) -> None:
    if clips.ndim != 5:
        raise ValueError(f'clips has shape {tuple(clips.shape)}; it must be [N, C, T, H, W].')
    for name, values in one_a_clip.items():
        if values.shape != (len(clips),):
            raise ValueError(
                f'{name} has shape {tuple(values.shape)}; it must hold one number for each of '
                f'{len(clips)} clips.'
            )
