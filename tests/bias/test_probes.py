"""The table of probes: everything else follows from an entry and the function that composes it."""

import numpy as np
import pytest

from mmdebias.bias import (
    PROBES,
    BiasMeasure,
    ComposeProbe,
    Probe,
    bias_measures,
    composed_probes,
    make_manifest,
    read_manifest,
    write_manifest,
)
from mmdebias.bias.markdown import render_markdown
from mmdebias.bias.numbers import Measured, put_together
from mmdebias.bias.page import Sample, render_page
from mmdebias.bias.probes import measure_order, measures_by_name, names_the_class


def upside_down(stage, clip):
    return [frame[::-1] for frame in clip.frames]


ENTRY = Probe(
    'upside_down',
    'The video upside down',
    (BiasMeasure('accuracy', 'higher', 'Turned', 'Upside down', 'On its head.', names_the_class),),
    upside_down,
    masks=False,
)


@pytest.fixture
def with_entry(monkeypatch):
    monkeypatch.setitem(PROBES, ENTRY.name, ENTRY)


def test_a_new_probe_is_an_entry_and_a_function(with_entry, few_videos, tmp_path):
    videos = [(f'{i:02}.mp4', i % 2) for i in range(4)]
    rows = make_manifest(videos, ['original', 'upside_down'], seed=0)
    write_manifest(tmp_path / 'rows.jsonl', rows)
    assert read_manifest(tmp_path / 'rows.jsonl') == rows

    composer = ComposeProbe(str(few_videos))
    composer.check(rows)
    filmed, turned = (composer.preview(row) for row in rows[:2])
    assert (turned == filmed[:, ::-1]).all()

    measures = bias_measures(rows, np.eye(2)[[row.label for row in rows]])
    assert measures['upside_down/accuracy'].values.tolist() == [1, 1, 1, 1]

    facts = dict(config='a.py', checkpoint='a.pth', sha256='ab' * 32, kind='classifier')
    setting = dict(
        data='test.txt', videos=4, classes=2, manifest_sha256='cd' * 32, seed=0, versions={},
        masks=dict(kind='none', description='nothing', warning=''),
    )  # fmt: skip
    report = put_together(setting, [Measured('net', facts, measures, 2)])
    assert [m['name'] for m in report['measures']] == ['original/accuracy', 'upside_down/accuracy']
    assert '| Turned: Upside down | ↑ | 100.0' in render_markdown(report)
    page = render_page(report, [Sample('upside_down', turned, 'a', None, ('a',))])
    for words in ('Turned', 'Upside down', 'On its head. Higher is better.', ENTRY.shows):
        assert words in page


def test_every_entry_says_what_it_is():
    for name, probe in PROBES.items():
        assert probe.name == name and probe.measures
        # What is composed is shown; what is not composed has no rows that could be.
        assert bool(probe.shows) == (probe.compose is not None)
        assert probe.background != 'partner' or probe.partner
        for measure in probe.measures:
            assert measure.better in ('higher', 'lower', '')
            assert measure.chance in ('class', 'pair', 'scene', '')
            assert measure.group and measure.title and measure.sentence.endswith('.')
            assert measures_by_name()[f'{name}/{measure.name}'] is measure


def test_contrasts_compare_rows_that_exist():
    for probe in PROBES.values():
        if probe.contrast:
            assert set(probe.contrast) <= set(composed_probes()) and probe.compose is None


def test_measures_that_no_entry_has_come_last():
    names = ['b/c', 'scene_probe/accuracy', 'original/accuracy', 'conflict_videos/static']
    ordered = sorted(names, key=measure_order)
    assert ordered == [
        'original/accuracy',
        'conflict_videos/static',
        'scene_probe/accuracy',
        'b/c',
    ]
