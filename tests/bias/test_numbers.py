import json

import numpy as np
import pytest
import torch

from mmdebias.bias.measures import Measure
from mmdebias.bias.numbers import Measured, chance, put_together, scene_measure

VIDEOS = tuple('abcdefgh')


def measured(name, videos=VIDEOS, **shares):
    """A checkpoint that is right on the first videos of each measure."""
    measures = {}
    for key, right in shares.items():
        key = key.replace('__', '/')
        values = np.arange(len(videos)) < right
        measures[key] = Measure(key, videos, values.astype(float), 'higher')
    return Measured(name, dict(sha256='0'), measures, num_classes=4, num_scenes=5)


def test_every_measure_of_every_checkpoint_and_every_pair():
    report = put_together(
        dict(seed=0),
        [
            measured('a', scuba_stripes__accuracy=2, original__accuracy=6),
            measured('b', scuba_stripes__accuracy=5, original__accuracy=6),
            measured('c', scuba_stripes__accuracy=8, original__accuracy=0),
        ],
    )
    assert [measure['name'] for measure in report['measures']] == [
        'original/accuracy',
        'scuba_stripes/accuracy',
    ]
    scuba = report['measures'][1]
    assert [entry['value'] for entry in scuba['values']] == [0.25, 0.625, 1]
    assert all(entry['low'] <= entry['value'] <= entry['high'] for entry in scuba['values'])
    pairs = {(e['checkpoint'], e['against']): e['value'] for e in scuba['differences']}
    assert pairs == {('b', 'a'): 0.375, ('c', 'a'): 0.75, ('c', 'b'): 0.375}
    assert json.loads(json.dumps(report)) == report


def test_a_measure_that_only_some_have_is_kept():
    report = put_together(
        {}, [measured('a', original__accuracy=6), measured('b', scene_probe__accuracy=6)]
    )
    assert [len(measure['values']) for measure in report['measures']] == [1, 1]


def test_chance_is_that_of_the_question():
    assert chance('scuba_videos/accuracy', 4) == 0.25
    assert chance('action_swap/background_error', 4) == 0.25
    assert chance('conflict_videos/moving_over_static', 4) == 0.5
    assert chance('contrasted_videos/accuracy', 4) is None
    assert chance('scene_probe/accuracy', 4, 5) == 0.2


def test_scenes_that_are_named_count():
    probabilities = torch.eye(3)[[0, 1, 1, 2]]
    (measure,) = scene_measure('abcd', probabilities, [0, 1, 2, 2]).values()
    assert measure.values.tolist() == [1, 1, 0, 1] and measure.better == 'lower'


def test_other_videos_or_equal_names_are_errors():
    one = measured('a', original__accuracy=6)
    other = measured('b', videos=VIDEOS[::-1], original__accuracy=6)
    with pytest.raises(ValueError, match=r'original/accuracy of b is of other videos'):
        put_together({}, [one, other])
    with pytest.raises(ValueError, match='give each its own'):
        put_together({}, [one, one])
