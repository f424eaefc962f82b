"""A window that slides over a video."""

import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform


@TRANSFORMS.register_module()
class SlidingClips(BaseTransform):
    """Clips that overlap, from a window that moves on by a few frames.

    DSM's analysis over time (section on visualisation, Fig. 5): a window of 16 frames, moved by 4.
    All windows that fit are taken, ``(L - span) // stride + 1`` of them; the paper's ``(L - 16) /
    4`` leaves the last one out.

    As many clips as a video has do not stack with those of another: use ``batch_size=1``.

    Required keys: total_frames. Added keys: frame_inds, clip_len, frame_interval, num_clips.

    Args:
        clip_len: Frames T of a clip.
        stride: Frames of the video from the start of a window to that of the next.
        frame_interval: Distance between the frames of a clip, in frames of the video.

    Raises:
        ValueError: an argument below one; on a video, one shorter than the window.
    """

    def __init__(self, clip_len: int = 16, stride: int = 4, frame_interval: int = 1) -> None:
        for name, value in (
            ('clip_len', clip_len), ('stride', stride), ('frame_interval', frame_interval)
        ):  # fmt: skip
            if value < 1:
                raise ValueError(f'{name}={value} must be 1 or more.')
        self.clip_len = clip_len
        self.stride = stride
        self.frame_interval = frame_interval

    def transform(self, results: dict) -> dict:
        """Return the name the frames of all windows."""
        total = int(results['total_frames'])
        span = (self.clip_len - 1) * self.frame_interval + 1
        if total < span:
            raise ValueError(
                f'{results.get("filename", "the video")} has {total} frame(s), fewer than the '
                f'window of {span}: give a longer video, or a smaller clip_len or frame_interval.'
            )
        starts = np.arange(0, total - span + 1, self.stride)[:, None]
        frames = starts + np.arange(self.clip_len) * self.frame_interval
        results['frame_inds'] = frames.flatten() + results.get('start_index', 0)
        results['clip_len'] = self.clip_len
        results['frame_interval'] = self.frame_interval
        results['num_clips'] = len(starts)
        return results

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(clip_len={self.clip_len}, stride={self.stride}, '
            f'frame_interval={self.frame_interval})'
        )
