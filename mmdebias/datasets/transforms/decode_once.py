"""A decoder that keeps small sets of videos decoded."""

import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform

from mmdebias.video import count_frames, read_frames


@TRANSFORMS.register_module()
class DecodeOnce(BaseTransform):
    """Decode a video when it is first asked for, and keep all its frames in memory.

    Stands in the place of ``VideoInit``, and MMAction2's ``ArrayDecode`` in that of
    ``VideoDecode``. For sets that fit into memory several times over: every process that loads has
    frames of its own, so ``num_workers=0`` is what suits it. Decoding is most of what it costs to
    load a clip of a generated video.

    The frames are read-only: MMAction2's ``Flip`` works in place and would flip them for good.
    :class:`PerView` and any transform that crops or resizes makes new ones.

    Required keys: filename. Added keys: array (uint8 ``[T, H, W, 3]``, RGB), total_frames.
    """

    def __init__(self) -> None:
        self.arrays: dict[str, np.ndarray] = {}

    def transform(self, results: dict) -> dict:
        """Add a video's frames."""
        path = str(results['filename'])
        if path not in self.arrays:
            frames = read_frames(path, range(count_frames(path)))
            frames.setflags(write=False)
            self.arrays[path] = frames
        results['array'] = self.arrays[path]
        results['total_frames'] = len(self.arrays[path])
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}()'
