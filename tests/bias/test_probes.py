"""The table of probes: everything else follows from an entry and the function that composes it."""

import dataclasses

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
from mmdebias.bias.measures import Measure
from mmdebias.bias.numbers import Measured, put_together
from mmdebias.bias.page import Sample, render_page
from mmdebias.bias.probes import measure_order, measures_by_name, names_the_class
from mmdebias.bias.summary import answers


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


def summary_with(entry, monkeypatch, *names, models=1):
    """The first lines of a report on 20 videos, of which 15 are right in all, with a probe more."""
    monkeypatch.setitem(PROBES, entry.name, entry)
    videos, right = tuple(map(str, range(20))), (np.arange(20) < 15).astype(float)
    measures = {
        name: Measure(name, videos, right, 'higher') for name in ('original/accuracy', *names)
    }
    measured = [Measured(str(number), {}, measures, 100) for number in range(models)]
    _, sentence, more = answers(put_together({}, measured))[0]
    return f'{sentence} {more}'.strip().replace('\xa0', ' ')


ALONE = '0 has an accuracy of 75.0 %, 95 % interval 50.0 to 90.0 as filmed; it was shown no other '
ALONE += 'background.'
KEEPS = '0 keeps 100 % (95 % interval 80 to 120) of its accuracy of 75.0 % '
BEFORE = (
    KEEPS + 'when the background is another video’s; guessing would keep 1 %. That is no clear '
)
BEFORE += 'loss.'


@pytest.mark.parametrize(
    ('more', 'names', 'found'),
    [
        # Its share beside those that the table has of others ...
        (
            dict(summary='upside down'),
            ('upside_down/accuracy',),
            f'{ALONE} Its accuracy is 75.0 % upside down.',
        ),
        (
            dict(summary='upside down'),
            ('upside_down/accuracy', 'background_only/accuracy', 'scuba_videos/accuracy'),
            f'{BEFORE} Its accuracy is 75.0 % when there is nothing but background and 75.0 % '
            'upside down.',
        ),
        # ... or instead of what tells less of the background.
        (
            dict(summary='upside down', telling=9, chance=''),
            ('upside_down/accuracy', 'scuba_videos/accuracy'),
            f'{KEEPS}upside down. That is no clear loss.',
        ),
        (
            dict(summary='upside down', telling=3),
            ('upside_down/accuracy', 'scuba_videos/accuracy'),
            BEFORE,
        ),
        (dict(), ('upside_down/accuracy',), ALONE),
        (dict(summary='upside down'), (), ALONE),
    ],
)
def test_the_summary_has_the_words_of_an_entry(more, names, found, monkeypatch):
    measure = dataclasses.replace(ENTRY.measures[0], **more)
    entry = dataclasses.replace(ENTRY, measures=(measure,))
    assert summary_with(entry, monkeypatch, *names) == found


def test_the_summary_has_the_sentence_of_an_entry_where_models_are_few(monkeypatch):
    entry = dataclasses.replace(ENTRY, summary='On its head, it is right in {accuracy}.')
    name = 'upside_down/accuracy'
    told = f'{ALONE} On its head, it is right in 75.0 %.'
    assert summary_with(entry, monkeypatch, name, models=3) == told
    assert summary_with(entry, monkeypatch, name, models=4) == ALONE
    assert summary_with(entry, monkeypatch) == ALONE


def test_every_entry_says_what_it_is():
    for name, probe in PROBES.items():
        assert probe.name == name and probe.measures
        # What is composed is shown; what is not composed has no rows that could be.
        assert bool(probe.shows) == (probe.compose is not None)
        assert probe.background != 'partner' or probe.partner
        shares = {measure.name: '1 %' for measure in probe.measures}
        assert not probe.summary or probe.summary.format(**shares).endswith('.')
        for measure in probe.measures:
            assert measure.better in ('higher', 'lower', '')
            assert measure.chance in ('class', 'pair', 'scene', '')
            assert measure.summary or not measure.telling
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
