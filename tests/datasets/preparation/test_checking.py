"""The facts found out about a video, what journals keep of it, and the index that is written."""

import json
import shutil

import av
import numpy as np
import pytest

from helpers.miniatures import lines
from helpers.numbered import FRAMES, KINDS, encode, remux, sequential, with_matrix
from helpers.running import SHARED
from mmdebias.datasets.preparation import check_video, check_videos, prepare
from mmdebias.datasets.preparation.lists import summary
from mmdebias.datasets.tolerant_video_dataset import TolerantVideoDataset
from mmdebias.video import IndexFile, find_index, index_file, index_video, reading

# That neither decord nor OpenCV misreads.
PLAIN = {
    'MPEG-4', 'MPEG-4 in .avi', 'H.264', 'H.264, many references',
    'H.264, every frame a key frame', 'H.264, interlaced', 'H.265', '10 bit',
    '4:4:4', 'grey', 'full range', 'odd sizes', 'odd sizes, 4:2:0', 'Motion JPEG in .avi',
    'Motion JPEG in .mp4', 'VP9 in .mp4',
}  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch):
    """No index files are in use before a test, and none stay in use."""
    monkeypatch.setattr(index_file, '_used', {})
    monkeypatch.setattr(reading, '_kept', type(reading._kept)())


@pytest.mark.parametrize('kind', KINDS)
def test_the_number_of_frames_is_that_of_decoding_in_order(kind, tmp_path):
    ending, write = KINDS[kind]
    path = write(tmp_path / f'video{ending}')
    check, frames = check_video(path), sequential(path)
    assert (check.frames, check.height, check.width) == frames.shape[:3]
    assert not check.error
    assert bool(check.misread) == (kind not in PLAIN)


def test_given_files():
    if not (SHARED / 'numbered').exists():
        pytest.skip(f'{SHARED / "numbered"} is missing: it is not part of the repository')
    checks = {
        path.name: check_video(path)
        for folder in ('numbered', 'videos')
        for path in sorted((SHARED / folder).iterdir())
        if path.suffix not in ('.md', '.py')
    }
    assert [name for name, check in checks.items() if check.error] == []
    expected = {'base.mp4': 50, 'q3_xvid_bf2.avi': 49, 'q4_cut.mp4': 17, 'q2_vp8.webm': 50}
    expected |= {'hmdb51_wave.avi': 48, 'hmdb51_cartwheel.avi': 83, 'arm_wrestling.mp4': 280}
    assert {name: checks[name].frames for name in expected} == expected
    misread = {name for name, check in checks.items() if check.misread}
    assert {'hmdb51_wave.avi', 'q4_cut.mp4', 'q7.ts', 'three_frames.mov'} <= misread
    assert not misread & {'base.mp4', 'arm_wrestling.mp4', 'kinetics_a.mp4'}
    assert checks['three_frames.mov'].misread.endswith('to be turned or mirrored')


def test_turned_videos_are_named(tmp_path):
    stored = encode(tmp_path / 'stored.mp4', 'libx264', frames=5)
    path = tmp_path / 'turned.mp4'
    path.write_bytes(with_matrix(stored.read_bytes(), (0, 1, -1, 0)))
    check = check_video(path)
    assert check.misread == 'OpenCV: h264 in mov, 80 wide, to be turned or mirrored'
    assert (check.width, check.height) == (80, 112)


def test_a_last_group_that_cannot_be_decoded_is_not_counted(tmp_path):
    whole = encode(tmp_path / 'whole.mp4', 'libx264', options={'bf': '2'})
    data = bytearray(whole.read_bytes())
    with av.open(str(whole)) as file:
        packets = [packet for packet in file.demux(file.streams.video[0]) if packet.size]
    for packet in packets[36:]:  # the last key frame and what follows
        data[packet.pos + 5 : packet.pos + packet.size] = bytes(packet.size - 5)
    path = tmp_path / 'damaged.mp4'
    path.write_bytes(data)
    check = check_video(path)
    assert check.frames == len(sequential(path)) < FRAMES
    assert 'damaged' in check.misread


def test_a_frame_of_the_last_group_that_nothing_refers_to_counts(tmp_path):
    whole = encode(tmp_path / 'whole.mp4', 'libx264', options={'bf': '2'})
    with av.open(str(whole)) as file:
        packets = [packet for packet in file.demux(file.streams.video[0]) if packet.size]
    data = bytearray(whole.read_bytes())
    # ITU-T H.264, 7.4.1: nal_ref_idc, behind the four bytes of the length.
    packet = next(packet for packet in packets[37:] if not data[packet.pos + 4] >> 5)
    data[packet.pos + 5 : packet.pos + packet.size] = bytes(packet.size - 5)
    path = tmp_path / 'damaged.mp4'
    path.write_bytes(data)
    assert check_video(path).frames == len(sequential(path))


