"""DSM's optical-flow scaling of a clip, in the worker."""

from pathlib import Path

import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform

from mmdebias.ops.optical_flow import (
    check_flow_border,
    flow_estimator,
    flow_to_previous,
    resize_flow,
    warp_by_flow,
)

# What tells that frames are no longer those of the file.
CROPPED = ('crop_quadruple', 'flip')


@TRANSFORMS.register_module()
class ScaleOpticalFlow(BaseTransform):
    """Let a clip move by random multiples of its own motion: DSM's disturbed negative.

    Eq. 3 of DSM (Wang et al., AAAI 2021): frame t + 1 becomes frame t, moved by phi(t) times the
    optical flow between the two, phi drawn uniformly from [0, max_scale] anew for each pair of
    frames. The first frame stays. The scene stays where it is and what moves jerks. A clip without
    motion (a video of one frame, looped) has none to scale and comes back as it was.

    In a :class:`PerView` of its own for the views it is for, after their crops as in the paper.

    Required keys: imgs, num_clips. Modified keys: imgs. With ``files`` also filename,
    total_frames, frame_inds, frame_interval.

    Args:
        max_scale: M, 5 in the paper. 0 repeats each frame.
        method: Estimator of the flow; see :func:`mmdebias.ops.flow_to_previous`.
        border: What moves in from outside: 'reflection' is the frame mirrored, 'border' the edge's
            pixel, 'zeros' black, as in the paper ("wide black boundary"). Only scaled flow has
            black fringes, so an encoder learns to find those instead of the motion.
        files: Read the flow instead: the path of a video's file, in which ``{folder}``, ``{stem}``
            and ``{interval}`` stand for the video's folder, its name and the frame interval, such
            as 'data/flow/{folder}/{stem}_{interval}.npy'. ``tools/data/extract_flow.py`` writes
            them: ``[total_frames, h, w, 2]``, entry t from frame t + interval back to frame t, in
            pixels, of any size. Comes before cropping then: files know whole frames.

    Raises:
        ValueError: ``max_scale`` negative, an unknown ``method`` or ``border``; on a clip, one
            frame only, frames too small for the method, or a file that is not that of the video.
        FileNotFoundError: on a clip, its file is missing.
        ImportError: the OpenCV at hand lacks the method.
    """

    def __init__(
        self,
        max_scale: float = 5.0,
        method: str = 'dis_ultrafast',
        border: str = 'reflection',
        files: str | None = None,
    ) -> None:
        if not 0 <= max_scale < float('inf'):
            raise ValueError(f'max_scale={max_scale!r} must be 0 or more: it is the largest phi.')
        check_flow_border(border)
        if files is None:
            flow_estimator(method)
        self.max_scale = max_scale
        self.method = method
        self.border = border
        self.files = files

    def transform(self, results: dict) -> dict:
        """Disturb each clip of a sample."""
        frames, clips = results['imgs'], results['num_clips']
        length = len(frames) // clips
        if length < 2:
            raise ValueError('A clip of one frame has no optical flow: raise clip_len.')
        moved = []
        for start in range(0, len(frames), length):
            clip = frames[start : start + length]
            if self.files is None:
                flow = flow_to_previous(clip, self.method)
            else:
                flow = self._read(results, start, length)
            scale = np.random.uniform(0, self.max_scale, len(flow))
            moved += [clip[0], *warp_by_flow(clip[:-1], flow, scale, self.border)]
        results['imgs'] = moved
        return results

    def _read(self, results: dict, start: int, length: int) -> np.ndarray:
        if any(key in results for key in CROPPED):
            raise ValueError(
                'ScaleOpticalFlow reads flow of whole frames from files: put it before the '
                'transforms that crop, resize or flip.'
            )
        video, interval = Path(results['filename']), results['frame_interval']
        path = self.files.format(folder=video.parent.name, stem=video.stem, interval=interval)
        if not Path(path).exists():
            raise FileNotFoundError(
                f'{path}, the optical flow of {video}, is missing: write it with '
                'tools/data/extract_flow.py, or correct files=.'
            )
        stored = np.load(path, mmap_mode='r')
        total = results['total_frames']
        if stored.ndim != 4 or stored.shape[0] != total or stored.shape[3] != 2:
            raise ValueError(f'{path} has shape {stored.shape}; {video} needs [{total}, h, w, 2].')
        height, width = results['imgs'][start].shape[:2]
        indices = results['frame_inds'][start : start + length - 1] - results.get('start_index', 0)
        return np.stack([resize_flow(stored[t], height, width) for t in indices])

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(max_scale={self.max_scale}, method={self.method!r}, '
            f'border={self.border!r}, files={self.files!r})'
        )
