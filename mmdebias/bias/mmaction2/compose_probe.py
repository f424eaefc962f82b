"""Composing the clips of a bias report in a pipeline of MMAction2."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform
from numpy.typing import NDArray

from mmdebias.datasets.transforms.read_video import UndecodedFrames
from mmdebias.ops.compositing import Picture

from ..composer import Composer
from ..reading import kept_frames
from ..rows import ProbeRow


@TRANSFORMS.register_module()
class ComposeProbe(Composer, BaseTransform):
    """Turn the frames of a video into those of a probe, see :class:`Composer` and its arguments.

    Stands right behind a decoder of video files, whatever has chosen the frames: one clip or many,
    dense or one frame a segment.

    Required keys: imgs, frame_inds, total_frames, probe_row (a :class:`ProbeRow`, or its fields).
    Modified keys: imgs.
    """

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Compose the frames of one video."""
        row = results['probe_row']
        row = row if isinstance(row, ProbeRow) else ProbeRow(**row)
        if 'filename' not in results and 'frame_dir' in results:
            raise ValueError('ComposeProbe reads video files, and this sample is a frame folder.')
        indices = np.atleast_1d(results['frame_inds']) - results.get('start_index', 0)
        total = int(results['total_frames'])
        results['imgs'] = self.compose(row, _frames(results['imgs'], indices), indices, total)
        return results


def _frames(imgs: Sequence[Picture], indices: NDArray[np.int_]) -> Sequence[Picture]:
    """Return the frames of a decoder, of one that waits those that are kept for other probes."""
    if isinstance(imgs, UndecodedFrames) and imgs.reader == 'pyav':
        return kept_frames().read(imgs.path, indices)
    return list(imgs)
