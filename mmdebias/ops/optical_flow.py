"""DSM: making a clip move faster or slower by its optical flow.

Optical-flow scaling of Decoupling the Scene and the Motion (Wang et al., AAAI 2021, section
"Temporal Local Disturbance", Eqs. 1 to 3). NumPy and OpenCV, because it runs in the workers.

Eq. 2 takes pixel x of frame t + 1 from x + V of frame t. So V leads from frame t + 1 back to frame
t: with the flow from t to t + 1, which most files hold, the sign would be the other.
"""

import math
from collections.abc import Sequence
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

Pixel = TypeVar('Pixel', bound=np.generic)

METHODS = ('dis_ultrafast', 'dis_fast', 'dis_medium', 'farneback', 'tvl1')
BORDERS = {
    'zeros': cv2.BORDER_CONSTANT,
    'border': cv2.BORDER_REPLICATE,
    'reflection': cv2.BORDER_REFLECT_101,
}
DIS_PATCH = 8


def flow_to_previous(
    frames: NDArray[np.uint8] | Sequence[NDArray[np.uint8]], method: str = 'dis_ultrafast'
) -> NDArray[np.float32]:
    """Compute V of Eq. 2 for each frame but the first: where its pixels were one frame before.

    Args:
        frames: RGB, uint8 ``[T, H, W, 3]``, or a list of T of them.
        method: 'dis_ultrafast', 'dis_fast' or 'dis_medium' (Kroeger et al., ECCV 2016, with
            OpenCV's presets), 'farneback', or 'tvl1' (needs opencv-contrib-python, slow).

    Returns:
        float32 ``[T - 1, H, W, 2]``, (x, y) in pixels: frame t + 1 at x is frame t at x + V.

    Raises:
        ValueError: an unknown ``method``, or frames too small for DIS.
        ImportError: the OpenCV at hand has no TV-L1.
    """
    estimator = flow_estimator(method)
    height, width = frames[0].shape[:2]
    if method.startswith('dis'):
        check_dis_size(height, width, method)
    flow = np.empty((len(frames) - 1, height, width, 2), np.float32)
    greys = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in frames]
    for t in range(len(flow)):
        # OpenCV's type hints do not know that there may be no flow to start from, and no map2.
        flow[t] = estimator.calc(greys[t + 1], greys[t], None)  # type: ignore[call-overload]
    return flow


def warp_by_flow(
    frames: NDArray[Pixel] | Sequence[NDArray[Pixel]],
    flow: NDArray[np.float32],
    scale: float | NDArray[np.floating],
    border: str = 'zeros',
) -> NDArray[Pixel]:
    """Return the frames that follow if everything moves ``scale`` times as far: DSM Eq. 3.

    ``next(x) = frame(x + scale * flow)``, bilinearly (OpenCV rounds positions to 1/32 pixel). With
    the flow of :func:`flow_to_previous`, 1 approximates the true next frame, 0 repeats the frame.

    Args:
        frames: ``[T, H, W, 3]``, uint8 or float32, or a list of T of them.
        flow: float32 ``[T, H, W, 2]``, (x, y) in pixels.
        scale: phi, one number, or ``[T]``, one a frame.
        border: What lies outside of the frame: 'zeros' is black, as in the paper; 'border' the
            edge's pixel, 'reflection' the frame mirrored.

    Returns:
        ``[T, H, W, 3]`` of the frames' type.

    Raises:
        ValueError: an unknown ``border``, no frames, or a flow that is not that of the frames.
    """
    check_flow_border(border)
    if not len(frames):
        raise ValueError('frames is empty: there is nothing to warp.')
    expected = (len(frames), *frames[0].shape[:2], 2)
    if flow.shape != expected:
        raise ValueError(f'flow has shape {flow.shape}; these frames need {expected}.')
    scale = np.broadcast_to(np.asarray(scale, np.float32), len(frames))
    warped = np.empty((len(frames), *frames[0].shape), frames[0].dtype)
    here = np.stack(np.meshgrid(*(np.arange(n, dtype=np.float32) for n in expected[2:0:-1])), -1)
    for t, frame in enumerate(frames):
        places = cv2.scaleAdd(flow[t], float(scale[t]), here)
        cv2.remap(  # type: ignore[call-overload]
            frame, places, None, cv2.INTER_LINEAR, warped[t], BORDERS[border]
        )
    return warped


def resize_flow(flow: NDArray[np.floating], height: int, width: int) -> NDArray[np.float32]:
    """Resize flow ``[h, w, 2]`` for frames of another size: resampled, its vectors scaled alike."""
    h, w = flow.shape[:2]
    factor = np.array([width / w, height / h], np.float32)
    return cv2.resize(flow.astype(np.float32), (width, height)) * factor


def flow_estimator(method: str) -> cv2.DenseOpticalFlow:
    """Return OpenCV's estimator of that name; see :func:`flow_to_previous`."""
    if method not in METHODS:
        raise ValueError(f'method={method!r} is unknown; use one of {METHODS}.')
    if method == 'farneback':
        return cv2.FarnebackOpticalFlow.create()
    if method == 'tvl1':
        if not hasattr(cv2, 'optflow'):
            raise ImportError(
                "method='tvl1' needs opencv-contrib-python, and this is an OpenCV without it: "
                "install it in place of opencv-python, or use method='dis_medium'."
            )
        return cv2.optflow.createOptFlow_DualTVL1()
    return cv2.DISOpticalFlow.create(getattr(cv2, f'DISOPTICAL_FLOW_PRESET_{method[4:].upper()}'))


def check_dis_size(height: int, width: int, method: str = 'dis_ultrafast') -> None:
    """Raise ValueError for frames on which OpenCV's DIS fails or crashes.

    It builds as many halvings as the longer side allows, and reads out of bounds where the shorter
    side is then less than a patch (opencv issue 14554, mended for square frames only).
    """
    short, long = sorted((height, width))
    needed = DIS_PATCH * 2 ** max(math.ceil(math.log2(max(long, 1) / (4 * DIS_PATCH))), 0)
    if long < 12 or short < needed:
        raise ValueError(
            f'Frames of {height}x{width} pixels are too small or too narrow for method={method!r}: '
            f'the shorter side must be {needed} or more, the longer 12 or more. Resize before '
            "ScaleOpticalFlow, or use method='farneback'."
        )


def check_flow_border(border: str) -> None:
    """Raise ValueError unless ``border`` is one of those that flow scaling fills with."""
    if border not in BORDERS:
        raise ValueError(f'border={border!r} is unknown; use one of {tuple(BORDERS)}.')
