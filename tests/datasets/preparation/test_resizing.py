"""Resized copies: size, number of frames, content, colours, broken videos, interruptions."""

import av
import cv2
import numpy as np
import pytest

from helpers.miniatures import lines, write_video
from helpers.numbered import FRAMES, cover_and_film, encode, read_number, with_matrix
from mmdebias.datasets.preparation import (
    parse_size,
    prepare,
    resize_video,
    resizing,
    target_size,
)
from mmdebias.video import VideoReadError, count_frames, find_index, read_frames

ENDINGS = ('.avi', '.mp4', '.webm')


def everything(path):
    """All frames of a video, ``[T, H, W, 3]``."""
    return read_frames(path, range(count_frames(path)))


def smaller(frames, width, height):
    """Frames resized by a library that knows nothing of ours, as numbers with a sign."""
    size = (width, height)
    return np.stack([cv2.resize(f, size, interpolation=cv2.INTER_AREA) for f in frames]).astype(int)


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


@pytest.mark.parametrize('codec', resizing.CODECS)
@pytest.mark.parametrize('ending', ENDINGS)
def test_copies_keep_frames_and_rate(ending, codec, tmp_path):
    source = tmp_path / f'source{ending}'
    write_video(source, frames=21, size=(96, 128), fps=12)
    assert resize_video(source, tmp_path / 'small.mp4', 48, codec) == 21
    small = everything(tmp_path / 'small.mp4')
    assert small.shape == (21, 48, 64, 3)
    assert find_index(tmp_path / 'small.mp4').fps == pytest.approx(12)
    # The red square starts at the left and moves on by 2 pixels of 128, 1 of 64, with each frame.
    red = (small[..., 0].astype(int) - small[..., 1] - 30).clip(0)
    centres = (red * np.arange(64)).sum((1, 2)) / red.sum((1, 2))
    # Up to .4: FFmpeg 8 and older ones place colours, stored at half the size, differently.
    np.testing.assert_allclose(centres, 3.5 + np.arange(21), atol=0.45)
    rows = np.nonzero((red > 30).any((0, 2)))[0]
    assert abs(rows[0] - 5) <= 1 and abs(rows[-1] - 12) <= 1
    assert not list(tmp_path.glob('.tmp*'))


def test_copies_can_be_decoded_from_many_frames(real_videos, tmp_path):
    source = real_videos / 'arm_wrestling.mp4'
    for codec, name, distance in (('h264', 'h264', 16), ('mjpeg', 'mjpeg', 1)):
        resize_video(source, tmp_path / f'{codec}.mp4', 32, codec)
        index = find_index(tmp_path / f'{codec}.mp4')
        assert (index.codec, index.frames, index.doubt, index.plain) == (name, 280, '', True)
        keys = np.searchsorted(index.pts, index.key_pts)
        assert np.diff([*keys, 280]).max() == distance


@pytest.mark.slow
def test_motion_jpeg_takes_a_few_times_the_bytes(real_videos, tmp_path):
    """Of three clips, this one compresses best: the others have room."""
    source, sizes = real_videos / 'kinetics_a.mp4', {}
    for size, codec in ((256, 'h264'), (256, 'mjpeg'), (128, 'mjpeg')):
        resize_video(source, tmp_path / 'small.mp4', size, codec)
        sizes[size, codec] = (tmp_path / 'small.mp4').stat().st_size
    assert 3 < sizes[256, 'mjpeg'] / sizes[256, 'h264'] <= 4
    assert 1.5 < sizes[128, 'mjpeg'] / sizes[256, 'h264'] <= 2


# What tells apart how the numbers of a file stand for colours: codec, and arguments of ``encode``.
COLOURS = {
    'limited range': ('libx264', {}),
    'full range': ('libx264', dict(pix_fmt='yuvj420p')),
    'grey': ('libx264', dict(pix_fmt='gray')),
    'grey, full range': ('ffv1', dict(pix_fmt='gray')),
    '10 bit': ('libx264', dict(pix_fmt='yuv420p10le')),
    '4:4:4': ('libx264', dict(pix_fmt='yuv444p')),
    'full range by its tag': ('libx264', dict(colour_range=2)),
    'BT.709': ('libx264', dict(options={'x264-params': 'colormatrix=bt709:colorprim=bt709'})),
    'YCgCo': ('libx264', dict(options={'x264-params': 'colormatrix=YCgCo'})),
    'RGB': ('libx264rgb', dict(pix_fmt='rgb24')),
}


