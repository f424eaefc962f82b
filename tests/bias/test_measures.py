import numpy as np
import pytest

from mmdebias.bias import ProbeRow, bias_measures, composed_probes, make_manifest

PROBES = composed_probes()


def one_hot(predictions, classes=4):
    return np.eye(classes)[list(predictions)]


def measured(rows, predictions):
    found = bias_measures(rows, one_hot(predictions))
    return {name: measure.values.tolist() for name, measure in found.items()}


def test_accuracies_by_hand():
    rows = [
        ProbeRow('scuba_stripes', 'a', 0, seed=1, background='stripes'),
        ProbeRow('scuba_stripes', 'b', 1, seed=2, background='stripes'),
        ProbeRow('human_only', 'a', 0, seed=3),
    ]
    assert measured(rows, [0, 0, 3]) == {
        'scuba_stripes/accuracy': [1, 0],
        'human_only/accuracy': [0],
    }
    measure = bias_measures(rows, one_hot([0, 0, 3]))['scuba_stripes/accuracy']
    assert measure.videos == ('a', 'b') and measure.values.dtype == np.float64


def test_contrasted_is_right_in_motion_and_wrong_at_rest():
    rows = make_manifest([(v, 0) for v in 'abcd'], ['scuba_stripes', 'scufo_stripes'], seed=0)
    # Pairs of a video: moving, still.
    found = measured(rows, [0, 0, 0, 1, 1, 0, 1, 1])
    assert found['contrasted_stripes/accuracy'] == [0, 1, 0, 0]
    assert found['scuba_stripes/accuracy'] == [1, 1, 0, 0]
    assert found['scufo_stripes/accuracy'] == [1, 0, 1, 0]


def test_contrasted_compares_a_video_with_its_own_frame_only():
    moving = ProbeRow('scuba_videos', 'a', 0, seed=1, background='b')
    own = ProbeRow('scufo_videos', 'a', 0, seed=1, background='b')
    other = ProbeRow('scufo_videos', 'a', 0, seed=2, background='c')
    assert 'contrasted_videos/accuracy' in measured([other, moving, own], [0, 0, 1])
    assert 'contrasted_videos/accuracy' not in measured([other, moving], [1, 0])


def test_conflict_by_hand():
    rows = [ProbeRow('conflict_stripes', v, 0, 1, 'stripes', 'p', 1) for v in 'abcd']
    scores = np.array([[5, 1, 0], [1, 5, 0], [2, 1, 5], [1, 1, 0.5]])
    found = bias_measures(rows, scores)
    assert found['conflict_stripes/moving'].values.tolist() == [1, 0, 0, 1]
    assert found['conflict_stripes/static'].values.tolist() == [0, 1, 0, 0]
    # A tie is not over.
    assert found['conflict_stripes/moving_over_static'].values.tolist() == [1, 0, 1, 0]


def test_action_swap_by_hand():
    rows = [ProbeRow('action_swap', v, 0, 1, 'p', 'p', 1) for v in 'abc']
    found = measured(rows, [0, 1, 2])
    assert found['action_swap/foreground_accuracy'] == [1, 0, 0]
    assert found['action_swap/background_error'] == [0, 1, 0]


def test_which_way_is_better():
    rows = make_manifest([('a', 0), ('b', 1)], PROBES, 0, images=['x.png'])
    found = bias_measures(rows, np.random.rand(len(rows), 2))
    ways = {name: measure.better for name, measure in found.items()}
    lower = {name for name, better in ways.items() if better == 'lower'}
    assert lower == {
        'scufo_stripes/accuracy', 'scufo_images/accuracy', 'scufo_videos/accuracy',
        'conflict_stripes/static', 'conflict_images/static', 'conflict_videos/static',
        'action_swap/background_error', 'background_only/accuracy',
    }  # fmt: skip
    assert not ways['static_frame/accuracy']
    assert all(measure.name == name for name, measure in found.items())


def test_order_of_rows_changes_no_mean():
    rows = make_manifest([(str(i), i % 3) for i in range(9)], PROBES, 0, images=['x.png'])
    scores = np.random.rand(len(rows), 3)
    order = np.random.permutation(len(rows))
    found = bias_measures(rows, scores)
    again = bias_measures([rows[i] for i in order], scores[order])
    assert found.keys() == again.keys()
    for name, measure in found.items():
        assert dict(zip(measure.videos, measure.values)) == dict(
            zip(again[name].videos, again[name].values)
        )


@pytest.mark.parametrize(
    ('scores', 'message'),
    [
        (np.ones((2, 3)), r'scores \[2, 3\] must be \[N, K\], with a row for each of 1 rows'),
        (np.ones(3), r'scores \[3\]'),
        (np.array([[0, np.nan, 1]]), 'not finite, first of action_swap of a'),
        (np.ones((1, 2)), 'a has class 2, and the classifier knows 0 to 1'),
    ],
)
def test_scores_that_do_not_fit(scores, message):
    rows = [ProbeRow('action_swap', 'a', 0, 1, 'b', 'b', 2)]
    with pytest.raises(ValueError, match=message):
        bias_measures(rows, scores)
