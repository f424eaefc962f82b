"""A video that was cut is told from a short one."""

import shutil

import numpy as np
import pytest

from helpers.videos import remux, write_video
from mmdebias.video import VideoReadError, count_frames
from mmdebias.video.wholeness import check_whole

KINDS = {
    'a.mp4': dict(movflags='faststart'),
    'a.mov': dict(movflags='faststart'),
    'b.mp4': dict(movflags='frag_keyframe+empty_moov'),
    'a.mkv': {},
    'a.avi': {},
}


@pytest.fixture(scope='module')
def videos(tmp_path_factory):
    """A film in several containers."""
    folder = tmp_path_factory.mktemp('whole')
    frames = np.random.default_rng(0).integers(0, 255, (24, 32, 32, 3), dtype=np.uint8)
    write_video(folder / 'film.mp4', frames)
    for name, options in KINDS.items():
        remux(folder / 'film.mp4', folder / name, **options)
    return folder


@pytest.mark.parametrize('name', KINDS)
def test_what_is_cut_is_refused_and_what_is_whole_is_not(videos, tmp_path, name):
    cut = shutil.copy(videos / name, tmp_path)
    check_whole(cut)
    size = (videos / name).stat().st_size
    with open(cut, 'r+b') as file:
        file.truncate(size // 2)
    if name != 'a.avi':
        assert 0 < count_frames(cut) < 24  # nothing else tells
    with pytest.raises(VideoReadError, match=rf'{name} is cut: .* and there are {size // 2:,}\.'):
        check_whole(cut)


def test_what_lies_behind_a_film_does_not_count(videos, tmp_path):
    for name in KINDS:
        path = tmp_path / name
        path.write_bytes((videos / name).read_bytes() + b'<html>' * 9)
        check_whole(path)


@pytest.mark.parametrize('content', [b'', b'<html>', b'RIFF', b'\x1a\x45\xdf\xa3', b'\0' * 99])
def test_other_files_are_the_readers_to_refuse(tmp_path, content):
    (tmp_path / 'a.mp4').write_bytes(content)
    check_whole(tmp_path / 'a.mp4')
    check_whole(tmp_path / 'none.mp4')


@pytest.mark.parametrize('size', [0, 0xFFFFFFFF])
def test_an_avi_of_a_pipe_states_no_size(videos, tmp_path, size):
    content = (videos / 'a.avi').read_bytes()
    (tmp_path / 'a.avi').write_bytes(content[:4] + size.to_bytes(4, 'little') + content[8:])
    check_whole(tmp_path / 'a.avi')


def test_a_live_recording_states_no_size(videos, tmp_path):
    content = (videos / 'a.mkv').read_bytes()
    at = content.index(b'\x18\x53\x80\x67') + 4
    (tmp_path / 'live.mkv').write_bytes(
        content[:at] + b'\x01' + b'\xff' * 7 + content[at + 8 : 999]
    )
    check_whole(tmp_path / 'live.mkv')
