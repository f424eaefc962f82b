import torch

from mmdebias.ops.colour import colour_bins, colour_likelihood


def test_bins_part_colours_and_stay_in_range():
    colours = torch.tensor([[1.0, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0], [1, 1, 1]]).T
    for official_hue in (True, False):
        bins = colour_bins(colours[None, :, None], official_hue)
        assert bins.unique().numel() == 5
    bins = colour_bins(torch.rand(1, 3, 64, 64))
    assert bins.min() >= 0 and bins.max() < 1000


def test_likelihood_by_hand():
    # Colour 0 fills the foreground, colour 1 is on both sides, colour 2 is nowhere counted.
    colours = torch.tensor([[[0, 0, 0, 1, 1, 1, 2]]])
    foreground = torch.tensor([[[1, 1, 1, 1, 0, 0, 0]]]).bool()
    background = torch.tensor([[[0, 0, 0, 0, 1, 1, 0]]]).bool()
    likelihood = colour_likelihood(colours, foreground, background, bins=3)
    p_foreground = torch.tensor([3, 1, 0]) / 4
    p_background = torch.tensor([1, 3, 1]) / 5  # counts start at one
    expected = (p_foreground / (p_foreground + p_background))[colours]
    torch.testing.assert_close(likelihood, expected)
