"""The quickstart from videos to its tables, at a scale where its numbers mean nothing."""

import re
import runpy

import pytest

from helpers.running import ROOT

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


def cell(value, spread=0.05):
    return dict(value=value, low=max(value - spread, 0), high=min(value + spread, 1))


def test_what_is_said_follows_from_the_numbers():
    said = runpy.run_path(str(ROOT / 'tools' / 'quickstart.py'))

    def of(before, no_actor):
        return {'scuba_videos/accuracy': cell(before), 'background_only/accuracy': cell(no_actor)}

    # With videos in which the scene says nothing, nothing is said of scenes.
    finetuned = {'MoCo': of(0.6, 0.12), 'FAME+DSM': of(0.4, 0.13)}
    assert said['verdict_no_actor'](finetuned).startswith('With no actor neither net is right')
    worse = said['verdict_before_scenes'](finetuned)
    assert 'right 20 points less often' in worse and 'something else to go by' not in worse

    finetuned = {'MoCo': of(0.1, 0.4), 'FAME+DSM': of(0.5, 0.13)}
    assert "no actor MoCo's net is right more often" in said['verdict_no_actor'](finetuned)
    assert 'something else to go by' in said['verdict_before_scenes'](finetuned)
    finetuned['FAME+DSM'] = of(0.14, 0.4)
    assert 'no actor both nets are right' in said['verdict_no_actor'](finetuned)
    assert 'not told apart' in said['verdict_before_scenes'](finetuned)
