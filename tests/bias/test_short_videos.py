import numpy as np
import pytest

from helpers.videos import write_video
from mmdebias.bias.short_videos import short_videos, warn_of_short


@pytest.fixture(scope='module')
def videos(tmp_path_factory):
    """Videos of 4, 9 and 12 frames, and one that is none."""
    folder = tmp_path_factory.mktemp('videos')
    for frames in (4, 9, 12):
        write_video(folder / f'{frames}.mp4', np.zeros((frames, 32, 32, 3), np.uint8))
    (folder / 'broken.mp4').write_bytes(b'no video')
    return [(str(folder / name), 0) for name in ('9.mp4', '4.mp4', '12.mp4', 'broken.mp4')]


@pytest.mark.parametrize(('span', 'short'), [(12, [9, 4]), (9, [4]), (4, []), (1, []), (0, [])])
def test_videos_with_fewer_frames_than_a_clip_are_found(videos, span, short):
    assert [frames for _, frames in short_videos(videos, span, 10)] == short


def test_one_line_has_their_number_the_span_and_the_shortest(videos, capsys):
    warn_of_short('net', 10, videos, None)
    printed = capsys.readouterr().out
    assert printed.count('\n') == 1
    assert 'a clip of net spans 10 frames, and 2 of 4 test videos have fewer' in printed
    assert '4.mp4 (4)' in printed and '--clip' in printed
    warn_of_short('net', 4, videos, None)
    assert capsys.readouterr().out == ''
