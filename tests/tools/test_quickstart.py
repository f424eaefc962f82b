"""The quickstart from videos to its table, at a scale where its numbers mean nothing."""

import re

import pytest

ROW = r'^  (\S.*?) {2,}(\S.*?) {2,}([\d.]+) %$'
SMALL = ['--num-videos', '16', '--epochs', '1', '--finetune-epochs', '1']


@pytest.mark.slow
def test_a_table_and_a_report_at_the_end_and_nothing_twice(call, monkeypatch, tmp_path):
    monkeypatch.setenv('MMDEBIAS_DATA', 'elsewhere')  # --data counts
    out = tmp_path / 'out'
    arguments = ['--data', tmp_path / 'data', '--out', out, *SMALL]

    printed = call('quickstart.py', *arguments)

    table = re.findall(ROW, printed, re.M)
    assert [row[:2] for row in table] == [
        ('fine-tuned from random weights', 'top-1 on test'),
        ('fine-tuned from random weights', 'top-1 on test_swap'),
        ('fine-tuned from FAME', 'top-1 on test'),
        ('fine-tuned from FAME', 'top-1 on test_swap'),
        ('FAME, no labels', 'R@1 on test'),
        ('FAME, no labels', 'R@1 on test_swap'),
    ]
    assert all(0 <= float(share) <= 100 for *_, share in table)
    assert (out / 'pretrain' / 'fame_masks.png').exists()
    assert f'{out}/bias_report/report.html' in printed
    page = (out / 'bias_report' / 'report.html').read_text()
    assert 'FAME, linear probe' in page and 'fine-tuned from random weights' in page

    # The second time nothing is trained or tested.
    again = call('quickstart.py', *arguments)
    assert not re.search(r'^\$ python tools/(train|test)\.py', again, re.M)
    assert re.findall(ROW, again, re.M) == table
