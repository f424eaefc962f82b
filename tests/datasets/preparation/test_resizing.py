"""Resized copies: size, number of frames, content, broken videos, interruptions."""

import cv2
import numpy as np
import pytest

from mmdebias.datasets.preparation import (
    parse_size,
    prepare,
    resize_video,
    resizing,
    target_size,
)

from .conftest import lines, write_video

CODECS = ('.avi', '.mp4', '.webm')


@pytest.fixture
def pyav():
    return pytest.importorskip('av', reason='resizing needs PyAV, the extra "prepare"')


def read_video(path):
    decord = pytest.importorskip('decord')
    reader = decord.VideoReader(str(path), num_threads=1)
    return reader.get_batch(range(len(reader))).asnumpy(), reader.get_avg_fps()


@pytest.mark.parametrize(
    ('width', 'height', 'size', 'expected'),
    [
        (320, 240, 256, (342, 256)),
        (240, 320, 256, (256, 342)),
        (1920, 1080, 256, (456, 256)),
        (340, 256, 256, (340, 256)),
        (256, 256, 128, (128, 128)),
        (1920, 1080, (340, 256), (340, 256)),
        (240, 320, (340, 256), (340, 256)),
    ],
)
def test_target_size(width, height, size, expected):
    assert target_size(width, height, size) == expected


def test_parse_size():
    assert parse_size('256') == 256 and parse_size('340x256') == (340, 256)
    for wrong in ('', '255', '8', '340x', '1x2x3', '-256', '25.6'):
        with pytest.raises(ValueError, match='give'):
            parse_size(wrong)


@pytest.mark.parametrize('ending', CODECS)
def test_copies_keep_frames_and_rate(pyav, ending, tmp_path):
    source = tmp_path / f'source{ending}'
    write_video(source, frames=21, size=(96, 128), fps=12)
    assert resize_video(source, tmp_path / 'small.mp4', 48) == 21
    small, rate = read_video(tmp_path / 'small.mp4')
    assert small.shape == (21, 48, 64, 3)
    assert rate == pytest.approx(12)
    # The red square starts at the left and moves on by 2 pixels of 128, 1 of 64, with each frame.
    red = small[..., 0].astype(int) - small[..., 1] > 60
    centres = [np.nonzero(frame)[1].mean() for frame in red]
    assert centres == pytest.approx(3.5 + np.arange(21), abs=0.3)
    rows = np.nonzero(red.any((0, 2)))[0]
    assert abs(rows[0] - 5) <= 1 and abs(rows[-1] - 12) <= 1
    assert not list(tmp_path.glob('.tmp*'))


def test_broken_videos_leave_no_copy(pyav, tmp_path):
    source = tmp_path / 'broken.mp4'
    source.write_bytes(b'not a video')
    with pytest.raises(ValueError, match=r'broken\.mp4 cannot be read'):
        resize_video(source, tmp_path / 'out/small.mp4', 48)
    assert not list((tmp_path / 'out').iterdir())


def test_a_full_disk_is_an_error_and_leaves_no_copy(pyav, tmp_path):
    resource = pytest.importorskip('resource')
    write_video(tmp_path / 'source.avi')
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OSError):
            resize_video(tmp_path / 'source.avi', tmp_path / 'out/small.mp4', 48)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list((tmp_path / 'out').iterdir())


def test_a_copy_that_lacks_frames_is_not_taken(pyav, tmp_path, monkeypatch):
    write_video(tmp_path / 'source.avi')
    original = resizing._check_whole
    monkeypatch.setattr(resizing, '_check_whole', lambda path, count: original(path, count + 1))
    with pytest.raises(OSError, match='20 of 21 frames were written; is the disk full'):
        resize_video(tmp_path / 'source.avi', tmp_path / 'out/small.mp4', 48)
    assert not list((tmp_path / 'out').iterdir())


def test_damaged_stream_is_read_as_far_as_it_goes(pyav, real_videos, tmp_path):
    count = resize_video(real_videos / 'corrupted.mp4', tmp_path / 'small.mp4', 64)
    small, _ = read_video(tmp_path / 'small.mp4')
    assert 0 < count == len(small)


def test_rotated_videos_are_turned_as_decord_turns_them(pyav, real_videos, tmp_path):
    source = real_videos / 'three_frames.mov'
    original, _ = read_video(source)
    resize_video(source, tmp_path / 'small.mp4', 160)
    small, _ = read_video(tmp_path / 'small.mp4')
    assert original.shape[1:3] == (568, 320) and small.shape == (3, 284, 160, 3)
    expected = np.stack([cv2.resize(f, (160, 284), interpolation=cv2.INTER_AREA) for f in original])
    upright = np.abs(small.astype(int) - expected).mean()
    assert upright < 0.5 * np.abs(small[:, ::-1, ::-1].astype(int) - expected).mean()


def test_a_dataset_is_resized(pyav, kinetics400, tmp_path):
    recipe, archives, annotations = kinetics400
    folders = {'videos_train': [archives['train']], 'videos_val': [archives['val']]}
    report = prepare(recipe, [annotations], folders, tmp_path, size=(68, 52), workers=2)
    assert report['resize'] == [68, 52]
    (line,) = lines(tmp_path / 'kinetics400_train_list_videos.txt')
    frames, _ = read_video(tmp_path / 'videos_train' / line.split()[0])
    assert frames.shape == (20, 52, 68, 3)
    (broken,) = lines(tmp_path / 'unreadable.txt')
    assert '-bbbbbbbbb2_000000_000010' in broken and 'cannot be read' in broken


def test_interrupted_resizing_goes_on_where_it_stopped(pyav, diving48, tmp_path, monkeypatch):
    import importlib

    module = importlib.import_module('mmdebias.datasets.preparation.prepare')
    recipe, videos, annotations = diving48
    made = []

    def resize_until_stopped(source, target, size):
        if len(made) == 2:
            raise KeyboardInterrupt
        made.append(target.name)
        return resize_video(source, target, size)

    monkeypatch.setattr(module, 'resize_video', resize_until_stopped)
    with pytest.raises(KeyboardInterrupt):
        prepare(recipe, [annotations], {'videos': [videos]}, tmp_path, size=32)
    assert not list(tmp_path.glob('*_videos.txt'))
    assert sorted(path.name for path in (tmp_path / 'videos').iterdir()) == sorted(made)

    again = []
    monkeypatch.setattr(
        module, 'resize_video', lambda *args: (again.append(args[1].name), resize_video(*args))
    )
    prepare(recipe, [annotations], {'videos': [videos]}, tmp_path, size=32)
    assert len(again) == 4 and not set(again) & set(made)
    assert len(lines(tmp_path / 'diving48_train_list_videos.txt')) == 4
    with pytest.raises(FileExistsError, match='resize=32, and this command says None'):
        prepare(recipe, [annotations], {'videos': [videos]}, tmp_path)


def test_missing_pyav_says_what_to_install(diving48, tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, 'av', None)
    with pytest.raises(RuntimeError, match=r'pip install "mmdebias\[prepare\]"'):
        prepare(diving48[0], [diving48[2]], {'videos': [diving48[1]]}, tmp_path / 'o', size=32)
    assert not (tmp_path / 'o').exists()
