"""FAME: where a clip moves, and pasting that on another background.

Foreground-background Merging (Ding et al., CVPR 2022, section 3.2). All functions take and return
tensors, draw no random numbers and never wait for the device.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from .clips import check_clips

# P(F|x) is estimated from the half of the frame that moves most and the tenth that moves least.
FOREGROUND_SHARE, BACKGROUND_SHARE = 0.5, 0.1
COLOUR_BINS = 10
EPS = 1e-8


def fame_mask(clips: Tensor, beta: float = 0.5, official_hue: bool = True) -> Tensor:
    """The moving foreground of each clip (FAME section 3.2, Eqs. 2 and 3).

    Motion seeds the mask, colour spreads it over the object, the best ``floor(beta * H * W)``
    pixels become foreground. One mask serves all frames of a clip.

    Args:
        clips: RGB clips ``[N, 3, T, H, W]``, uint8 or floating point in [0, 1], T at least 2.
        beta: Share of the frame that is foreground, in (0, 1]. 1 marks every pixel: the merged clip
            is the clip itself.
        official_hue: The authors' code multiplies a hue that is in radians already by 2 pi once
            more. True does as it does and so reproduces the published masks; False uses the hue
            itself. The two masks overlap with an IoU of about .5 to .75.

    Returns:
        Bool ``[N, H, W]`` with exactly ``floor(beta * H * W)`` true pixels a clip. Ties go to the
        pixel nearer the centre of the frame, so a clip without any motion gets a mask that is the
        same each time: what is coloured like the middle of its frame.

    Raises:
        TypeError: ``clips`` is neither uint8 nor floating point.
        ValueError: another shape, fewer than two frames, values outside [0, 1] (values are looked
            at only on the CPU: on a GPU that would wait for the device), ``beta`` outside (0, 1].
    """
    check_beta(beta)
    check_clips(clips, min_frames=2)
    height, width = clips.shape[-2:]
    soft = colour_likelihood(clips, motion_seed(clips), official_hue)
    soft = rescale(blur(soft))
    return top_pixels(soft, int(beta * height * width))


def merge(clips: Tensor, backgrounds: Tensor, mask: Tensor) -> Tensor:
    """Paste foregrounds on backgrounds: ``X * M + Y * (1 - M)`` (FAME Eq. 4).

    Args:
        clips: ``[N, C, T, H, W]``, any dtype.
        backgrounds: The same shape and dtype.
        mask: Bool ``[N, H, W]``, true where ``clips`` shows.

    Returns:
        ``[N, C, T, H, W]`` of the same dtype.
    """
    return torch.where(mask[:, None, None], clips, backgrounds)


def motion_seed(clips: Tensor) -> Tensor:
    """How much each pixel moves: blurred mean absolute frame difference (FAME Eq. 2), in [0, 1].

    Eq. 2 sums over the channels and averages over the ``T - 1`` pairs of frames; the authors' code
    then blurs and rescales each clip to [0, 1], and so do we.

    Args:
        clips: ``[N, 3, T, H, W]``, uint8 or float in [0, 1].

    Returns:
        float ``[N, H, W]`` in [0, 1]; all zeros for a clip that does not move.
    """
    return rescale(blur(frame_difference(clips)))


def frame_difference(clips: Tensor) -> Tensor:
    """FAME Eq. 2 itself: ``[N, 3, T, H, W]`` to ``[N, H, W]``, for values in [0, 1]."""
    frames = clips.shape[2]
    total = torch.zeros_like(clips[:, 0, 0], dtype=_float_type(clips))
    # One pair at a time: a difference of whole clips would double the memory of the batch.
    for now, after in zip(clips.unbind(2), clips.unbind(2)[1:]):
        if clips.dtype == torch.uint8:
            # max - min stays in uint8, where a plain difference would wrap around.
            step = torch.maximum(now, after) - torch.minimum(now, after)
            total += step.sum(1, dtype=torch.int16)
        else:
            total += (after - now).abs().sum(1)
    scale = 255.0 if clips.dtype == torch.uint8 else 1.0
    return total / (scale * (frames - 1))


def colour_likelihood(clips: Tensor, seed: Tensor, official_hue: bool = True) -> Tensor:
    """P(F|x): how likely each pixel's colour is a foreground colour (FAME section 3.2).

    The colours of the time-averaged frame are counted in 10x10x10 bins of
    (saturation * cos hue, saturation * sin hue, value), once over the half of the frame with the
    largest seed and once over the tenth with the smallest, and ``P(x|F) / (P(x|F) + P(x|B))`` is
    read back for each pixel. Background counts start at one, as in the authors' code: a colour
    never seen there is unlikely, not impossible.

    Args:
        clips: ``[N, 3, T, H, W]``, uint8 or float in [0, 1].
        seed: ``[N, H, W]``, larger where it moves.
        official_hue: See :func:`fame_mask`.

    Returns:
        float ``[N, H, W]`` in [0, 1).
    """
    n, _, _, height, width = clips.shape
    mean = clips.mean(2, dtype=_float_type(clips))
    colours = colour_bins(mean / 255 if clips.dtype == torch.uint8 else mean, official_hue)
    colours = colours.flatten(1)
    pixels = height * width
    foreground = top_pixels(seed, int(FOREGROUND_SHARE * pixels)).flatten(1)
    background = top_pixels(-seed, int(BACKGROUND_SHARE * pixels), centre_first=False).flatten(1)
    counts = seed.new_zeros(2, n, COLOUR_BINS**3)
    counts[1] = 1
    counts[0].scatter_add_(1, colours, foreground.to(seed.dtype))
    counts[1].scatter_add_(1, colours, background.to(seed.dtype))
    p_foreground, p_background = counts / (counts.sum(-1, keepdim=True) + EPS)
    likelihood = p_foreground / (p_foreground + p_background)
    return likelihood.gather(1, colours).view(n, height, width)


def colour_bins(image: Tensor, official_hue: bool = True) -> Tensor:
    """Which of 1000 colour bins each pixel falls in.

    Args:
        image: RGB float ``[N, 3, H, W]`` in [0, 1].
        official_hue: See :func:`fame_mask`.

    Returns:
        int64 ``[N, H, W]`` in [0, 1000).
    """
    hue, saturation, value = rgb_to_hsv(image)
    if official_hue:
        hue = hue * 2 * math.pi
    last = COLOUR_BINS - 1
    # Bins are rounded counting from one: greys lie exactly between two bins of hue, and rounding
    # half to even sends 5.5 up where it would send 4.5 down.
    x, y, z = (
        torch.round(channel * last + 1) - 1
        for channel in (
            (saturation * torch.cos(hue) + 1) / 2,
            (saturation * torch.sin(hue) + 1) / 2,
            value,
        )
    )
    return (x + COLOUR_BINS * (y + COLOUR_BINS * z)).long()


def rgb_to_hsv(image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """RGB ``[N, 3, H, W]`` in [0, 1] to hue in [0, 2 pi), saturation and value in [0, 1]."""
    red, green, blue = image.unbind(1)
    value, strongest = image.max(1)
    chroma = value - image.amin(1)
    safe = torch.where(chroma == 0, torch.ones_like(chroma), chroma)
    sixths = torch.stack([green - blue, blue - red + 2 * safe, red - green + 4 * safe], 1)
    hue = sixths.gather(1, strongest[:, None])[:, 0] / safe / 6 % 1 * 2 * math.pi
    return hue, chroma / (value + EPS), value


def blur(maps: Tensor) -> Tensor:
    """Gaussian blur of ``[N, H, W]``, its kernel a tenth of the frame (odd, sigma a third of it).

    The kernel is 5, 11, 23 pixels wide at 56, 112, 224; for frames that are not square each
    direction has its own. Borders are reflected.
    """
    height, width = maps.shape[-2:]
    maps = maps[:, None]
    for size, dim in ((height, 2), (width, 3)):
        taps = gaussian_taps(size).to(maps)
        pad, shape = [0, 0, 0, 0], [1, 1, 1, 1]
        pad[2 * (3 - dim) : 2 * (3 - dim) + 2] = [len(taps) // 2] * 2
        shape[dim] = len(taps)
        maps = F.conv2d(F.pad(maps, pad, mode='reflect'), taps.view(shape))
    return maps[:, 0]


def gaussian_taps(size: int) -> Tensor:
    """The blur's one-dimensional kernel for a frame ``size`` pixels wide; sums to one."""
    taps = int(0.1 * size) // 2 * 2 + 1
    position = torch.arange(taps, dtype=torch.float64) - taps // 2
    weights = torch.exp(-(position**2) / (2 * (taps / 3) ** 2))
    return weights / weights.sum()