@pytest.fixture(params=COLOURS)
def coloured(request, tmp_path, monkeypatch):
    """A file of every kind of colours; its frames are slopes without an edge, for at edges every
    way to resize differs a little."""

    def draw(number, width, height):
        x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
        return np.stack([x, y, (x + y + 2 * number) / 3], axis=-1).round().astype(np.uint8)

    monkeypatch.setattr('helpers.numbered.draw', draw)
    codec, arguments = COLOURS[request.param]
    return encode(tmp_path / 'source.mkv', codec, size=(448, 320), frames=4, **arguments)


@pytest.mark.parametrize('codec', resizing.CODECS)
@pytest.mark.parametrize('size', [(448, 320), (224, 160)])
def test_copies_keep_brightness_and_colours(coloured, codec, size, tmp_path):
    resize_video(coloured, tmp_path / 'small.mp4', size, codec)
    difference = everything(tmp_path / 'small.mp4') - smaller(everything(coloured), *size)
    assert np.abs(difference).mean() < 2
    with av.open(tmp_path / 'small.mp4') as copy:  # no player is told that YUV is RGB
        assert copy.streams.video[0].codec_context.colorspace != 0


def test_greys_get_no_tinge(tmp_path):
    source = encode(tmp_path / 'source.mp4', 'libx264', pix_fmt='gray', size=(448, 320), frames=4)
    resize_video(source, tmp_path / 'small.mp4', 160, 'mjpeg')
    frames = everything(tmp_path / 'small.mp4')
    assert (frames == frames[..., :1]).all()


@pytest.mark.parametrize('kind', ['limited range', 'full range', 'BT.709'])
def test_copies_keep_range_and_meaning(kind, tmp_path):
    codec, arguments = COLOURS[kind]
    source = encode(tmp_path / 'source.mp4', codec, frames=4, **arguments)
    target = tmp_path / 'small.mp4'
    resize_video(source, target, 40)
    contexts = []
    for path in (source, target):
        with av.open(str(path)) as file:
            context = file.streams.video[0].codec_context
            contexts.append((context.pix_fmt, context.colorspace, context.color_primaries))
    assert contexts[0] == contexts[1]


@pytest.mark.parametrize('codec', resizing.CODECS)
@pytest.mark.parametrize('matrix', [(0, 1, -1, 0), (-1, 0, 0, 1), (0, -1, 1, 0), (1, 0, 0, -1)])
def test_copies_stand_upright(matrix, codec, tmp_path):
    stored = encode(tmp_path / 'stored.mp4', 'libx264', frames=5)
    source = tmp_path / 'source.mp4'
    source.write_bytes(with_matrix(stored.read_bytes(), matrix))
    resize_video(source, tmp_path / 'small.mp4', 40, codec)
    frames = everything(source)
    size = (56, 40) if frames.shape[2] > frames.shape[1] else (40, 56)
    expected, small = smaller(frames, *size), everything(tmp_path / 'small.mp4')
    assert small.shape == expected.shape
    difference = np.abs(small - expected).mean()
    for wrong in (expected[:, ::-1], expected[:, :, ::-1], expected[:, ::-1, ::-1]):
        assert difference < 0.3 * np.abs(small - wrong).mean()
    assert find_index(tmp_path / 'small.mp4').upright == resizing.Orientation()


def test_the_cover_is_not_the_film(tmp_path):
    source = cover_and_film(tmp_path / 'song.mp4', film_frames=5)
    assert resize_video(source, tmp_path / 'small.mp4', 16) == 5
    assert everything(tmp_path / 'small.mp4').shape == (5, 16, 16, 3)


