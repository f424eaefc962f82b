"""One small turn for all frames of a clip."""

import mmcv
import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform


@TRANSFORMS.register_module()
class RotateFrames(BaseTransform):
    """Turn whole frames by a random angle, all frames of a clip alike, before they are cropped.

    BE's and DSM's released code turn what was decoded, and leave black corners that tell a small
    net where a crop lay. Here the border is mirrored. The papers' recipes turn the crop instead, on
    the device and for all clips of a batch at once: :class:`mmdebias.models.InnerRotation`.

    Required keys: imgs. Modified keys: imgs.

    Args:
        degrees: The angle is uniform in [-degrees, degrees], 0 to 180; 10 in the released code.

    Raises:
        ValueError: ``degrees`` outside [0, 180].
    """

    def __init__(self, degrees: float = 10.0) -> None:
        if not 0 <= degrees <= 180:
            raise ValueError(f'degrees={degrees!r} must be 0 to 180; the code turns by 10.')
        self.degrees = degrees

    def transform(self, results: dict) -> dict:
        """Turn the frames ``[H, W, 3]`` of a clip, each about its centre."""
        angle = np.random.uniform(-self.degrees, self.degrees)
        results['imgs'] = [
            mmcv.imrotate(frame, angle, border_mode='reflect_101') for frame in results['imgs']
        ]
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}(degrees={self.degrees})'
