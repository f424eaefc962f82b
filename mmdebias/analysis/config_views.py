"""The views of a pre-training config, made from any frames by its own pipeline and augments."""

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from mmaction.registry import MODELS, TRANSFORMS
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.registry import DefaultScope
from torch import Tensor

from mmdebias.config_checks import typed
from mmdebias.datasets import ordered_steps
from mmdebias.models.pretext_tasks.space_time_puzzles import GRID

from .source_clips import Source


def smaller(cfg: Config, size: int, frames: int) -> Config:
    """Return a pre-training config whose views are smaller and shorter, and otherwise the same.

    Crops, blur, and the gaps between the pieces of a pretext task are scaled alike.

    Args:
        cfg: It is not changed.
        size: Pixels of the side of a view, or of a cell of a space-time puzzle.
        frames: Of a view, or of a piece in time, at the config's own interval.

    Raises:
        ValueError: the views' size is not known from the config's steps.
    """
    cfg = copy.deepcopy(cfg)
    pipeline = ordered_steps(cfg.train_dataloader.dataset.pipeline)
    if any(step['type'] == 'SpaceTimePuzzles' for step in typed(cfg.model)):
        size *= GRID[1]
    factor = size / view_size(pipeline)
    for step in typed(pipeline):
        if step['type'] == 'Resize':
            step['scale'] = tuple(round(side * factor) if side > 0 else side for side in step.scale)
        elif step['type'] in ('RandomCrop', 'CenterCrop'):
            key = 'size' if 'size' in step else 'crop_size'
            step[key] = round(step[key] * factor)
    length = frames
    for step in typed(cfg.model):
        if step['type'] == 'RandomGaussianBlur':
            step['kernel_size'] = tuple(_odd(side * factor) for side in step.kernel_size)
            step['sigma'] = tuple(sigma * factor for sigma in step.sigma)
        elif step['type'] == 'SpaceTimePuzzles':
            length = _shrink_puzzles(step, size, frames)
        elif step['type'] == 'ClipOrder':
            length = _shrink_clip_order(step, frames)
    for step in typed(pipeline):
        if step['type'] == 'SampleViews':
            step['clip_len'] = length
    cfg.train_dataloader.dataset.pipeline = pipeline
    return cfg


def _shrink_puzzles(step: Any, size: int, frames: int) -> int:
    """Change a puzzle to pieces of a size in pixels and frames; return the clip's frames."""
    spans = GRID[0]
    before, after = step['clip_len'] // spans, frames
    in_time, *pixels = step.get('jitter', (2, 8, 8))
    factor = size / step['size']
    # A piece has two frames or more, or there is no difference to see.
    in_time = min(round(in_time * after / before), after - 2)
    step['jitter'] = (in_time, *(round(side * factor) for side in pixels))
    step['size'], step['clip_len'] = size, spans * after
    return int(step['clip_len'])


def _shrink_clip_order(step: Any, frames: int) -> int:
    """Change a clip-order task to short clips of some frames; return the sampled clip's frames."""
    before, count = step.get('clip_len', 16), step.get('num_clips', 3)
    step['gap'] = round(step.get('gap', 8) * frames / before)
    step['clip_len'] = frames
    return int(count * frames + (count - 1) * step['gap'])


def view_size(pipeline: Sequence[dict[str, Any]]) -> int:
    """Return the side of the views of a pipeline, in pixels: the smallest that its steps give.

    Raises:
        ValueError: no step gives square frames.
    """
    sizes: list[int] = []
    for step in typed(pipeline):
        if step['type'] == 'Resize' and step['scale'][0] == step['scale'][1]:
            sizes.append(step['scale'][0])
        elif step['type'] in ('RandomCrop', 'CenterCrop'):
            sizes.append(step['size'] if 'size' in step else step['crop_size'])
    if not sizes:
        raise ValueError(
            'The training pipeline has no Resize(scale=(S, S)) and no crop, so the size of its '
            'views is not known: give a config of pre-training, such as configs/dsm/i3d_k400.py.'
        )
    return int(min(sizes))


class ConfigViews:
    """Make the views that a config's model would be given, from frames that need not be a video's.

    Args:
        cfg: Of pre-training.

    Raises:
        ValueError: its pipeline does not sample views, or does not decode.
    """

    def __init__(self, cfg: Config) -> None:
        steps = ordered_steps(cfg.train_dataloader.dataset.pipeline)
        names = [step['type'] for step in steps]
        decoders = [i for i, name in enumerate(names) if 'Decode' in name and name != 'DecodeOnce']
        if 'SampleViews' not in names or not decoders:
            raise ValueError(
                f'The training pipeline ({", ".join(names)}) has no SampleViews before a decoder: '
                'give a config of pre-training, such as configs/dsm/i3d_k400.py.'
            )
        with DefaultScope.overwrite_default_scope('mmaction'):
            built = [TRANSFORMS.build(step) for step in steps]
            self.preprocessor = MODELS.build(cfg.model.data_preprocessor)
        # What stands before only opens the file.
        self.sampling = built[names.index('SampleViews') : decoders[0]]
        self.behind = built[decoders[0] + 1 :]

    @torch.no_grad()
    def batch(self, sources: Sequence[Source]) -> dict[str, Tensor]:
        """Return ``{view: float [N, 3, T, H, W]}``, augmented and normalised, of N samples."""
        samples = [self._sample(source) for source in sources]
        inputs: dict[str, Tensor] = self.preprocessor(pseudo_collate(samples), True)['inputs']
        return inputs

    def _sample(self, source: Source) -> dict[str, Any]:
        sample: dict[str, Any] = dict(filename='', start_index=0, modality='RGB', label=0)
        sample['total_frames'] = source.total
        for step in self.sampling:
            sample = step(sample)
        numbers = sample['frame_inds'][sample['view_positions']]
        frames = source.frames(numbers)
        height, width = frames.shape[2:4]
        # Each view has frames of its own, as behind a PerView.
        sample['imgs'] = [frame.copy() for frame in frames.reshape(-1, height, width, 3)]
        sample['frame_inds'] = numbers.ravel()
        sample['view_positions'] = np.arange(numbers.size).reshape(numbers.shape)
        sample['img_shape'] = sample['original_shape'] = (height, width)
        for step in self.behind:
            sample = step(sample)
        return sample


def _odd(pixels: float) -> int:
    return max(int(pixels) // 2 * 2 + 1, 3)
