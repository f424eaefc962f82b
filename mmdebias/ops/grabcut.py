"""From the part of an actor that moves to the whole of it, by OpenCV's GrabCut."""

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .clips import to_pixel_type

# Share of the frame's shorter side beyond which nothing belongs to what moves.
REACH = 0.2
ITERATIONS = 2


def grow_by_grabcut(clips: Tensor, masks: Tensor) -> Tensor:
    """Add to each mask the rest of the objects that it covers a part of. Not in the papers.

    Who drinks moves an arm and not the legs. GrabCut (Rother et al., SIGGRAPH 2004) learns from the
    middle frame what colours are inside the mask and outside, and cuts along edges; a pixel that is
    further from the mask than a fifth of the frame's shorter side is background in any case. It
    needs pixels enough: at 112x112 the legs of a small actor are two pixels wide and are not found.

    It is for masks that are made once, or where a second more for a batch does not matter: it takes
    some tenths of a second a clip at 224x224, on the CPU, and waits for a GPU that holds the clips.

    Args:
        clips: RGB ``[N, 3, T, H, W]``, uint8 or float in [0, 1].
        masks: Bool ``[N, H, W]``.

    Returns:
        Bool ``[N, H, W]`` on the device of ``masks``, true at least where ``masks`` is. Masks that
        cover nothing or everything come back as they are.
    """
    middles = to_pixel_type(clips[:, :, clips.shape[2] // 2], torch.uint8)
    frames = middles.permute(0, 2, 3, 1).cpu().numpy()
    grown = [_grow(frame, mask) for frame, mask in zip(frames, masks.cpu().numpy())]
    return torch.from_numpy(np.stack(grown)).to(masks.device)


def _grow(frame: NDArray[np.uint8], mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the mask [H, W] grown in a frame [H, W, 3]."""
    if not mask.any() or mask.all():
        return mask
    labels = np.where(mask, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    distance = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 3)
    labels[distance > REACH * min(mask.shape)] = cv2.GC_BGD
    # Its mixtures of colours start from random ones: the same clip is to get the same mask.
    cv2.setRNGSeed(0)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    # It wants three channels in any order.
    whole = (0, 0, *labels.shape[::-1])
    cv2.grabCut(frame.copy(), labels, whole, *models, ITERATIONS, cv2.GC_INIT_WITH_MASK)
    grown: NDArray[np.bool_] = mask | (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)
    return grown
