"""The quickstart from videos to its tables, at a scale where its numbers mean nothing."""

import re

import pytest

SMALL = ['--num-videos', '64', '--epochs', '1', '--finetune-epochs', '1']
SHARE = r'[\d.]+ \[\d+, \d+\]'


@pytest.mark.slow
def test_tables_a_verdict_and_a_report_at_the_end_and_nothing_twice(call, monkeypatch, tmp_path):
    monkeypatch.setenv('MMDEBIAS_DATA', 'elsewhere')  # --data counts
    out = tmp_path / 'out'
    arguments = ['--data', tmp_path / 'data', '--out', out, *SMALL]

    printed = call('quickstart.py', *arguments)

    end = printed[printed.index('Frozen features, right') :]
    for name in ('MoCo', r'FAME\+DSM'):
        assert re.search(rf'^  {name} +{SHARE} +{SHARE} +{SHARE} +{SHARE}$', end, re.M)
    assert re.search(r"^Of the motion FAME\+DSM's features hold \d+ points (more|less)", end, re.M)
    for name in ('MoCo', r'FAME\+DSM'):
        assert re.search(rf'^  fine-tuned from {name} +{SHARE} +{SHARE} +{SHARE}$', end, re.M)
    assert re.search(r"^Before another scene FAME\+DSM's net is right \d+ points", end, re.M)
    assert (out / 'fame_dsm' / 'fame_masks.png').exists()
    assert (out / 'frozen_features' / 'frozen_features.png').exists()
    assert f'{out}/bias_report/report.html' in printed
    assert 'fine-tuned from MoCo' in (out / 'bias_report' / 'report.html').read_text()

    # The second time nothing is trained.
    again = call('quickstart.py', *arguments)
    assert not re.search(r'^\$ python tools/train\.py', again, re.M)
    assert again[again.index('Frozen features, right') :] == end
