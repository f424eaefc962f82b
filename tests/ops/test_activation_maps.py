import numpy as np
import pytest
import torch

from mmdebias.ops import channel_map, energy_inside, responses, stretch_maps, to_heat


def test_mean_and_norm_of_the_channels():
    features = torch.randn(2, 3, 4, 5, 6)
    by_hand = np.array(features)
    mean = sum(by_hand[:, c] for c in range(3)) / 3
    norm = np.sqrt(sum(by_hand[:, c] ** 2 for c in range(3)))
    np.testing.assert_allclose(channel_map(features), mean, atol=1e-6)
    np.testing.assert_allclose(channel_map(features, 'norm'), norm, atol=1e-6)
    np.testing.assert_allclose(responses(features), mean.mean((1, 2, 3)), atol=1e-6)


def test_stretched_ramp_stays_a_ramp():
    ramp = torch.arange(4.0).expand(1, 2, 3, 4)
    wide = stretch_maps(ramp, (4, 6, 16))
    assert wide.shape == (1, 4, 6, 16)
    # Each of the four columns covers four of the sixteen, centred on columns 1.5, 5.5, 9.5, 13.5.
    expected = np.interp(np.arange(16), [1.5, 5.5, 9.5, 13.5], [0, 1, 2, 3])
    np.testing.assert_allclose(wide[0, 2, 3], expected, atol=1e-6)


def test_heat_reaches_from_0_to_1_in_each_clip():
    maps = torch.stack([torch.linspace(-3, 5, 24), torch.linspace(100, 101, 24)]).view(2, 2, 3, 4)
    heat = to_heat(maps)
    np.testing.assert_allclose(heat.flatten(1), np.linspace(0, 1, 24)[None].repeat(2, 0), atol=1e-4)


def test_heat_on_the_scale_of_another_map():
    maps = torch.tensor([1.0, 2.0, 9.0, -4.0]).view(1, 1, 2, 2)
    reference = torch.tensor([0.0, 4.0]).view(1, 1, 1, 2)
    assert to_heat(maps, reference).flatten().tolist() == [0.25, 0.5, 1.0, 0.0]


def test_even_map_has_no_heat_even_when_rounding_disturbs_it():
    maps = torch.full((1, 2, 4, 4), 0.1) + 1e-8 * torch.randn(1, 2, 4, 4)
    assert not to_heat(maps).any()


def test_energy_inside():
    masks = torch.zeros(4, 2, 4, 4, dtype=torch.bool)
    masks[:, :, :2, :2] = True  # a quarter
    heat = torch.zeros(4, 2, 4, 4)
    heat[0] = 0.3  # even
    heat[1, :, 0, 0] = 1  # all of it inside
    heat[2, 0, 0, 0], heat[2, 1, 3, 3] = 0.2, 0.6
    # The last has no heat at all.
    assert energy_inside(heat, masks).tolist() == pytest.approx([0.25, 1, 0.25, 0.25])


@pytest.mark.parametrize(
    ('call', 'says'),
    [
        (lambda: channel_map(torch.zeros(2, 3, 4, 5)), r'\(2, 3, 4, 5\), wanted \[N, C, T'),
        (lambda: channel_map(torch.zeros(1, 1, 1, 1, 1), 'max'), "reduce='max'"),
        (
            lambda: energy_inside(torch.zeros(1, 2, 3, 4), torch.zeros(1, 3, 4).bool()),
            r'must both be \[N, T, H, W\]',
        ),
        (
            lambda: energy_inside(torch.full((1, 1, 1, 1), -1.0), torch.ones(1, 1, 1, 1).bool()),
            'heat is -1 at its lowest',
        ),
    ],
)
def test_wrong_input_is_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()
