"""Cutting a video into clips."""

import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform


@TRANSFORMS.register_module()
class ConsecutiveClips(BaseTransform):
    """All clips of a video, one after the other and without overlap.

    BE, section 4.3: videos "are divided into clips in units of 16 frames". What is left at the end
    is not enough for a clip and is dropped; a video shorter than a clip starts again from its
    beginning and gives one.

    As many clips as a video has do not stack with those of another: use ``batch_size=1``.

    Required keys: total_frames. Added keys: frame_inds, clip_len, frame_interval, num_clips.

    Args:
        clip_len: Frames T of a clip.
        frame_interval: Distance between its frames, in frames of the video.

    Raises:
        ValueError: ``clip_len`` or ``frame_interval`` below one; a video without frames.
    """

    def __init__(self, clip_len: int = 16, frame_interval: int = 1) -> None:
        for name, value in (('clip_len', clip_len), ('frame_interval', frame_interval)):
            if value < 1:
                raise ValueError(f'{name}={value} must be 1 or more.')
        self.clip_len = clip_len
        self.frame_interval = frame_interval

    def transform(self, results: dict) -> dict:
        """Return the name the frames of all clips."""
        total = int(results['total_frames'])
        if total < 1:
            raise ValueError('The video has no frames.')
        span = self.clip_len * self.frame_interval
        clips = max(total // span, 1)
        starts = np.arange(clips)[:, None] * span
        frames = (starts + np.arange(self.clip_len) * self.frame_interval) % total
        results['frame_inds'] = frames.flatten() + results.get('start_index', 0)
        results['clip_len'] = self.clip_len
        results['frame_interval'] = self.frame_interval
        results['num_clips'] = clips
        return results

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(clip_len={self.clip_len}, frame_interval={self.frame_interval})'
        )
