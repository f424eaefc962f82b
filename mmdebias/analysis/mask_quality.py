"""How well a foreground mask fits what is known of the foreground."""

from torch import Tensor


def mask_overlap(mask: Tensor, truth: Tensor) -> dict[str, Tensor]:
    """Compare masks with the true foreground.

    Args:
        mask: Bool ``[N, H, W]``.
        truth: Bool ``[N, H, W]``.

    Returns:
        float ``[N]`` in [0, 1]: ``iou``, intersection over union; ``covered``, the share of the
        truth inside the mask; ``outside``, the share of the mask outside the truth. A share of
        nothing is 0.
    """
    both, either, true, marked = (
        pixels.flatten(1).sum(1) for pixels in (mask & truth, mask | truth, truth, mask)
    )
    return dict(
        iou=both / either.clamp(min=1),
        covered=both / true.clamp(min=1),
        outside=(marked - both) / marked.clamp(min=1),
    )
