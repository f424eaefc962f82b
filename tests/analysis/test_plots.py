import cv2
import numpy as np
import pytest

from mmdebias.analysis import (
    GainPanel,
    correlate,
    draw_gains,
    draw_kernel_violins,
    draw_response_curve,
)
from mmdebias.visualization.plots import PALETTE


def near(path, colour):
    """Where a picture has about this colour, bool [H, W]."""
    picture = cv2.imread(str(path))[..., ::-1].astype(int)
    wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return np.abs(picture - wanted).max(-1) < 12


def panel(static, gain):
    static, gain = np.array(static), np.array(gain)
    return GainPanel(static, gain, correlate(gain, static), 'x', 'y')


def test_dots_rise_above_the_line_where_motion_helps(tmp_path):
    below = draw_gains(
        tmp_path / 'new' / 'a.png', dict(a=panel([0.2, 0.5, 0.7], [-0.1, -0.4, -0.5]))
    )
    above = draw_gains(tmp_path / 'b.png', dict(a=panel([0.2, 0.5, 0.7], [0.1, 0.4, 0.5])))
    heights = []
    for path in (below, above):
        line = np.flatnonzero(near(path, PALETTE[1]).sum(1) > 100).mean()
        dots, _ = np.nonzero(near(path, PALETTE[0]))
        heights.append(dots.mean() - line)
    assert heights[0] > 20 and heights[1] < -20


def test_gains_that_are_not_defined_are_drawn_apart(tmp_path):
    nan = np.nan
    path = draw_gains(
        tmp_path / 'a.png',
        {
            'some': panel([0.2, 0.0, 0.7], [0.1, nan, 0.2]),
            'none': panel([0.0], [nan]),
            'one': panel([0.5], [0.1]),
        },
        ['a', 'b', 'c'],
    )
    one = draw_gains(tmp_path / 'b.png', {'some': panel([0.2, 0.4, 0.7], [0.1, 0.3, 0.2])})
    wide, narrow = (cv2.imread(str(p)).shape[1] for p in (path, one))
    assert wide == pytest.approx(3 * narrow, rel=0.1)


def test_curve_stands_above_its_pictures(tmp_path):
    moments = np.arange(8, 40, 4)
    curve = np.linspace(0, 1, 8)
    strip = [np.full((10, 10, 3), share) for share in (0.2, 0.8)]
    path = draw_response_curve(
        tmp_path / 'a.png', moments, dict(a=curve, b=1 - curve), curve, dict(video=strip, a=strip)
    )
    blue, other = near(path, PALETTE[0]), near(path, PALETTE[1])
    rows = np.flatnonzero(blue.any(1))
    columns = [np.flatnonzero(one[rows[0] + 30 : rows[-1]].any(0)) for one in (blue, other)]
    # One rises to the right where the other falls: both reach over most of the width.
    assert all(np.ptp(c) > 0.5 * blue.shape[1] for c in columns)
    assert rows[-1] < 0.5 * blue.shape[0]


def test_violins_of_wide_weights_are_taller(tmp_path):
    rng = np.random.default_rng(0)
    narrow, wide = rng.normal(0, 0.1, 5000), rng.normal(0, 1, 5000)
    models = dict(a={'layer1': narrow, 'layer2': narrow}, b={'layer1': wide, 'layer2': wide})
    path = draw_kernel_violins(tmp_path / 'a.png', models)
    # Their lines, from one standard deviation below the mean to one above.
    tall = [np.flatnonzero(near(path, colour)[60:].any(1)) for colour in PALETTE[:2]]
    assert np.ptp(tall[1]) > 5 * np.ptp(tall[0])