def rescale(maps: Tensor) -> Tensor:
    """Each map of ``[N, H, W]`` shifted and scaled to [0, 1]; a constant map becomes zeros."""
    flat = maps.flatten(1)
    low = flat.amin(1)[:, None, None]
    high = flat.amax(1)[:, None, None]
    return (maps - low) / (high - low + EPS)


def top_pixels(maps: Tensor, count: int, centre_first: bool = True) -> Tensor:
    """Exactly ``count`` pixels of each map, the largest; ties by distance from the centre.

    Args:
        maps: ``[N, H, W]``.
        count: Pixels to take, 0 to ``H * W``.
        centre_first: Among equal pixels take those nearest the centre; False the farthest.

    Returns:
        Bool ``[N, H, W]`` with ``count`` true pixels a map.
    """
    n, height, width = maps.shape
    if count == 0:
        return torch.zeros_like(maps, dtype=torch.bool)
    order = _centre_order(height, width, maps.device)
    order = order if centre_first else order.flip(0)
    flat = maps.flatten(1)
    smallest = flat.kthvalue(flat.shape[1] - count + 1, dim=1, keepdim=True).values
    chosen = flat > smallest
    ties = (flat == smallest)[:, order]
    wanted = count - chosen.sum(1, keepdim=True)
    chosen[:, order] |= ties & (ties.cumsum(1) <= wanted)
    return chosen.view(n, height, width)


def check_beta(beta: float) -> None:
    """Raise ValueError unless ``beta`` is a share of the frame in (0, 1]."""
    if not 0 < beta <= 1:
        raise ValueError(
            f'beta={beta!r} is not in (0, 1]: it is the share of the frame that is foreground. '
            'Use 1 for no merging at all.'
        )


def _centre_order(height: int, width: int, device: torch.device) -> Tensor:
    """Flat pixel indices from the centre of the frame outwards."""
    y = (torch.arange(height, device=device) + 0.5) / height - 0.5
    x = (torch.arange(width, device=device) + 0.5) / width - 0.5
    return (y[:, None] ** 2 + x**2).flatten().argsort(stable=True)


def _float_type(clips: Tensor) -> torch.dtype:
    """float32 unless the clips are double: half precision cannot count colours."""
    return torch.float64 if clips.dtype == torch.float64 else torch.float32
