import numpy as np
import pytest

from mmdebias.bias.embeddings import SCENE_SHARE, felt_measure
from mmdebias.bias.manifest import make_manifest

PROBES = ['original', 'action_swap', 'static_frame', 'human_only']


@pytest.fixture
def rows():
    return make_manifest([('a.mp4', 0), ('b.mp4', 1)], PROBES, seed=0)


def test_the_scene_is_weighed_against_the_motion(rows):
    angle = {'original': 0, 'action_swap': 60, 'static_frame': 90, 'human_only': 10}
    vectors = {
        index: np.array(
            [np.cos(np.deg2rad(angle[row.probe])), np.sin(np.deg2rad(angle[row.probe]))]
        )
        for index, row in enumerate(rows)
        if row.probe != 'human_only'
    }
    (measure,) = felt_measure(rows, vectors).values()
    assert measure.name == SCENE_SHARE and measure.better == 'lower'
    # 1 - cos 60° is a half, 1 - cos 90° one.
    assert measure.values == pytest.approx([1 / 3, 1 / 3]) and measure.videos == ('a.mp4', 'b.mp4')
    still = next(i for i, row in enumerate(rows) if row.probe == 'static_frame')
    assert felt_measure(rows, {i: v for i, v in vectors.items() if i != still})[
        SCENE_SHARE
    ].videos == ('b.mp4',)
    assert felt_measure(rows, {}) == {}
