import dataclasses
import json
from collections import Counter

import pytest

from mmdebias.bias import (
    composed_probes,
    make_manifest,
    probes,
    read_manifest,
    write_manifest,
)

VIDEOS = [(f'class{i % 4}/video {i}.mp4', i % 4) for i in range(40)]
IMAGES = ['a.jpg', 'b/c.png', 'd.jpg']
FIRST_CONFLICT = (
    'conflict_videos',
    'class0/video 0.mp4',
    0,
    1519027305,
    'class3/video 15.mp4',
    'class1/video 33.mp4',
    1,
)

PROBES = composed_probes()


def manifest(videos=VIDEOS, probes=PROBES, seed=0, images=IMAGES):
    return make_manifest(videos, probes, seed, images)


def test_every_video_meets_every_probe_in_order():
    rows = manifest()
    assert [(row.video, row.probe) for row in rows] == [(v, p) for v, _ in VIDEOS for p in PROBES]
    assert all(row.label == dict(VIDEOS)[row.video] for row in rows)


def test_draws_depend_on_no_order():
    turned = make_manifest(VIDEOS[::-1], PROBES[::-1], 0, IMAGES[::-1])
    assert set(turned) == set(manifest())


def test_draws_depend_on_no_other_probe():
    rows = {(row.video, row.probe): row for row in manifest()}
    for probe in PROBES:
        assert all(rows[row.video, probe] == row for row in manifest(probes=[probe]))


def test_the_first_rows_stay_as_they_are():
    # Published with a report, a manifest has to come out the same ten years on.
    row = next(row for row in manifest() if row.probe == 'conflict_videos')
    assert dataclasses.astuple(row) == FIRST_CONFLICT


def test_seeds_differ():
    def backgrounds(seed):
        return [row.background for row in manifest(seed=seed) if row.probe == 'scuba_videos']

    assert backgrounds(0) != backgrounds(1)
    seeds = {row.seed for row in manifest(probes=['scuba_stripes', 'original'])}
    assert len(seeds) == 2 * len(VIDEOS)


def test_scufo_and_conflict_share_the_draws_of_their_scuba():
    rows = {(row.video, row.probe): row for row in manifest()}
    for video, _ in VIDEOS:
        for source in ('stripes', 'images', 'videos'):
            same = [rows[video, f'{kind}_{source}'] for kind in ('scuba', 'scufo', 'conflict')]
            assert len({(row.seed, row.background) for row in same}) == 1


def test_partners_and_backgrounds_are_of_other_classes():
    labels = dict(VIDEOS)
    for row in manifest():
        assert row.partner_label is None or row.partner_label == labels[row.partner] != row.label
        if probes.PROBES[row.probe].still_background == 'videos' or row.probe == 'action_swap':
            assert labels[row.background] != row.label


def test_all_videos_of_other_classes_are_drawn_alike():
    videos = [('one.mp4', 0), *((f'{i}.mp4', 1 + i % 3) for i in range(9))]
    drawn = Counter(
        row.partner
        for seed in range(450)
        for row in make_manifest(videos, ['action_swap'], seed)
        if row.video == 'one.mp4'
    )
    # 50 each are expected, with a standard deviation of 6.7.
    assert len(drawn) == 9 and min(drawn.values()) > 25 and max(drawn.values()) < 75


def test_a_class_with_one_video_has_partners_and_is_one():
    rows = make_manifest([('a', 0), ('b', 1)], ['action_swap', 'conflict_videos'], 0)
    assert {(row.video, row.partner, row.background) for row in rows} == {
        ('a', 'b', 'b'),
        ('b', 'a', 'a'),
    }


def test_files_come_back(tmp_path):
    rows = manifest([('ein Vidéo.mp4', 0), ('b.mp4', 3)])
    write_manifest(tmp_path / 'new' / 'rows.jsonl', rows)
    assert read_manifest(tmp_path / 'new' / 'rows.jsonl') == rows
    lines = (tmp_path / 'new' / 'rows.jsonl').read_text(encoding='utf-8').splitlines()
    assert json.loads(lines[0]) == dataclasses.asdict(rows[0])


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(videos=[]), 'videos is empty'),
        (dict(videos=[('a', 0), ('b', 1), ('a', 1)]), 'lists a 2 times'),
        (dict(probes=[]), 'probes is empty'),
        (dict(probes=['scuba']), "probe 'scuba' is not known; there are original"),
        (dict(probes=['original', 'original']), "'original' is asked 2 times"),
        (dict(images=None), 'scuba_images.*need pictures'),
        (dict(videos=[('a', 2), ('b', 2)]), r'scuba_videos.*action_swap.*has class 2 only'),
    ],
)
def test_what_cannot_be_asked(change, message):
    with pytest.raises(ValueError, match=message):
        manifest(**change)


def test_one_class_is_enough_for_what_needs_no_other():
    probes = ['original', 'scuba_stripes', 'scuba_images', 'background_only']
    assert len(manifest([('a', 2), ('b', 2)], probes)) == 8


@pytest.mark.parametrize(
    ('line', 'message'),
    [
        ('', 'lists no rows'),
        ('nothing', 'line 1 is no row'),
        ('{"probe": "original", "video": "a"}', 'line 1 is no row.*label'),
        ('{"probe": "new", "video": "a", "label": 0, "seed": 1}', "line 1: probe 'new'"),
        ('{"probe": "action_swap", "video": "a", "label": 0, "seed": 1}', 'needs partner'),
        ('{"probe": "scuba_images", "video": "a", "label": 0, "seed": 1}', 'needs a background'),
    ],
)
def test_malformed_files(tmp_path, line, message):
    path = tmp_path / 'rows.jsonl'
    path.write_text(line + '\n')
    with pytest.raises(ValueError, match=message):
        read_manifest(path)
