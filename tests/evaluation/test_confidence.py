import pytest

from mmdebias.evaluation import confidence_interval


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
