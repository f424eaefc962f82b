import numpy as np
import pytest

from mmdebias.ops import sinusoid_stripes

RED, CYAN = (200, 30, 40), (55, 225, 215)


def runs(line):
    """Lengths of the runs of equal pixels in a row of a picture, without the cut ones."""
    changes = np.flatnonzero((line[1:] != line[:-1]).any(-1)) + 1
    return np.diff(changes).tolist()


def test_straight_stripes_have_the_widths_asked_for():
    # Middle lines between pixels (151 rows), so that edges fall between pixels, too.
    picture = sinusoid_stripes(152, 20, 5, 20, (RED, CYAN), phase=(0, 0))
    assert {tuple(pixel) for pixel in picture.reshape(-1, 3)} == {RED, CYAN}
    assert set(runs(picture[:, 0])) == {10}
    assert (picture == picture[:, :1]).all()


def test_share_of_the_stripes():
    picture = sinusoid_stripes(
        400, 400, 12, 48, ((255,) * 3, (0,) * 3), amplitude=9, wavelength=80, angle=0.7
    )
    assert picture.mean() / 255 == pytest.approx(24 / 48, abs=0.02)


def test_middle_lines_follow_the_sinusoid():
    picture = sinusoid_stripes(
        201, 201, 4, 300, ((255,) * 3, (0,) * 3), amplitude=30, wavelength=100
    )
    rows = np.arange(201)
    middle = (picture[..., 0] * rows[:, None]).sum(0) / picture[..., 0].sum(0, dtype=int)
    expected = 100 + 30 * np.sin(2 * np.pi * (np.arange(201) - 100) / 100)
    np.testing.assert_allclose(middle, expected, atol=0.3)


def test_a_quarter_turn_is_a_quarter_turn():
    options = dict(half_width=6, spacing=20, colours=(RED, CYAN), amplitude=5, wavelength=40)
    turned = sinusoid_stripes(64, 48, angle=np.pi / 2, **options).astype(int)
    upright = sinusoid_stripes(48, 64, **options).astype(int)
    # Rounding may fall on either side.
    assert np.abs(turned - np.rot90(upright, -1)).max() <= 1


@pytest.mark.parametrize(
    ('half_width', 'spacing', 'wavelength', 'message'),
    [(0, 20, 64, 'half_width=0'), (5, 9, 64, 'spacing=9'), (5, 20, 0, 'wavelength=0')],
)
def test_impossible_stripes(half_width, spacing, wavelength, message):
    with pytest.raises(ValueError, match=message):
        sinusoid_stripes(8, 8, half_width, spacing, (RED, CYAN), wavelength=wavelength)
