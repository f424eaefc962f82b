"""Frames by their numbers are those of decoding the whole file in order."""

import av
import numpy as np
import pytest

from helpers.numbered import (
    FRAMES,
    KINDS,
    cover_and_film,
    damage,
    damage_payload,
    draw,
    encode,
    encode_two_sizes,
    read_number,
    sequential,
    without_reordering,
)
from helpers.running import SHARED
from helpers.told_once import (
    encoder_once,
    film_grain_once,
    joined_in_an_open_group,
    jpeg_tables_once,
    old_x264,
)
from mmdebias.video import (
    VideoIndex,
    VideoReadError,
    count_frames,
    each_frame,
    find_index,
    read_frames,
    read_parts,
    reading,
)
from mmdebias.video.index import index_video, proven_index, reordering
from mmdebias.video.pixels import Converter

av.logging.set_level(av.logging.PANIC)

# Which kinds are not sought, for their packets do not say for sure what is shown when.
COUNTED = {
    'H.264 in .avi', 'H.264 in .ts', 'H.264, cut', 'H.264, cut, in .mkv', 'H.264, cut, in .ts',
    'H.264, open groups, cut', 'H.264, open groups, in .ts', 'H.265, open groups, cut',
    'H.265, open groups, in .ts', 'MPEG-1', 'MPEG-2', 'MPEG-2 in .ts', 'MPEG-4 with B-frames',
    'MPEG-4 with B-frames in .avi', 'MPEG-4 with B-frames in .mkv', 'VP8, hidden frames',
    'MPEG-4 with B-frames, irregular times, in .avi',
    'MPEG-4, packed B-frames, in .avi', 'Windows Media', 'H.264, another setup told once',
    'H.264, another setup told once, in .mkv',
}  # fmt: skip


def clips(total, stride, starts):
    """Clips of 16 frames, cut off at the end of the video."""
    return [
        [frame for frame in range(start, start + 16 * stride, stride) if frame < total]
        for start in starts
    ]


@pytest.fixture(scope='module', params=KINDS)
def kind(request, tmp_path_factory):
    """The name of a kind, a file of it, and all its frames."""
    ending, write = KINDS[request.param]
    path = write(tmp_path_factory.mktemp('kind') / f'video{ending}')
    return request.param, path, sequential(path)


def test_every_clip_is_that_of_decoding_in_order(kind):
    _, path, frames = kind
    for stride in (1, 2, 4):
        for clip in clips(len(frames), stride, range(0, len(frames), 3)):
            np.testing.assert_array_equal(read_frames(path, clip), frames[clip])


def test_the_number_of_frames_is_that_of_decoding_in_order(kind):
    _, path, frames = kind
    assert count_frames(path) == len(frames)


def test_frames_are_sought_where_that_is_sure(kind):
    name, path, _ = kind
    assert bool(find_index(path).doubt) == (name in COUNTED)


@pytest.mark.parametrize(
    'ending, write',
    [
        ('.avi', jpeg_tables_once),
        ('.mkv', encoder_once),
        ('.mp4', old_x264),
        ('.mp4', film_grain_once),
    ],
)
def test_what_the_first_packet_says_holds_for_all_frames(ending, write, tmp_path):
    path = write(tmp_path / f'video{ending}')
    frames = sequential(path)
    assert find_index(path).doubt == 'key frames that need what an earlier one says'
    for clip in clips(len(frames), 1, range(0, len(frames), 7)):
        np.testing.assert_array_equal(read_frames(path, clip), frames[clip])


@pytest.mark.parametrize('ending', ['.mp4', '.mkv'])
def test_parts_joined_in_an_open_group(ending, tmp_path):
    path = joined_in_an_open_group(tmp_path / f'video{ending}')
    frames = sequential(path)
    assert 'order' in find_index(path).doubt
    assert count_frames(path) == len(frames)
    np.testing.assert_array_equal(read_frames(path, range(0, len(frames), 5)), frames[::5])