def test_a_file_that_ends_too_early_has_the_frames_that_are_there(tmp_path):
    whole = encode(tmp_path / 'whole.mp4', 'libx264', options={'bf': '2'})
    first = remux(whole, tmp_path / 'first.mp4', muxing={'movflags': 'faststart'})
    path = tmp_path / 'short.mp4'
    path.write_bytes(first.read_bytes()[: first.stat().st_size * 2 // 3])
    assert check_video(path).frames == len(sequential(path)) < FRAMES


def test_what_cannot_be_read(tmp_path):
    for content, message in ((b'', 'the file is empty'), (b'text' * 99, 'cannot be opened')):
        path = tmp_path / 'video.mp4'
        path.write_bytes(content)
        check = check_video(path)
        assert message in check.error and check.frames == 0 and check.index is None


@pytest.fixture
def checked(tmp_path):
    """A folder of one video, and the journal of its check."""
    path = tmp_path / 'videos/a.mp4'
    path.parent.mkdir()
    encode(path, 'libx264', options={'bf': '2'})
    check_videos(path.parent, ['a.mp4'], tmp_path / 'checks.jsonl', workers=1)
    return path, tmp_path / 'checks.jsonl'


def test_entries_of_decord_are_not_taken(checked, monkeypatch):
    path, journal = checked
    (entry,) = (json.loads(line) for line in lines(journal) if line)
    assert entry['version'] == 3 and entry['frames'] == FRAMES
    old = {k: v for k, v in entry.items() if k not in ('version', 'misread', 'index')}
    journal.write_text(json.dumps({**old, 'frames': FRAMES + 1}) + '\n')
    results = check_videos(path.parent, ['a.mp4'], journal, workers=1)
    assert results['a.mp4'].frames == FRAMES


def test_results_are_remembered(checked, monkeypatch):
    path, journal = checked
    monkeypatch.setattr('mmdebias.datasets.preparation.checking.check_video', None)
    assert check_videos(path.parent, ['a.mp4'], journal, workers=1)['a.mp4'].frames == FRAMES


def test_an_index_file_is_written_and_used(diving48, tmp_path, monkeypatch):
    recipe, videos, annotations = diving48
    prepare(recipe, [annotations], {'videos': [videos]}, tmp_path)
    file = IndexFile(tmp_path / 'video_index.bin')
    paths = sorted((tmp_path / 'videos').iterdir())
    assert len(file) == len(paths) == 6
    for path in paths:
        stat = path.stat()
        found = file.find(f'videos/{path.name}', stat.st_size, stat.st_mtime_ns)
        expected = index_video(path)
        assert found.frames == expected.frames == 20
        np.testing.assert_array_equal(found.pts, expected.pts)

    # A folder that was moved takes its index along.
    shutil.copytree(tmp_path, tmp_path.with_name('moved'), symlinks=True)
    TolerantVideoDataset(
        'diving48_train_list_videos.txt',
        pipeline=[],
        data_root=str(tmp_path.with_name('moved')),
        data_prefix=dict(video='videos'),
    )
    monkeypatch.setattr(reading, 'index_video', None)
    moved = tmp_path.with_name('moved') / 'videos' / paths[0].name
    assert find_index(moved).frames == 20
    with pytest.raises(TypeError):
        find_index(paths[0])


def test_a_later_run_for_other_videos_keeps_the_index(kinetics400, tmp_path):
    recipe, archives, annotations = kinetics400
    prepare(recipe, [annotations], {'videos_train': [archives['train']]}, tmp_path)
    prepare(recipe, [annotations], {'videos_val': [archives['val']]}, tmp_path)
    assert len(IndexFile(tmp_path / 'video_index.bin')) == 3


def test_the_report_says_what_others_would_misread(kinetics400, tmp_path):
    recipe, _, annotations = kinetics400
    folder = tmp_path / 'clips'
    folder.mkdir()
    encode(folder / 'aaaaaaaaaa1_000010_000020.mp4', 'libx264')
    encode(folder / 'ccccccccc_3_000417_000427.avi', 'mpeg4', options={'bf': '2'})
    report = prepare(recipe, [annotations], {'videos_train': [folder]}, tmp_path / 'out')
    assert report['misread'] == 1
    assert report['lists']['kinetics400_train_list_videos.txt']['misread'] == 1
    assert lines(tmp_path / 'out/misread.txt') == [
        'videos_train/air_drumming/ccccccccc_3_000417_000427.avi\t'
        'decord and OpenCV: MPEG-4 with B-frames'
    ]
    text = summary(report, tmp_path / 'out')
    assert '1 videos are read right here, but readers such as decord and OpenCV may take' in text
    assert 'misread.txt; copies made with --resize have nothing of the kind' in text

    report = prepare(recipe, [annotations], {'videos_train': [folder]}, tmp_path / 'small', 32)
    assert report['misread'] == 0 and 'misread' not in summary(report, tmp_path / 'small')
