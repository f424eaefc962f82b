import pytest

from mmdebias.study import average_runs
from mmdebias.study.table import cell_text


def test_a_gain_is_clear_if_all_seeds_agree():
    def rows(fame, moco=(0.2, 0.3, 0.25)):
        found = [('moco', value) for value in moco] + [('fame', value) for value in fame]
        results = [dict(method=m, motion_probe=v, scene_probe=v) for m, v in found]
        return average_runs(results)[1]['measures']

    above, below, among = (0.35, 0.5, 0.4), (0.1, 0.19, 0.0), (0.35, 0.5, 0.3)
    # More motion is better, more scene is worse.
    assert rows(above)['motion_probe']['clear'] == 'better'
    assert rows(above)['scene_probe']['clear'] == 'worse'
    assert rows(below)['scene_probe']['clear'] == 'better'
    assert rows(among)['motion_probe']['clear'] == 'no'
    assert rows(above)['motion_probe']['gain'] == pytest.approx(0.4167 - 0.25, abs=1e-4)
    assert cell_text(rows(above)['motion_probe']) == '41.7 ± 7.6 ▲'
    # Two seeds are no spread.
    assert 'clear' not in rows(above[:2])['motion_probe']


def test_references_are_not_compared():
    measures = dict(motion_probe=0.5, scene_probe=0.5)
    results = [dict(measures, method=method) for method in ('moco', 'moco_grey') for _ in range(3)]
    results[-1]['motion_probe'] = 0.9
    reference = average_runs(results)[1]
    assert reference['method'] == 'moco_grey'
    assert all('gain' not in cell for cell in reference['measures'].values())