@pytest.mark.parametrize('folder', ['numbered', 'videos'])
def test_given_files(folder):
    if not (SHARED / folder).exists():
        pytest.skip(f'{SHARED / folder} is missing: it is not part of the repository')
    for path in sorted((SHARED / folder).iterdir()):
        if path.suffix in ('.md', '.py'):
            continue
        index = find_index(path)
        # Some are turned, and some have BT.709's colours.
        convert = Converter(index.upright, index.width, index.height).rgb
        frames = sequential(path, convert)
        starts = range(0, len(frames), max(len(frames) // 3, 1))
        for stride in (1, 4):
            for clip in clips(len(frames), stride, starts):
                np.testing.assert_array_equal(read_frames(path, clip), frames[clip], str(path))
        assert count_frames(path) == len(frames), path


def test_frames_in_any_order_with_repeats(video):
    wanted = [30, 3, 3, 17, 0, 39, 3]
    assert [read_number(frame) for frame in read_frames(video, wanted)] == wanted


def test_no_frames(video):
    assert read_frames(video, []).shape == (0, 80, 112, 3)


@pytest.mark.parametrize('number', [FRAMES, -1])
def test_a_frame_beyond_the_end_is_an_error_that_says_how_many_there_are(video, number):
    with pytest.raises(IndexError, match=rf'video.mp4 has 40 frame\(s\).* frame {number} was'):
        read_frames(video, [0, number])


@pytest.mark.parametrize('box', [(0, 0, 112, 80), (7, 11, 40, 33), (51, 0, 112, 9), (4, 6, 5, 7)])
@pytest.mark.parametrize('kind', ['H.264', 'full range', '4:4:4', '10 bit', 'odd sizes, 4:2:0'])
def test_a_part_has_the_pixels_of_the_whole_frame(kind, box, tmp_path):
    ending, write = KINDS[kind]
    path = write(tmp_path / f'video{ending}')
    whole = read_frames(path, [5])[0]
    x1, y1, x2, y2 = box = (*box[:2], min(box[2], whole.shape[1]), min(box[3], whole.shape[0]))
    (part,) = read_parts(path, [(5, box)])
    np.testing.assert_array_equal(part, whole[y1:y2, x1:x2])


def test_a_title_that_is_not_utf8(tmp_path):
    path = encode(tmp_path / 'video.avi', 'mpeg4', title='caf\u00e9'.encode().decode())
    path.write_bytes(path.read_bytes().replace('caf\u00e9'.encode(), b'caf\xe9\xff'))
    if int(av.__version__.split('.')[0]) < 19:
        with pytest.raises(UnicodeDecodeError):
            av.open(str(path))
    assert read_number(read_frames(path, [7])[0]) == 7


def test_a_name_with_a_colon_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    encode('file:clip 1:2.mp4', 'libx264')
    assert read_number(read_frames('clip 1:2.mp4', [7])[0]) == 7


def test_the_cover_is_not_the_film(tmp_path):
    path = cover_and_film(tmp_path / 'song.mp4', film_frames=5)
    assert count_frames(path) == 5
    assert read_frames(path, [4]).shape == (1, 32, 32, 3)


def test_a_file_that_changes_is_indexed_again(tmp_path):
    path = encode(tmp_path / 'video.mp4', 'libx264', frames=10)
    assert count_frames(path) == 10
    encode(path, 'libx264', frames=20)
    assert count_frames(path) == 20


def test_damage_that_only_the_decoder_sees_is_counted_around(tmp_path, video):
    """A damaged frame in the middle of a group is concealed or left out, as in order."""
    path = damage_payload(tmp_path / 'damaged.mp4', video, range(13, 19))
    frames = sequential(path)
    assert not find_index(path).doubt
    np.testing.assert_array_equal(read_frames(path, range(12, 20)), frames[12:20])
    assert find_index(path).doubt and count_frames(path) == len(frames)


HEADERS = {'H.264', 'H.264 in .mkv', 'H.264, open groups', 'H.265', 'AV1'}


@pytest.mark.parametrize('kind', sorted(HEADERS))
def test_a_damaged_header_is_seen_without_decoding(kind, tmp_path):
    """A decoder leaves the frame out, and all that stand behind it have other numbers."""
    ending, write = KINDS[kind]
    whole = write(tmp_path / f'whole{ending}')
    first = {'.mkv': 8, '.mp4': 4}[ending]
    path = damage(tmp_path / f'video{ending}', whole, 15, 0 if kind == 'AV1' else first, 2)
    index = index_video(path)
    assert index.doubt and index.frames == len(sequential(path)) < FRAMES


@pytest.fixture
def without_its_end(tmp_path):
    """An AV1 file that says how many frames it has, and one whose damage only decoding tells."""
    whole = KINDS['AV1'][1](tmp_path / 'whole.mp4')
    return damage_payload(tmp_path / 'video.mp4', whole, range(31, 39))


def test_a_recount_is_told_once_it_is_known(without_its_end):
    frames = sequential(without_its_end)
    assert count_frames(without_its_end) == FRAMES > len(frames)
    with pytest.warns(UserWarning, match=rf'has {len(frames)} frames and not 40, as its packets'):
        found = list(each_frame(without_its_end))
    np.testing.assert_array_equal(np.stack(found), frames)
    assert count_frames(without_its_end) == len(frames)
    np.testing.assert_array_equal(read_frames(without_its_end, [9, 2]), frames[[9, 2]])


@pytest.mark.parametrize('content, message', [(b'', 'cannot be opened'), (b'text' * 99, 'cannot')])
def test_what_is_no_video(tmp_path, content, message):
    path = tmp_path / 'video.mp4'
    path.write_bytes(content)
    with pytest.raises(VideoReadError, match=f'video.mp4 {message}'):
        read_frames(path, [0])


def test_sound_only(tmp_path):
    path = tmp_path / 'sound.mp4'
    with av.open(str(path), 'w') as file:
        stream = file.add_stream('aac', rate=8000)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), 'fltp', 'mono')
        sound.rate = 8000
        file.mux(stream.encode(sound))
        file.mux(stream.encode(None))
    with pytest.raises(VideoReadError, match='no video stream'):
        count_frames(path)


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'gone\.mp4 is missing'):
        count_frames(tmp_path / 'gone.mp4')


