"""FAME as one would write it down first: floats, whole-clip differences, Kornia, a sort.

The reference that tests and benchmark compare the fast one with.
"""

import kornia
import torch


def straightforward_fame(clips, order, beta=0.5, official_hue=True):
    """Mask bool ``[N, H, W]`` and merged float clips, of ``[N, 3, T, H, W]`` uint8 or float."""
    clips = clips.float() / 255 if clips.dtype == torch.uint8 else clips
    n, _, _, height, width = clips.shape
    pixels = height * width
    seed = stretch(smooth((clips[:, :, 1:] - clips[:, :, :-1]).abs().sum(1).mean(1))).flatten(1)
    colours = bins(clips.mean(2), official_hue).flatten(1)
    ranked = seed.argsort(1, descending=True)
    likelihood = torch.zeros(n, pixels)
    for i in range(n):
        of_foreground = colours[i, ranked[i, : int(0.5 * pixels)]].bincount(minlength=1000)
        of_background = colours[i, ranked[i, -int(0.1 * pixels) :]].bincount(minlength=1000) + 1
        p_foreground = of_foreground / of_foreground.sum()
        p_background = of_background / of_background.sum()
        likelihood[i] = (p_foreground / (p_foreground + p_background))[colours[i]]
    soft = stretch(smooth(likelihood.view(n, height, width))).flatten(1)
    mask = torch.zeros_like(soft)
    mask.scatter_(1, soft.argsort(1, descending=True)[:, : int(beta * pixels)], 1)
    mask = mask.view(n, 1, 1, height, width)
    return mask[:, 0, 0].bool(), clips * mask + clips[order] * (1 - mask)


def smooth(maps):
    taps = [int(0.1 * size) // 2 * 2 + 1 for size in maps.shape[-2:]]
    return kornia.filters.gaussian_blur2d(maps[:, None], taps, (taps[0] / 3, taps[1] / 3))[:, 0]


def stretch(maps):
    low, high = maps.amin((1, 2), keepdim=True), maps.amax((1, 2), keepdim=True)
    return (maps - low) / (high - low + 1e-8)


def bins(image, official_hue):
    hue, saturation, value = kornia.color.rgb_to_hsv(image).unbind(1)
    if official_hue:
        hue = hue * 2 * torch.pi  # once too often, as in the authors' code
    x, y = saturation * hue.cos(), saturation * hue.sin()
    x, y, z = (torch.round(c * 9 + 1).long() - 1 for c in ((x + 1) / 2, (y + 1) / 2, value))
    return x + 10 * y + 100 * z
