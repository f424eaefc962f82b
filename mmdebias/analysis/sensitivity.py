"""Sensitivity of an encoder: how far a clip's embedding moves when one thing of it changes."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from mmdebias.ops.compositing import clean_plate, grow, paste
from mmdebias.ops.scene_share import scene_share
from mmdebias.ops.thin_plate_spline import tps_grid, uniform_points, warp_clips

Encode = Callable[[Tensor], Tensor]
Distances = dict[str, NDArray[np.float64]]
OTHER_VIDEO = 'another video'
SCENE = 'other scene'
MOTION = ('time reversed', 'frames shuffled', 'frozen')
# One change each, of a size that is seen and leaves the clip what it is.
BORDER, BRIGHTER, OFFSET, POINTS = 1 / 16, 1.3, 0.05, 5


def feel(
    encode: Encode,
    clips: Tensor,
    masks: Tensor,
    shift: int = 0,
    seed: int = 0,
    batch_size: int = 8,
) -> Distances:
    """Measure how far clips move in the space of an encoder when one thing of them changes.

    Args:
        encode: From uint8 RGB ``[n, 3, T, H, W]`` on the CPU to vectors ``[n, D]``, such as an
            :class:`mmdebias.apis.Encoder`.
        clips: Of N different videos, uint8 RGB ``[N, 3, T + shift, H, W]``: the first T frames of
            each are embedded, and its last T as the clip that starts later.
        masks: Bool ``[N, T + shift, H, W]``, true on the actor.
        shift: Frames of the clip; 0 leaves that change out.
        seed: Of the order of shuffled frames and the warps.
        batch_size: Clips that are embedded at once.

    Returns:
        Cosine distances in [0, 2] by change (:func:`changes`), ``[N]`` each, in their order; last
        ``OTHER_VIDEO``, the distance to the next clip, which the others may be compared with.

    Raises:
        ValueError: fewer than two clips, clips of fewer than two frames, or masks of other shape.
    """
    _check(clips, masks, shift)
    clips, masks = clips.cpu(), masks.cpu()

    @torch.inference_mode()
    def embed(some: Tensor) -> Tensor:
        vectors = [encode(part).float() for part in some.split(batch_size)]
        return F.normalize(torch.cat(vectors), dim=1).cpu()

    length = clips.shape[2] - shift
    as_is = embed(clips[:, :, :length])
    found = {}
    for name, changed in changes(clips, masks, shift, seed):
        found[name] = _distances(as_is, embed(changed))
    found[OTHER_VIDEO] = _distances(as_is, as_is.roll(-1, 0))
    return found


def summarise(distances: Mapping[str, NDArray[np.floating]]) -> NDArray[np.float64]:
    """Return the one number of each clip: :func:`scene_share` of another scene, and of the mean of
    the clip reversed, shuffled and frozen; ``[N]`` in [0, 1]."""
    motion = np.mean([distances[name] for name in MOTION], axis=0)
    return scene_share(distances[SCENE], motion)


def changes(
    clips: Tensor, masks: Tensor, shift: int = 0, seed: int = 0
) -> Iterator[tuple[str, Tensor]]:
    """Yield each controlled change of some clips and what becomes of them.

    The scene and the actor of another video are the next clip's. What is behind an actor is the
    median of the frames that show it (:func:`mmdebias.ops.compositing.clean_plate`).

    Args:
        clips: As in :func:`feel`.
        masks: As in :func:`feel`.
        shift: As in :func:`feel`.
        seed: As in :func:`feel`.

    Yields:
        Names, and clips uint8 ``[N, 3, T, H, W]``.
    """
    length = clips.shape[2] - shift
    whole, covered = clips.permute(0, 2, 3, 4, 1).cpu().numpy(), masks.cpu().numpy()
    # Codecs blur an actor's outline into the scene, which would keep a trace of him.
    outlines = np.stack([[grow(mask) for mask in masks_of] for masks_of in covered])
    scenes = np.stack([clean_plate(*pair) for pair in zip(whole, outlines)])[:, None]
    frames, covered, outlines = whole[:, :length], covered[:, :length], outlines[:, :length]
    alone = paste(frames, ~outlines, np.broadcast_to(scenes, frames.shape))
    elsewhere = np.broadcast_to(np.roll(scenes, -1, axis=0), frames.shape)
    yield SCENE, _clips(paste(frames, covered, elsewhere))
    yield 'actor removed', _clips(alone)
    other = np.roll(frames, -1, axis=0), np.roll(covered, -1, axis=0)
    yield 'another actor', _clips(paste(*other, alone))
    now, (height, width) = clips[:, :, :length], clips.shape[3:]
    yield MOTION[0], now.flip(2)
    yield MOTION[1], now[:, :, _shuffled(length, seed)]
    yield MOTION[2], now[:, :, [length // 2] * length]
    if shift:
        yield f'{shift} frames later', clips[:, :, shift:]
    yield 'mirrored', now.flip(4)
    yield 'warped', _warped(now, seed)
    fringe = max(round(BORDER * min(height, width)), 1)
    bordered = torch.zeros_like(now)
    inner = (..., slice(fringe, height - fringe), slice(fringe, width - fringe))
    bordered[inner] = now[inner]
    yield 'black border', bordered
    yield 'brighter', (now.float() * BRIGHTER).clamp(max=255).to(now.dtype)


def _distances(one: Tensor, other: Tensor) -> NDArray[np.float64]:
    # Rounding leaves a little less than 0 of clips that are the same.
    distances: NDArray[np.float64] = (
        (1 - (one.double() * other.double()).sum(1)).clamp(0, 2).numpy()
    )
    return distances


def _clips(frames: NDArray[np.uint8]) -> Tensor:
    return torch.from_numpy(frames).permute(0, 4, 1, 2, 3)


def _shuffled(length: int, seed: int) -> list[int]:
    """Return an order of frames that is neither theirs nor the reverse; of two, the reverse."""
    rng = np.random.default_rng(seed)
    order = np.arange(length)[::-1]
    for _ in range(100 if length > 2 else 0):
        order = rng.permutation(length)
        if abs(np.diff(order)).max() > 1:
            break
    return [int(t) for t in order]


def _warped(clips: Tensor, seed: int) -> Tensor:
    """Bend clips by one thin-plate spline each, as DSM's positives are, half as far."""
    generator = torch.Generator().manual_seed(seed)
    target = uniform_points(POINTS).float()[None]
    drawn = torch.rand(len(clips), *target.shape[1:], generator=generator)
    size = (clips.shape[3], clips.shape[4])
    grid = tps_grid(target + (2 * drawn - 1) * 2 * OFFSET, target, size).to(clips.device)
    warped = warp_clips(clips.float() / 255, grid.float(), 'reflection')
    return (warped.clamp(0, 1) * 255).round().to(clips.dtype)


def _check(clips: Tensor, masks: Tensor, shift: int) -> None:
    shape = (clips.shape[0], *clips.shape[2:])
    if clips.ndim != 5 or tuple(masks.shape) != shape:
        raise ValueError(
            f'clips {list(clips.shape)} must be [N, 3, T + shift, H, W], and masks '
            f'{list(masks.shape)} [N, T + shift, H, W].'
        )
    if len(clips) < 2:
        raise ValueError('clips is of one video: another scene is that of another video; give two.')
    if shift < 0 or clips.shape[2] - shift < 2:
        raise ValueError(
            f'shift={shift} leaves {clips.shape[2] - shift} of {clips.shape[2]} frames: it must be '
            '0 or more and leave two.'
        )