@pytest.mark.parametrize('box', [(-1, 0, 9, 9), (0, 0, 113, 9), (4, 4, 4, 9), (0, 9, 5, 3)])
def test_a_box_beyond_the_frame_is_refused(video, box):
    with pytest.raises(ValueError, match=r'no part of the frames of .* 112 wide and 80 high'):
        read_parts(video, [(0, box)])


def test_frames_are_told_by_whole_numbers(video):
    with pytest.raises(TypeError, match='float64'):
        read_frames(video, [0.9])


def test_a_folder_is_no_video(tmp_path):
    with pytest.raises(VideoReadError, match='is no file'):
        count_frames(tmp_path)


def test_a_file_replaced_while_it_is_indexed_is_indexed_again(tmp_path, monkeypatch):
    path = encode(tmp_path / 'video.mp4', 'libx264', frames=10)
    real = reading.index_video

    def replaced_meanwhile(name):
        index = real(name)
        encode(path, 'libx264', frames=20)
        return index

    monkeypatch.setattr(reading, 'index_video', replaced_meanwhile)
    count_frames(path)
    monkeypatch.setattr(reading, 'index_video', real)
    assert count_frames(path) == 20


def test_a_cover_whose_flag_is_lost_is_not_the_film(tmp_path):
    path = tmp_path / 'film.mp4'
    with av.open(str(path), 'w') as file:
        streams = [file.add_stream('mjpeg', rate=1), file.add_stream('libx264', rate=25)]
        for stream, pix_fmt in zip(streams, ('yuvj420p', 'yuv420p')):
            stream.width, stream.height, stream.pix_fmt = 64, 48, pix_fmt
        for stream, count in zip(streams, (1, 40)):
            for number in range(count):
                frame = av.VideoFrame.from_ndarray(draw(number, 64, 48), 'rgb24')
                frame = frame.reformat(format=stream.pix_fmt)
                frame.pts = number
                file.mux(stream.encode(frame))
            file.mux(stream.encode(None))
    assert count_frames(path) == 40


def test_key_frames_that_are_not_shown_do_not_make_the_others_key_frames():
    """As many key frames as shown frames, the first of them before the edit."""
    facts = dict(frames=2, width=64, height=48, fps=25, codec='mpeg4', container='mov')
    shown = np.array([8, 12])
    assert not VideoIndex(**facts, pts=shown, key_pts=np.array([0, 8])).intra
    assert VideoIndex(**facts, pts=shown, key_pts=shown).intra


def test_damage_inside_a_packet_is_found_by_decoding_it_all(tmp_path, video):
    path = damage_payload(tmp_path / 'damaged.mp4', video, range(13, 19))
    index = proven_index(path)
    assert not index_video(path).doubt
    assert index.doubt and index.frames == len(sequential(path))
    assert not proven_index(video).doubt


def test_sizes_that_change_are_found_by_decoding_it_all(tmp_path, video):
    path = encode_two_sizes(tmp_path / 'video.avi', 'mpeg4')
    assert proven_index(path).changes_size and not proven_index(video).changes_size
    assert [read_number(frame) for frame in read_frames(path, [3, 39])] == [3, 39]


@pytest.mark.parametrize(
    'pts, held_back',
    [([0, 1, 2], 0), ([0, 2, 1, 4, 3], 1), ([0, 4, 2, 1, 3, 8, 6, 5, 7], 2), ([3, 2, 1, 0], 3)],
)
def test_how_many_frames_are_held_back(pts, held_back):
    assert reordering(pts) == held_back


@pytest.mark.parametrize('ending', ['.mkv', '.mp4'])
def test_a_decoder_that_learns_late_how_far_frames_are_reordered(ending, tmp_path):
    """It guesses from the beginning, and drops a frame where it finds that more are held back."""
    told = encode(
        tmp_path / f'told{ending}', 'libx264', frames=61, gop=200,
        kinds='I' + 20 * 'BP' + 5 * 'BBBP',
        options={'bf': '3', 'profile': 'main', 'x264-params': 'b-adapt=0:b-pyramid=normal'},
    )  # fmt: skip
    with av.open(str(told)) as file:
        setup = file.streams.video[0].codec_context.extradata
    path = tmp_path / f'untold{ending}'
    path.write_bytes(without_reordering(told.read_bytes(), setup))
    frames = sequential(path)
    assert count_frames(path) == len(frames)
    np.testing.assert_array_equal(read_frames(path, [7, 50]), frames[[7, 50]])
    if ending == '.mkv':  # .mp4 tells by the times of decoding
        assert len(frames) == 60 and 'reordered' in find_index(path).doubt
    assert count_frames(told) == 61 and not find_index(told).doubt
