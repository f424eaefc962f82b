"""One frame for a whole clip."""

import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform


@TRANSFORMS.register_module()
class StaticClip(BaseTransform):
    """Repeat one frame over the clip, so that nothing is left but the scene and the pose.

    BE (section 4.5) and DSM (introduction) train on clips "formed by repeating a frame that is
    randomly selected from a video". Stands between the sampler and the decoder, so each clip costs
    one frame to decode.

    Required keys: frame_inds, num_clips, and total_frames for ``frame='random'``. Modified keys:
    frame_inds.

    Args:
        frame: 'random', any frame of the video, the same in all its clips, as in the papers;
            'middle', the middle one of a clip's own frames, for a test that is the same each time.

    Raises:
        ValueError: another ``frame``; on a sample, one that is decoded already, or views of
            :class:`SampleViews`.
    """

    def __init__(self, frame: str = 'random') -> None:
        if frame not in ('random', 'middle'):
            raise ValueError(f"frame={frame!r} is neither 'random' nor 'middle'.")
        self.frame = frame

    def transform(self, results: dict) -> dict:
        """Return the name the same frame all through each clip."""
        if 'imgs' in results or 'view_positions' in results:
            raise ValueError(
                'StaticClip names the frames to decode: put it after SampleFrames (not '
                'SampleViews) and before the decoder.'
            )
        clips = np.reshape(results['frame_inds'], (results['num_clips'], -1))
        if self.frame == 'random':
            # One a video, also where a test averages several clips.
            chosen = np.random.randint(results['total_frames']) + results.get('start_index', 0)
        else:
            chosen = clips[:, clips.shape[1] // 2, None]
        results['frame_inds'] = np.broadcast_to(chosen, clips.shape).flatten()
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}(frame={self.frame!r})'