def test_titles_that_are_not_utf8(tmp_path):
    source = encode(tmp_path / 'video.avi', 'mpeg4', title='caf\u00e9')
    source.write_bytes(source.read_bytes().replace('caf\u00e9'.encode(), b'caf\xe9\xff'))
    assert resize_video(source, tmp_path / 'small.mp4', 80) == FRAMES


@pytest.mark.parametrize('codec', resizing.CODECS)
def test_names_with_a_colon_are_files(codec, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    encode('file:clip 1:2.mp4', 'libx264', frames=9)
    assert resize_video('clip 1:2.mp4', 'small 1:2.mp4', 80, codec) == 9
    assert read_number(read_frames('small 1:2.mp4', [7])[0]) == 7


def test_broken_videos_leave_no_copy(tmp_path):
    source = tmp_path / 'broken.mp4'
    source.write_bytes(b'not a video')
    with pytest.raises(VideoReadError, match=r'broken\.mp4 cannot be opened'):
        resize_video(source, tmp_path / 'out/small.mp4', 48)
    assert not list((tmp_path / 'out').iterdir())


def test_a_full_disk_is_an_error_and_leaves_no_copy(tmp_path):
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


def test_a_copy_that_lacks_frames_is_not_taken(tmp_path, monkeypatch):
    write_video(tmp_path / 'source.avi')
    original = resizing._check_whole
    monkeypatch.setattr(resizing, '_check_whole', lambda path, count: original(path, count + 1))
    with pytest.raises(OSError, match='20 of 21 frames were written; is the disk full'):
        resize_video(tmp_path / 'source.avi', tmp_path / 'out/small.mp4', 48)
    assert not list((tmp_path / 'out').iterdir())


def test_damaged_stream_is_read_as_far_as_it_goes(real_videos, tmp_path):
    count = resize_video(real_videos / 'corrupted.mp4', tmp_path / 'small.mp4', 64)
    assert count == count_frames(real_videos / 'corrupted.mp4')
    assert count == count_frames(tmp_path / 'small.mp4')


def test_a_real_rotated_video(real_videos, tmp_path):
    original = everything(real_videos / 'three_frames.mov')
    resize_video(real_videos / 'three_frames.mov', tmp_path / 'small.mp4', 160)
    small = everything(tmp_path / 'small.mp4')
    assert original.shape[1:3] == (568, 320) and small.shape == (3, 284, 160, 3)
    expected = smaller(original, 160, 284)
    upright = np.abs(small - expected).mean()
    assert upright < 0.5 * np.abs(small[:, ::-1, ::-1] - expected).mean()


def test_a_dataset_is_resized(kinetics400, tmp_path):
    recipe, archives, annotations = kinetics400
    folders = {'videos_train': [archives['train']], 'videos_val': [archives['val']]}
    report = prepare(recipe, [annotations], folders, tmp_path, size=(68, 52), workers=2)
    assert report['resize'] == [68, 52]
    (line,) = lines(tmp_path / 'kinetics400_train_list_videos.txt')
    frames = everything(tmp_path / 'videos_train' / line.split()[0])
    assert frames.shape == (20, 52, 68, 3)
    (broken,) = lines(tmp_path / 'unreadable.txt')
    assert '-bbbbbbbbb2_000000_000010' in broken and 'cannot be opened' in broken


def test_interrupted_resizing_goes_on_where_it_stopped(diving48, tmp_path, monkeypatch):
    import importlib

    module = importlib.import_module('mmdebias.datasets.preparation.prepare')
    recipe, videos, annotations = diving48
    made = []

    def resize_until_stopped(source, target, size, codec):
        if len(made) == 2:
            raise KeyboardInterrupt
        made.append(target.name)
        return resize_video(source, target, size, codec)

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


def test_a_missing_encoder_says_what_to_install(diving48, tmp_path, monkeypatch):
    monkeypatch.setattr(av, 'codecs_available', {'mjpeg'})
    with pytest.raises(RuntimeError, match=r"codec='h264': .* libx264: install the wheel"):
        prepare(diving48[0], [diving48[2]], {'videos': [diving48[1]]}, tmp_path / 'o', size=32)
    assert not (tmp_path / 'o').exists()
