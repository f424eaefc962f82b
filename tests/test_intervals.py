import numpy as np
import pytest
from scipy import stats

from mmdebias.intervals import (
    bootstrap_interval,
    confidence_interval,
    paired_difference,
    paired_ratio,
)


def shares(right, count):
    return np.repeat([1.0, 0.0], [right, count - right])


@pytest.mark.parametrize(
    'values',
    [shares(60, 160), shares(5, 160), shares(157, 160), np.linspace(0, 1, 50) ** 3],
    ids=['middling', 'rare', 'frequent', 'continuous'],
)
def test_it_is_scipys_interval(values):
    """SciPy resamples video by video; here the counts of the values are drawn."""
    found = bootstrap_interval(values)
    wanted = stats.bootstrap(
        (values,), np.mean, n_resamples=20_000, method='BCa', random_state=1
    ).confidence_interval
    one_video = 1 / len(values)  # the ends are quantiles of steps of this size
    assert found.value == values.mean() and found.count == len(values)
    assert found.low == pytest.approx(wanted.low, abs=1.01 * one_video)
    assert found.high == pytest.approx(wanted.high, abs=1.01 * one_video)


@pytest.mark.parametrize('share', [0.03, 0.3, 0.5, 0.9])
def test_nineteen_of_twenty_intervals_hold_the_true_share(share):
    rng = np.random.default_rng(0)
    drawn = (rng.random((400, 160)) < share).astype(float)
    held = []
    for number, values in enumerate(drawn):
        interval = bootstrap_interval(values, resamples=2000, seed=number)
        held.append(interval.low <= share <= interval.high)
    assert 0.91 < np.mean(held) < 0.99


def test_the_same_values_everywhere_leave_room_for_others():
    none, all_ = (bootstrap_interval(np.full(160, value)) for value in (0.0, 1.0))
    wilson = pytest.approx(confidence_interval(0, 160)[1])
    assert (none.value, none.low, none.high) == (0, 0, wilson)
    assert (all_.value, all_.low, all_.high) == (1, pytest.approx(1 - none.high), 1)
    # Two models that agree on every video may still differ on others, either way.
    same = paired_difference(shares(80, 160), shares(80, 160))
    assert (same.value, same.low, same.high) == (0, -none.high, none.high)


def test_one_video_says_little():
    interval = bootstrap_interval(np.array([1.0]))
    assert interval.value == interval.high == 1 and interval.low == pytest.approx(0.207, abs=0.001)


def test_pairing_takes_out_what_is_hard_for_both():
    # One model is right wherever the other is, and on eight videos more.
    reference, values = shares(70, 160), shares(78, 160)
    paired = paired_difference(values, reference)
    assert paired.value == pytest.approx(0.05)
    assert paired.low > 0.02 and paired.high < 0.1
    shuffled = paired_difference(np.random.default_rng(0).permutation(values), reference)
    assert shuffled.high - shuffled.low > 2 * (paired.high - paired.low)


def test_differences_change_sign_with_the_order():
    rng = np.random.default_rng(0)
    one, other = (rng.random((2, 60)) < 0.5).astype(float)
    there, back = paired_difference(one, other), paired_difference(other, one)
    assert there.value == -back.value
    assert there.low == pytest.approx(-back.high, abs=1.01 / 60)


def test_the_same_seed_gives_the_same_ends():
    assert bootstrap_interval(shares(7, 30)) == bootstrap_interval(shares(7, 30))


@pytest.mark.parametrize(
    ('values', 'message'),
    [
        ([], 'at least one'),
        ([[0.0, 1.0]], 'one value a video'),
        ([0.0, 2.0], 'not all in limits'),
        ([0.0, np.nan], 'not all in limits'),
    ],
)
def test_bad_input_is_named(values, message):
    with pytest.raises(ValueError, match=message):
        bootstrap_interval(np.array(values))


def test_pairs_are_of_the_same_videos():
    with pytest.raises(ValueError, match='not of the same videos'):
        paired_difference(np.zeros(3), np.zeros(4))


@pytest.mark.parametrize(('right', 'count'), [(0, 10), (3, 10), (10, 10), (660, 1000)])
def test_ends_are_where_the_share_is_z_deviations_away(right, count):
    # Wilson's ends are the p with |share - p| = z sqrt(p (1 - p) / n).
    share = right / count
    for end in confidence_interval(share, count):
        deviation = 1.959964 * (end * (1 - end) / count) ** 0.5
        assert abs(share - end) == pytest.approx(deviation, abs=1e-9)


def test_share_of_nothing_is_refused():
    with pytest.raises(ValueError, match='count=0'):
        confidence_interval(0.5, 0)


def test_what_is_left_is_a_ratio_on_the_same_videos():
    right = np.repeat([1.0, 0.0], [80, 20])
    left = np.repeat([1.0, 0.0], [20, 80])
    found = paired_ratio(left, right)
    assert (found.value, found.count) == (0.25, 100)
    # Of 80 videos that are right, 20 stay so: near Wilson's interval of that share.
    low, high = confidence_interval(0.25, 80)
    assert abs(found.low - low) < 0.02 and abs(found.high - high) < 0.02


def test_the_interval_of_a_ratio_holds_the_true_one_as_often_as_it_says():
    rng, held = np.random.default_rng(0), 0
    for seed in range(200):
        right = rng.random(150) < 0.8
        left = right & (rng.random(150) < 0.5) | ~right & (rng.random(150) < 0.2)
        found = paired_ratio(left, right, resamples=1000, seed=seed)
        held += found.low <= (0.8 * 0.5 + 0.2 * 0.2) / 0.8 <= found.high
    assert 0.9 <= held / 200 <= 0.985


def test_where_nothing_is_left_other_videos_may_still_differ():
    right = np.repeat([1.0, 0.0], [20, 20])
    nothing, everything = paired_ratio(0 * right, right), paired_ratio(right, right)
    unseen = confidence_interval(0, 20)[1]
    assert (nothing.value, nothing.low) == (0, 0) and abs(nothing.high - unseen) < 1e-6
    assert everything.value == 1 and everything.low < 1 < everything.high
    with pytest.raises(ValueError, match='reference is 0 for all videos'):
        paired_ratio(right, 0 * right)
