"""FAME: where a clip moves, and pasting that on another background.

Foreground-background Merging (Ding et al., CVPR 2022, section 3.2). All functions take and return
tensors, draw no random numbers and, but for ``grabcut``, never wait for the device.
"""

from typing import Any, Literal

import torch
from torch import Tensor

from .camera_motion import align, camera_motion
from .clips import check_clips, holds_bytes, white
from .colour import colour_bins, colour_likelihood
from .grabcut import grow_by_grabcut
from .pixel_maps import blur, bottom_pixels, otsu_threshold, rescale, top_pixels

# P(F|x) is estimated from the half of the frame that moves most and the tenth that moves least.
FOREGROUND_SHARE, BACKGROUND_SHARE = 0.5, 0.1
ADAPTIVE = 'adaptive'
# Named options of the masks. 'robust' remedies the three weaknesses in configs/fame/README.md at no
# great cost: the share of the frame follows the clip, flicker does not count, nor does the camera.
PRESETS: dict[str, dict[str, Any]] = {
    'paper': dict(beta=0.5),
    'robust': dict(beta=ADAPTIVE, noise_floor=2, follow_camera=True),
}
GRID = 4

Share = float | Literal['adaptive']


def fame_mask(
    clips: Tensor,
    beta: Share = 0.5,
    official_hue: bool = True,
    noise_floor: int = 0,
    follow_camera: bool = False,
    grabcut: bool = False,
    smooth: bool = True,
) -> Tensor:
    """Return the moving foreground of each clip (FAME section 3.2, Eqs. 2 and 3).

    Motion seeds the mask, colour spreads it over the object, the best ``floor(beta * H * W)``
    pixels become foreground. One mask serves all frames of a clip.

    ``beta='adaptive'`` (not in the paper) lets each clip say how much of it is foreground. The
    colours of the foreground are then those of the pixels that clearly move (above Otsu's threshold
    of the square root of the seed) and the colours of the background those of the half that moves
    least; the mask is where the geometric mean of seed and colour likelihood is above Otsu's
    threshold of its own. An actor of 5 % of the frame gets a mask of about that size.

    Args:
        clips: RGB clips ``[N, 3, T, H, W]``, uint8 or floating point in [0, 1], T at least 2.
        beta: Share of the frame that is foreground, in [0, 1], or 'adaptive'. 1 marks every pixel:
            the merged clip is the clip itself. 0 marks none.
        official_hue: The authors' code multiplies a hue that is in radians already by 2 pi once
            more. True does as it does and so reproduces the published masks; False uses the hue
            itself. The two masks overlap with a median IoU of .82 on real clips (.63 to .98).
        noise_floor: See :func:`motion_seed`.
        follow_camera: See :func:`motion_seed`.
        grabcut: With 'adaptive', add the parts of an actor that do not move, see
            :func:`mmdebias.ops.grow_by_grabcut`. Slow, and waits for the device.
        smooth: Blur seed and colour likelihood, as the authors' code does; False is the paper to
            the letter, whose section 3.2 blurs neither.

    Returns:
        Bool ``[N, H, W]`` with exactly ``floor(beta * H * W)`` true pixels a clip. Ties go to the
        pixel nearer the centre of the frame, so a clip without any motion gets a mask that is the
        same each time: what is coloured like the middle of its frame (with 'adaptive', the middle
        half of the frame).

    Raises:
        TypeError: ``clips`` is neither uint8 nor floating point.
        ValueError: another shape, fewer than two frames, values outside [0, 1] (values are looked
            at only on the CPU: on a GPU that would wait for the device), ``beta`` outside [0, 1],
            ``noise_floor`` outside 0 to 254, ``grabcut`` with a fixed ``beta``.
    """
    check_beta(beta)
    check_grabcut(grabcut, beta)
    seed = motion_seed(clips, noise_floor, follow_camera, smooth)
    with torch.autocast(clips.device.type, enabled=False):
        soften = blur if smooth else _as_it_is
        colours = colour_bins(_mean_frame(clips), official_hue)
        pixels = seed[0].numel()
        if beta != ADAPTIVE:
            moving = top_pixels(seed, int(FOREGROUND_SHARE * pixels))
            still = bottom_pixels(seed, int(BACKGROUND_SHARE * pixels))
            soft = rescale(soften(colour_likelihood(colours, moving, still)))
            return top_pixels(soft, int(beta * pixels))
        still = bottom_pixels(seed, pixels // 2)
        likelihood = soften(colour_likelihood(colours, _clearly_moving(seed), still))
        soft = rescale((likelihood * seed).sqrt())
        mask = _or_middle(soft > otsu_threshold(soft), seed)
        return grow_by_grabcut(clips, mask) if grabcut else mask


def seed_mask(
    clips: Tensor,
    beta: Share = 0.5,
    noise_floor: int = 0,
    follow_camera: bool = False,
    grabcut: bool = False,
    smooth: bool = True,
) -> Tensor:
    """Return FAME's variant Seed: the pixels that move most, without their colours (section 4.3).

    Args:
        clips: RGB clips ``[N, 3, T, H, W]``, uint8 or floating point in [0, 1], T at least 2.
        beta: Share of the frame that is foreground, in [0, 1], or 'adaptive': the pixels above
            Otsu's threshold of the square root of the seed.
        noise_floor: See :func:`motion_seed`.
        follow_camera: See :func:`motion_seed`.
        grabcut: See :func:`fame_mask`.
        smooth: See :func:`motion_seed`.

    Returns:
        Bool ``[N, H, W]`` with exactly ``floor(beta * H * W)`` true pixels a clip; a clip without
        any motion gets the middle of the frame.

    Raises:
        TypeError: as :func:`fame_mask`.
        ValueError: as :func:`fame_mask`.
    """
    check_beta(beta)
    check_grabcut(grabcut, beta)
    seed = motion_seed(clips, noise_floor, follow_camera, smooth)
    if beta == ADAPTIVE:
        mask = _or_middle(_clearly_moving(seed), seed)
        return grow_by_grabcut(clips, mask) if grabcut else mask
    return top_pixels(seed, int(beta * seed[0].numel()))


def grid_mask(
    clips: Tensor,
    beta: float = 0.5,
    noise_floor: int = 0,
    follow_camera: bool = False,
    smooth: bool = True,
) -> Tensor:
    """Return FAME's variant Grid: the 4x4 cells that move most in sum, by default eight (section
    4.3).

    Args:
        clips: RGB clips ``[N, 3, T, H, W]``, uint8 or floating point in [0, 1], T at least 2, H and
            W at least 4.
        beta: Share of the cells that is foreground, in [0, 1]: ``floor(16 * beta)`` cells.
        noise_floor: See :func:`motion_seed`.
        follow_camera: See :func:`motion_seed`.
        smooth: See :func:`motion_seed`.

    Returns:
        Bool ``[N, H, W]``; ties go to the cell nearer the centre.

    Raises:
        TypeError: as :func:`fame_mask`.
        ValueError: as :func:`fame_mask`, or ``beta='adaptive'``.
    """
    check_beta(beta, adaptive=False)
    seed = motion_seed(clips, noise_floor, follow_camera, smooth)
    rows, columns = (
        torch.arange(size, device=seed.device) * GRID // size for size in seed.shape[-2:]
    )
    cells = (GRID * rows[:, None] + columns).flatten().expand(len(seed), -1)
    sums = seed.new_zeros(len(seed), GRID**2).scatter_add_(1, cells, seed.flatten(1))
    chosen = top_pixels(sums.view(-1, GRID, GRID), int(beta * GRID**2))
    return chosen.flatten(1).gather(1, cells).view(seed.shape)


def gauss_mask(clips: Tensor, beta: float = 0.5) -> Tensor:
    """Return FAME's variant Gauss: a Gaussian in the middle of the frame, whatever the clip
    (section 4.3).

    A Gaussian falls from the centre outwards, so Eq. 3 makes an ellipse of it, the same for every
    width of the Gaussian.

    Args:
        clips: ``[N, 3, T, H, W]``; only its shape and device matter.
        beta: Share of the frame that is foreground, in [0, 1].

    Returns:
        Bool ``[N, H, W]`` with exactly ``floor(beta * H * W)`` true pixels a clip.

    Raises:
        ValueError: ``beta`` outside [0, 1] or 'adaptive'.
    """
    check_beta(beta, adaptive=False)
    # Among equals the selection goes by the distance from the centre, in half frames.
    flat = torch.zeros_like(clips[:, 0, 0], dtype=torch.float32)
    return top_pixels(flat, int(beta * flat[0].numel()))


def merge(clips: Tensor, backgrounds: Tensor, mask: Tensor) -> Tensor:
    """Paste foregrounds on backgrounds: ``X * M + Y * (1 - M)`` (FAME Eq. 4).

    Args:
        clips: ``[N, C, T, H, W]``, any dtype.
        backgrounds: The same shape and dtype.
        mask: Bool ``[N, H, W]``, true where ``clips`` shows.

    Returns:
        ``[N, C, T, H, W]`` of the same dtype.
    """
    mask = mask[:, None, None]
    if not holds_bytes(clips):
        return torch.where(mask, clips, backgrounds)
    # Choosing by bits is the same and, on a CPU, a dozen times as fast as torch.where on bytes.
    return backgrounds ^ ((clips ^ backgrounds) & -mask.to(torch.uint8))


def motion_seed(
    clips: Tensor, noise_floor: int = 0, follow_camera: bool = False, smooth: bool = True
) -> Tensor:
    """Return how much each pixel moves: blurred mean absolute frame difference (FAME Eq. 2), in [0,
    1].

    Eq. 2 sums over the channels and averages over the ``T - 1`` pairs of frames; the authors' code
    then blurs and rescales each clip to [0, 1], and so do we.

    Args:
        clips: ``[N, 3, T, H, W]``, uint8 or float in [0, 1].
        noise_floor: Grey levels of 255, 0 to 254, that a channel must change by to count; only the
            excess counts. Compression makes still pixels flicker by a few levels, which over most
            of the frame outweighs a small actor. 0 is the paper; 2 to 4 suit compressed video.
        follow_camera: Undo the camera's motion (:func:`mmdebias.ops.camera_motion`) before frames
            are compared; False is the paper, where a moving camera makes the scenery foreground.
        smooth: Blur the difference, as the authors' code does; False is Eq. 2 to the letter.

    Returns:
        float32 ``[N, H, W]`` in [0, 1] (double for double); zeros for a clip that does not move.

    Raises:
        TypeError: as :func:`fame_mask`.
        ValueError: as :func:`fame_mask`.
    """
    check_clips(clips, min_frames=2)
    check_noise_floor(noise_floor)
    with torch.autocast(clips.device.type, enabled=False):
        motion = camera_motion(clips) if follow_camera else None
        difference = frame_difference(clips, noise_floor, motion)
        return rescale(blur(difference) if smooth else difference)


def frame_difference(clips: Tensor, noise_floor: int = 0, motion: Tensor | None = None) -> Tensor:
    """Compute FAME Eq. 2 itself: mean absolute difference of neighbouring frames over channels.

    Args:
        clips: ``[N, 3, T, H, W]``, uint8 or float in [0, 1].
        noise_floor: See :func:`motion_seed`.
        motion: ``[N, T - 1, 2, 3]`` of :func:`mmdebias.ops.camera_motion`, to be undone first, or
            None. A pixel's mean is then over the pairs in which both frames show it.

    Returns:
        ``[N, H, W]``, for values in [0, 1].
    """
    total = torch.zeros_like(clips[:, 0, 0], dtype=_float_type(clips))
    seen = torch.zeros_like(total)
    unit = white(clips)
    # One pair at a time: a difference of whole clips would double the memory of the batch.
    for t, (now, after) in enumerate(zip(clips.unbind(2), clips.unbind(2)[1:])):
        if motion is not None:
            after, inside = align(after.to(total.dtype), motion[:, t].to(total.dtype))
            step = _above((after - now).abs(), noise_floor * unit / 255)
            total += step.sum(1) * inside
            seen += inside
        elif holds_bytes(clips):
            # max - min stays in uint8, where a plain difference would wrap around.
            step = torch.maximum(now, after) - torch.minimum(now, after)
            total += _above(step, noise_floor).sum(1, dtype=torch.int16)
        else:
            total += _above((after - now).abs(), noise_floor / 255).sum(1)
    pairs = clips.shape[2] - 1 if motion is None else seen.clamp(min=1)
    return total / (unit * pairs)


def check_beta(beta: Share, adaptive: bool = True) -> None:
    """Raise ValueError unless ``beta`` is a share of the frame in [0, 1] (or 'adaptive')."""
    if beta == ADAPTIVE and adaptive:
        return
    if isinstance(beta, str) or not 0 <= beta <= 1:
        also = " or 'adaptive'" if adaptive else ''
        raise ValueError(
            f'beta={beta!r} must be a number in [0, 1]{also}: it is the share of the frame that is '
            'foreground. Use 1 for no merging at all.'
        )


def check_noise_floor(noise_floor: int) -> None:
    """Raise ValueError unless ``noise_floor`` is a whole number of grey levels, 0 to 254."""
    if not isinstance(noise_floor, int) or not 0 <= noise_floor <= 254:
        raise ValueError(
            f'noise_floor={noise_floor!r} must be a whole number of grey levels, 0 to 254; 0 '
            'counts every difference, 2 to 4 suit compressed video.'
        )


def check_grabcut(grabcut: bool, beta: Share) -> None:
    """Raise ValueError if a mask of a fixed share ``beta`` is to be grown."""
    if grabcut and beta != ADAPTIVE:
        raise ValueError(
            f"grabcut=True needs beta='adaptive', not {beta!r}: what it adds to the mask is no "
            'fixed share of the frame.'
        )


def _clearly_moving(seed: Tensor) -> Tensor:
    # Differences are heavy-tailed: without the root, Otsu would keep only the fastest edges.
    root = seed.sqrt()
    return root > otsu_threshold(root)


def _or_middle(mask: Tensor, seed: Tensor) -> Tensor:
    """Return ``mask``, or the middle half of the frame for clips where nothing moves."""
    still = seed.flatten(1).amax(1) == 0
    return mask | (still[:, None, None] & top_pixels(torch.zeros_like(seed), seed[0].numel() // 2))


def _as_it_is(maps: Tensor) -> Tensor:
    return maps


def _above(step: Tensor, floor: float) -> Tensor:
    return step if floor == 0 else step.clamp(min=floor) - floor


def _mean_frame(clips: Tensor) -> Tensor:
    """Return ``[N, 3, T, H, W]`` averaged over time, in [0, 1] (FAME section 3.2)."""
    if not holds_bytes(clips):
        return clips.mean(2, dtype=_float_type(clips))
    # Sixteen bits hold the sum of 128 frames and are five times as fast as floats.
    whole = torch.int16 if clips.shape[2] <= 128 else torch.int32
    return clips.sum(2, dtype=whole).to(torch.float32) / (white(clips) * clips.shape[2])


def _float_type(clips: Tensor) -> torch.dtype:
    """Return float32 unless the clips are double: half precision cannot count colours."""
    return torch.float64 if clips.dtype == torch.float64 else torch.float32
