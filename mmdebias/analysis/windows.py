"""Clips of one video as a config's tests see them, with what is known of their foreground."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import torch
from mmaction.datasets.transforms import CenterCrop, FormatShape, Resize
from mmaction.registry import TRANSFORMS
from mmengine.registry import DefaultScope
from torch import Tensor

from mmdebias.datasets.mask_files import find_masks, masks_of_frames
from mmdebias.ops import fame_mask
from mmdebias.ops.foreground import PRESETS

EXACT, MOTION = 'exact masks', "FAME's motion mask"
SAMPLERS = ('SampleFrames', 'UniformSample', 'DenseSampleFrames', 'ConsecutiveClips')
# Several crops of a frame would be several clips; the one in the middle is looked at.
CROPS = ('ThreeCrop', 'TenCrop')
# Pixels of the shorter side of the frames that the motion mask is computed from, FAME's own.
MASK_SIDE = 112
# What moves masks along with frames; other steps change colours, or are of mmdebias's disturbances.
GEOMETRY = (Resize, CenterCrop, FormatShape)


class Windows(NamedTuple):
    """Clips of a video."""

    clips: Tensor
    """uint8 RGB ``[N, 3, T, H, W]``."""
    frame_inds: np.ndarray
    """int ``[N, T]``, which frame of the video each is."""
    masks: Tensor | None = None
    """Bool ``[N, T, H, W]``, true in the foreground; None where they were not asked for."""
    masks_are: str = ''
    """Where they come from: ``EXACT`` (a file) or ``MOTION``."""


def find_sampling(pipeline: Sequence[dict]) -> dict:
    """Return the step of a test pipeline that samples frames.

    Raises:
        ValueError: there is none.
    """
    for step in pipeline:
        if step['type'] in SAMPLERS:
            return dict(step)
    raise ValueError(f'the test pipeline has none of {SAMPLERS}, so its clips are not known.')


def window_pipeline(
    pipeline: Sequence[dict],
    sampling: Sequence[dict] | None = None,
    disturbing: Sequence[dict] = (),
) -> list[dict]:
    """Return a test pipeline that samples otherwise, and disturbs what was decoded.

    Args:
        pipeline: Of a config's tests, up to clips (``Encoder.pipeline``).
        sampling: Steps between opening and decoding the video, instead of the pipeline's sampler.
        disturbing: Steps after the decoder.

    Returns:
        Configs of transforms. Three or ten crops are replaced by the middle one.

    Raises:
        ValueError: the pipeline has no sampler or no decoder.
    """
    sampler = find_sampling(pipeline)
    steps = []
    decoded = False
    for step in pipeline:
        if step['type'] == sampler['type']:
            steps += [sampler] if sampling is None else sampling
        elif step['type'] in CROPS:
            steps.append(dict(type='CenterCrop', crop_size=step['crop_size']))
        else:
            steps.append(step)
        if 'Decode' in step['type'] and not decoded:
            steps += disturbing
            decoded = True
    if not decoded:
        raise ValueError('the test pipeline has no decoder: give one that reads videos.')
    return steps


def read_windows(
    video: str | Path,
    pipeline: Sequence[dict],
    masks: str | Path | None = None,
    foreground: bool = True,
) -> Windows:
    """Read clips of a video, and masks that went through the same resizing and cropping.

    Args:
        video: A file.
        pipeline: From :func:`window_pipeline`.
        masks: Folder of mask files, see :func:`find_masks`. Where there are none, FAME's motion
            robust mask stands in, one a clip: adaptive, noise floor 2, following the
            camera. It is computed from the frames as decoded, before they are disturbed or cropped.
        foreground: Whether masks are wanted.

    Returns:
        Clips and masks.

    Raises:
        FileNotFoundError: no such video, or the folder lacks its masks.
        ValueError: a video shorter than the clip, or masks that are not those of the video.
    """
    if not Path(video).is_file():
        raise FileNotFoundError(f'{video} is not there')
    file = find_masks(video, masks) if foreground else None
    sample: dict[str, Any] = dict(filename=str(video), start_index=0, modality='RGB', label=-1)
    with DefaultScope.overwrite_default_scope('mmaction'):
        transforms = [TRANSFORMS.build(step) for step in pipeline]
    covered = None
    for transform in transforms:
        reading = 'imgs' not in sample
        sample = transform(sample)
        if reading and 'imgs' in sample:
            _check_length(video, sample)
            if foreground:
                masks = _moving(sample) if file is None else _stored(file, sample)
                shown = np.repeat(masks[..., None].astype(np.uint8) * 255, 3, axis=-1)
                covered = dict(sample, imgs=list(shown))
        elif covered is not None and isinstance(transform, GEOMETRY):
            covered = transform(covered)
    clips = _clips(sample)
    frames = np.reshape(sample['frame_inds'], (len(clips), -1))
    if covered is None:
        return Windows(clips, frames)
    return Windows(clips, frames, _clips(covered)[:, 0] >= 128, MOTION if file is None else EXACT)


def _check_length(video: str | Path, sample: dict) -> None:
    clip_len, interval = sample.get('clip_len', 1), sample.get('frame_interval') or 1
    span, total = (clip_len - 1) * interval + 1, int(sample['total_frames'])
    if total < span:
        raise ValueError(
            f'{video} has {total} frame(s) and a clip of {clip_len} with interval {interval} spans '
            f'{span}: give a longer video, or a smaller clip length or interval.'
        )


def _stored(file: Path, sample: dict) -> np.ndarray:
    """Return masks of the decoded frames out of a file: bool ``[N * T, H, W]``."""
    height, width = sample['imgs'][0].shape[:2]
    indices = np.ravel(sample['frame_inds']) - sample.get('start_index', 0)
    total = int(sample['total_frames'])
    return masks_of_frames(file, sample['filename'], indices, total, height, width)


def _moving(sample: dict) -> np.ndarray:
    """Return the motion masks of the decoded frames, one a clip: bool ``[N * T, H, W]``."""
    height, width = sample['imgs'][0].shape[:2]
    scale = min(1.0, MASK_SIDE / min(height, width))
    size = (max(2, round(scale * width)), max(2, round(scale * height)))
    small = [cv2.resize(img, size, interpolation=cv2.INTER_AREA) for img in sample['imgs']]
    clips = torch.from_numpy(np.stack(small)).unflatten(0, (_count(sample), -1))
    if clips.shape[1] < 2:
        raise ValueError('a clip of one frame has no motion to make a mask of: give masks.')
    masks = []
    for clip in clips:  # one at a time: a long video has many
        found = fame_mask(clip.permute(3, 0, 1, 2)[None], **PRESETS['robust'])
        mask = cv2.resize(found[0].numpy().astype(np.float32), (width, height)) >= 0.5
        masks += [mask] * len(clip)
    return np.stack(masks)


def _count(sample: dict) -> int:
    """Return the clips of a sample; those of one frame are segments, one clip to a 2D net."""
    return sample['num_clips'] if sample.get('clip_len', 1) > 1 else 1


def _clips(sample: dict) -> Tensor:
    """Return ``[N, 3, T, H, W]`` of what FormatShape made."""
    clips = torch.from_numpy(np.ascontiguousarray(sample['imgs']))
    if clips.ndim == 4:  # NCHW, for a 2D net
        return clips.unflatten(0, (_count(sample), -1)).transpose(1, 2)
    if clips.ndim != 5:
        raise ValueError(
            f'the test pipeline makes {list(clips.shape)}, wanted [clips, 3, T, H, W]: use '
            "FormatShape(input_format='NCTHW'), or 'NCHW' for a 2D net."
        )
    return clips
