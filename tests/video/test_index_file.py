"""Index files say what indexing says, spare it, and refuse what has changed."""

import multiprocessing
import os

import numpy as np
import pytest

from helpers.numbered import KINDS, encode, read_number
from mmdebias.video import (
    IndexFile,
    VideoIndex,
    find_index,
    index_file,
    index_video,
    read_frames,
    reading,
    use_indexes,
    write_indexes,
)

# Timestamps that take more room than two numbers, or key frames that are not shown.
AGAIN = {
    'H.264, irregular times', 'H.264, irregular times, in .mkv', 'H.264, edit list',
    'MPEG-4, irregular times, in .avi',
}  # fmt: skip


@pytest.fixture(autouse=True)
def no_index_files(monkeypatch):
    """Nothing is known before a test, and nothing stays known."""
    monkeypatch.setattr(index_file, '_used', {})
    monkeypatch.setattr(reading, '_kept', type(reading._kept)())


def entry(path):
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns, index_video(path)


def assert_same(found, expected):
    for name, value in vars(expected).items():
        if isinstance(value, np.ndarray):
            assert getattr(found, name).dtype == value.dtype
            np.testing.assert_array_equal(getattr(found, name), value)
        else:
            assert getattr(found, name) == value, name


@pytest.fixture(scope='module')
def everything(tmp_path_factory):
    """A file of every kind, their entries, and an index file of them all."""
    folder = tmp_path_factory.mktemp('kinds')
    entries = {}
    for number, (name, (ending, write)) in enumerate(KINDS.items()):
        (folder / str(number)).mkdir()
        try:
            path = write(folder / f'{number}/{name.replace(" ", "_")}{ending}')
        except pytest.skip.Exception:  # an encoder is missing
            continue
        entries[path.relative_to(folder).as_posix()] = entry(path)
    write_indexes(folder / 'index', entries)
    return folder, entries


def test_an_index_comes_back_as_it_was(everything):
    folder, entries = everything
    file, again = IndexFile(folder / 'index'), set()
    assert len(file) == len(entries) > 40
    for name, (size, mtime_ns, index) in entries.items():
        found = file.find(name, size, mtime_ns)
        if found is None:
            again.add(name)
        else:
            assert_same(found, index)
    kinds = {list(KINDS)[int(name.split('/')[0])] for name in again}
    assert kinds == AGAIN


def test_videos_that_are_in_the_file_are_not_indexed(everything, monkeypatch):
    folder, entries = everything
    use_indexes(folder / 'index')
    read = []
    monkeypatch.setattr(reading, 'index_video', lambda path: read.append(path) or index_video(path))
    for name, (_, _, index) in entries.items():
        assert_same(find_index(folder / name), index)
    assert len(read) == len(AGAIN)


def test_frames_are_those_asked_for(everything):
    folder, entries = everything
    use_indexes(folder / 'index')
    for name in entries:
        kind = list(KINDS)[int(name.split('/')[0])]
        if 'cut' not in kind and 'edit' not in kind and 'wide' not in kind:
            assert [read_number(frame) for frame in read_frames(folder / name, [33, 7])] == [33, 7]


def test_relative_paths_are_known_too(everything, monkeypatch):
    folder, entries = everything
    monkeypatch.chdir(folder)
    use_indexes('index')
    monkeypatch.setattr(reading, 'index_video', None)
    name = next(iter(entries))
    assert_same(find_index(name), entries[name][2])
    assert_same(find_index(f'./0/../{name}'), entries[name][2])


def test_what_has_changed_is_indexed_again(tmp_path):
    path = encode(tmp_path / 'video.mp4', 'libx264', frames=10)
    size, mtime_ns, index = entry(path)
    write_indexes(tmp_path / 'index', {'video.mp4': (size, mtime_ns, index)})
    file = IndexFile(tmp_path / 'index')
    assert_same(file.find('video.mp4', size, mtime_ns), index)
    assert file.find('video.mp4', size + 1, mtime_ns) is None
    assert file.find('video.mp4', size, mtime_ns + 1) is None
    assert file.find('other.mp4', size, mtime_ns) is None
    use_indexes(tmp_path / 'index')
    assert find_index(path).frames == 10
    encode(path, 'libx264', frames=20)
    assert find_index(path).frames == 20
    encode(path, 'libx264', frames=10)
    os.utime(path, ns=(mtime_ns, mtime_ns + 10**9))
    assert find_index(path).frames == 10


def test_processes_that_are_forked_know_it_as_well(everything):
    folder, entries = everything
    use_indexes(folder / 'index')
    name = next(iter(entries))
    with multiprocessing.get_context('fork').Pool(1) as pool:
        assert pool.apply(_indexed_again, (folder / name,)) == []


def _indexed_again(path):
    read = []
    reading.index_video = lambda path: read.append(path) or index_video(path)
    find_index(path)
    return read


def made_up(frames, step=512, keys=(0, 16), **more):
    pts = 7 + step * np.arange(frames)
    facts = dict(width=340, height=256, fps=25.0, codec='h264', container='mov', plain=True)
    key_pts = pts[list(keys)]
    return VideoIndex(frames, **facts, **more, pts=pts, key_pts=key_pts, key_dts=key_pts - 1024)


def test_of_two_with_one_name_the_later_counts(tmp_path):
    pairs = [('a.mp4', (1, 2, made_up(20))), ('b.mp4', (1, 2, made_up(30)))]
    write_indexes(tmp_path / 'index', iter([*pairs, ('a.mp4', (3, 4, made_up(25, keys=(0, 20))))]))
    file = IndexFile(tmp_path / 'index')
    assert len(file) == 2 and file.find('a.mp4', 1, 2) is None
    assert_same(file.find('a.mp4', 3, 4), made_up(25, keys=(0, 20)))
    assert_same(file.find('b.mp4', 1, 2), made_up(30))


def test_timestamps_rounded_to_milliseconds_are_regular(tmp_path):
    for fps in (12, 16, 24, 30, 30000 / 1001):
        pts = np.floor(np.arange(50) * 1000 / fps + 0.5).astype(np.int64)
        index = VideoIndex(
            50, 8, 8, fps, 'vp9', 'matroska', pts=pts, key_pts=pts[:1], key_dts=pts[:1]
        )
        write_indexes(tmp_path / 'index', {'a.webm': (1, 2, index)})
        assert_same(IndexFile(tmp_path / 'index').find('a.webm', 1, 2), index)


def test_names_that_are_not_utf8(tmp_path):
    name = os.fsdecode(b'caf\xe9.mp4')
    write_indexes(tmp_path / 'index', {name: (1, 2, made_up(20))})
    assert_same(IndexFile(tmp_path / 'index').find(name, 1, 2), made_up(20))


def test_no_videos(tmp_path):
    write_indexes(tmp_path / 'index', {})
    assert len(IndexFile(tmp_path / 'index')) == 0
    assert IndexFile(tmp_path / 'index').find('a.mp4', 1, 2) is None


@pytest.mark.parametrize('cut', [0, 10, 40, 200, -1])
def test_what_is_no_index_file_is_refused(cut, tmp_path):
    path = tmp_path / 'index'
    write_indexes(path, {'a.mp4': (1, 2, made_up(20))})
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(ValueError, match=r'index is no index of videos .* run prepare\.py again'):
        use_indexes(path)
    path.write_bytes(b'PK' + bytes(100))
    with pytest.raises(ValueError, match='is no index of videos'):
        IndexFile(path)
    with pytest.raises(FileNotFoundError):
        IndexFile(tmp_path / 'none')
