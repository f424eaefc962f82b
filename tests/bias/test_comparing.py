"""A report against a stored one."""

import json

import numpy as np
import pytest

from mmdebias.bias import compare_reports, paired_difference, read_stored
from mmdebias.bias.comparing import independent_difference
from mmdebias.bias.measures import Measure
from mmdebias.bias.numbers import Measured, put_together

VIDEOS = tuple(map(str, range(40)))
NAME = 'original/accuracy'


def values(right, seed):
    return np.random.default_rng(seed).permutation(np.arange(40) < right).astype(float)


def report_on(right, name='net', seed=0, videos=VIDEOS, **setting):
    measures = {NAME: Measure(NAME, videos, values(right, seed), 'higher')}
    known = dict(
        data='toy/test.txt', videos=40, seed=0, videos_sha256='v', manifest_sha256='m',
        versions=dict(torch='2.1'),
    )  # fmt: skip
    return put_together(known | setting, [Measured(name, {}, measures, 4)])


def differences(comparison):
    return comparison['measures'][0]['differences']


def test_the_difference_is_paired_by_video():
    now, before = report_on(30, seed=1), report_on(20, seed=2)
    comparison = compare_reports(now, json.loads(json.dumps(before)), 'old.json')
    (entry,) = differences(comparison)
    expected = paired_difference(values(30, 1), values(20, 2))
    assert (entry['value'], entry['low'], entry['high']) == (0.25, expected.low, expected.high)
    assert (entry['checkpoint'], entry['against'], entry['before']) == ('net', 'net', 0.5)
    assert entry['paired'] and comparison['file'] == 'old.json' and comparison['notes'] == []


def test_without_values_of_videos_the_samples_count_as_independent():
    now, before = report_on(30), report_on(20)
    del before['measures'][0]['values'][0]['per_video']
    (entry,) = differences(compare_reports(now, before))
    # Newcombe's method 10 for 30 of 40 against 20 of 40 with Wilson's intervals: 0.038 to 0.436.
    assert entry['value'] == 0.25 and not entry['paired']
    assert abs(entry['low'] - 0.038) < 0.03 and abs(entry['high'] - 0.436) < 0.03
    other_order = report_on(20, videos=VIDEOS[::-1])
    assert not differences(compare_reports(now, other_order))[0]['paired']


def test_newcombes_example():
    """R. G. Newcombe, 1998, table II (a), method 10: 56/70 - 48/80."""
    one = dict(value=0.8, low=0.6916, high=0.8770, count=70)
    other = dict(value=0.6, low=0.4905, high=0.7004, count=80)
    found = independent_difference(one, other)
    assert abs(found.low - 0.0524) < 2e-4 and abs(found.high - 0.3339) < 2e-4


def test_a_report_of_the_first_version_is_known_by_its_manifest():
    now, before = report_on(30), report_on(20)
    del before['setting']['videos_sha256']
    assert differences(compare_reports(now, before))
    before['setting']['manifest_sha256'] = 'other'
    with pytest.raises(ValueError, match=r'old\.json is of an older version.* run its command'):
        compare_reports(now, before, 'old.json')


def test_other_videos_and_other_names_are_errors():
    now = report_on(30)
    with pytest.raises(
        ValueError, match=r'old\.json is of other videos or labels \(40 of b\.txt; here are 40 of'
    ):
        compare_reports(now, report_on(20, videos_sha256='w', data='b.txt'), 'old.json')
    stored = report_on(20, name='a')
    stored['checkpoints'].append(dict(name='b'))
    with pytest.raises(ValueError, match='has the models a, b, and none of net: give --model'):
        compare_reports(now, stored)


def test_one_stored_model_is_the_reference_of_all():
    (entry,) = differences(compare_reports(report_on(30), report_on(20, name='before')))
    assert entry['against'] == 'before'


def test_what_else_differs_is_noted():
    before = report_on(20, seed=1, versions=dict(torch='2.0'), masks=dict(description='boxes'))
    before['setting']['seed'] = 7
    comparison = compare_reports(report_on(30), before)
    assert comparison['notes'] == [
        'seed 7, here 0', 'masks: boxes, here None', 'torch 2.0, here 2.1',
    ]  # fmt: skip


def test_other_training_and_other_clips_are_noted():
    before = report_on(20, train=['a.txt', 'b.txt'], options={}, scenes=None)
    now = report_on(30, train=['a.txt'], options={'model.depth': '18'}, scenes=dict(classes=8))
    for report, clip, videos in ((before, '8 frames', 64), (now, '16 frames', 48)):
        report['checkpoints'][0].update(clip=clip, train_videos=videos)
    assert compare_reports(now, before)['notes'] == [
        'training lists a.txt, b.txt, here a.txt',
        'scenes None, here classes 8',
        'options of configs None, here model.depth 18',
        'clips of net: 8 frames, here 16 frames',
        'training videos of net: 64, here 48',
    ]


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('{"format"', 'is damaged'),
        ('[]', 'is no bias report: give the report.json of one'),
        ('{"format": "other"}', 'is no bias report'),
        (
            '{"format": "mmdebias-bias-report", "format_version": 9}',
            'has version 9 of the format, and this mmdebias knows 1 and 2: install',
        ),
    ],
)
def test_files_that_are_no_report_are_named(tmp_path, text, message):
    file = tmp_path / 'old.json'
    with pytest.raises(FileNotFoundError, match=r'there is no file .*old\.json; give'):
        read_stored(file)
    file.write_text(text)
    with pytest.raises(ValueError, match=rf'old\.json {message}'):
        read_stored(file)


def test_a_folder_stands_for_its_report(tmp_path):
    (tmp_path / 'report.json').write_text(json.dumps(report_on(20)))
    assert read_stored(tmp_path)['setting']['videos'] == 40
