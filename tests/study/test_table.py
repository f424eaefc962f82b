import pytest

from mmdebias.study import average_runs
from mmdebias.study.table import cell_text, shortcut_text

ABOVE, BELOW, AMONG = (0.35, 0.5, 0.4), (0.1, 0.19, 0.0), (0.35, 0.5, 0.3)
BASE = (0.2, 0.3, 0.25)


def rows(**values):
    """Return the table's cells ``{method: {measure: cell}}``, motion and scene alike."""
    found = [(method, value) for method, seeds in values.items() for value in seeds]
    results = [dict(method=m, motion_probe=v, scene_probe=v) for m, v in found]
    return {row['method']: row['measures'] for row in average_runs(results)}


def test_a_gain_is_clear_if_all_seeds_agree():
    def clear(measure, fame):
        return rows(moco=BASE, fame=fame)['fame'][measure]['own']['clear']

    # More motion is better, more scene is worse.
    assert clear('motion_probe', ABOVE) == 'better'
    assert clear('scene_probe', ABOVE) == 'worse'
    assert clear('scene_probe', BELOW) == 'better'
    assert clear('motion_probe', AMONG) == 'no'
    cell = rows(moco=BASE, fame=ABOVE)['fame']['motion_probe']
    assert cell['own']['gain'] == pytest.approx(0.4167 - 0.25, abs=1e-4)
    # FAME's own baseline is MoCo.
    assert cell_text(cell) == '41.7 ± 7.6 ▲△'
    # Two seeds are no spread.
    assert 'clear' not in rows(moco=BASE, fame=ABOVE[:2])['fame']['motion_probe']['own']


def test_a_method_is_compared_with_its_own_recipe_and_with_moco():
    cells = rows(moco=BASE, be_baseline=ABOVE, be=AMONG, random=BELOW)
    assert 'own' not in cells['moco']['motion_probe']
    assert cell_text(cells['be']['motion_probe']) == '38.3 ± 10.4'
    assert (
        cells['be']['motion_probe']['own']['gain'] < 0 < cells['be']['motion_probe']['moco']['gain']
    )
    # A baseline and random weights have none of their own.
    assert cell_text(cells['be_baseline']['motion_probe']) == '41.7 ± 7.6 △'
    assert cell_text(cells['random']['motion_probe']) == '9.7 ± 9.5 ▽'


def test_references_are_not_compared():
    cells = rows(moco=(0.5, 0.5, 0.5), moco_grey=(0.5, 0.5, 0.9))
    assert set(cells['moco_grey']['motion_probe']) == {'mean', 'std', 'values'}


def test_a_shortcut_is_bold():
    answer = dict(right=0.849, chance=0.5, is_shortcut=True)
    assert shortcut_text(answer) == '**84.9 of 50**'
    assert shortcut_text(dict(answer, is_shortcut=False)) == '84.9 of 50'
    assert shortcut_text(None) == ''
