"""The table of a checkpoint."""

import pytest
from scipy.stats import binomtest

from mmdebias.evaluation.protocol_table import render_table, table_rows

RESULTS = {
    '1': dict(metrics={'acc/top1': 0.25, 'time': 3.0}, videos=80, labels='few_1.txt (8 videos)'),
    '2': dict(metrics={'acc/top1': 0.50, 'time': 3.0}, videos=82, labels='few_2.txt (8 videos)'),
}


def test_a_row_has_the_mean_of_the_splits_and_the_interval_of_one():
    (row,) = table_rows('low_shot_10', 'configs/some.py', RESULTS)  # time is no metric
    assert (row['value'], row['videos']) == (0.375, 81)
    assert row['splits'] == {'1': 0.25, '2': 0.5}
    low, high = binomtest(30, 81).proportion_ci(method='wilson')  # .370
    assert row['low'] == pytest.approx(low, abs=0.006)
    assert row['high'] == pytest.approx(high, abs=0.006)


def test_the_page_says_what_was_measured_on_what():
    rows = table_rows('low_shot_10', 'configs/some.py', RESULTS)
    setting = dict(
        model='mine', checkpoint='a.pth', sha256='0123456789abcdef', gpus=1, seed=3, options=[],
        versions=dict(torch='2'),
    )  # fmt: skip
    page = render_table(dict(setting=setting, rows=rows))
    assert '| low_shot_10 | acc/top1 | 37.5 |' in page and '| 81 | 1: 25.0, 2: 50.0 |' in page
    assert 'low_shot_10 was trained on few_1.txt (8 videos), few_2.txt (8 videos).' in page
    assert page.endswith(
        'mine: a.pth (sha256 0123456789ab), 1 process(es), seed 3, options none; torch 2.\n'
    )
