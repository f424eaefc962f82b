"""Frames stand, and have the colours, as the file says."""

import av
import numpy as np
import pytest

from helpers.numbered import sequential, with_matrix
from mmdebias.video import read_frames, read_parts
from mmdebias.video.pixels import Converter, Orientation


# Rows of a display matrix: where the x axis and the y axis of the stored frame go, y downwards.
@pytest.mark.parametrize(
    'matrix, expected',
    [
        ((1, 0, 0, 1), lambda frame: frame),
        ((0, 1, -1, 0), lambda frame: np.rot90(frame, -1)),  # a phone upright
        ((-1, 0, 0, -1), lambda frame: np.rot90(frame, 2)),
        ((0, -1, 1, 0), lambda frame: np.rot90(frame, 1)),
        ((-1, 0, 0, 1), lambda frame: frame[:, ::-1]),  # a front camera
        ((1, 0, 0, -1), lambda frame: frame[::-1]),
        ((0, 1, 1, 0), lambda frame: frame.transpose(1, 0, 2)),
    ],
)
def test_frames_stand_as_a_player_shows_them(video, tmp_path, matrix, expected):
    turned = tmp_path / 'turned.mp4'
    turned.write_bytes(with_matrix(video.read_bytes(), matrix))
    stored = sequential(video)[3]
    np.testing.assert_array_equal(read_frames(turned, [3])[0], expected(stored))
    (part,) = read_parts(turned, [(3, (10, 20, 50, 60))])
    np.testing.assert_array_equal(part, expected(stored)[20:60, 10:50])


def test_turning_and_turning_back_is_the_identity():
    frame = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    for turns in range(4):
        turned = Orientation(turns).apply(frame)
        np.testing.assert_array_equal(Orientation(-turns % 4).apply(turned), frame)
        assert turned.shape[1::-1] == Orientation(turns).size(4, 2)


def by_the_formulas(luma, blue, red, weights, full):
    """RGB of luma and chroma (ITU-T H.273, 8.3)."""
    y, b, r = (
        (luma / 255, (blue - 128) / 255, (red - 128) / 255)
        if full
        else ((luma - 16) / 219, (blue - 128) / 224, (red - 128) / 224)
    )
    red_weight, blue_weight = weights
    red, blue = y + 2 * (1 - red_weight) * r, y + 2 * (1 - blue_weight) * b
    green = (y - red_weight * red - blue_weight * blue) / (1 - red_weight - blue_weight)
    return np.clip(255 * np.array([red, green, blue]), 0, 255)


@pytest.mark.parametrize('full', [False, True])
@pytest.mark.parametrize(
    'matrix, weights',
    [
        (None, (0.299, 0.114)),
        (1, (0.2126, 0.0722)),
        (5, (0.299, 0.114)),
        (7, (0.212, 0.087)),
        (9, (0.2627, 0.0593)),
    ],
)
def test_colours_are_those_that_the_file_is_tagged_with(tmp_path, matrix, weights, full):
    planes = (120, 90, 180)
    path = tmp_path / 'video.mp4'
    with av.open(str(path), 'w') as file:
        stream = file.add_stream('libx264', rate=25, options={'crf': '1'})
        stream.width, stream.height, stream.pix_fmt = 64, 48, 'yuv420p'
        if matrix is not None:
            stream.codec_context.colorspace = matrix
        stream.codec_context.color_range = 2 if full else 1
        for number in range(3):
            frame = av.VideoFrame(64, 48, 'yuv420p')
            for plane, value in zip(frame.planes, planes):
                plane.update(bytes([value]) * plane.buffer_size)
            frame.pts = number
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    expected = by_the_formulas(*planes, weights, full)
    (whole,) = read_frames(path, [1])
    (part,) = read_parts(path, [(1, (6, 6, 30, 30))])
    for pixels in (whole[20, 20], part[10, 10]):
        np.testing.assert_allclose(pixels, expected, atol=3)


def test_a_stream_may_change_its_colours():
    def tagged(matrix):
        frame = av.VideoFrame(64, 48, 'yuv420p')
        for plane, value in zip(frame.planes, (120, 90, 180)):
            plane.update(bytes([value]) * plane.buffer_size)
        frame.colorspace, frame.color_range = matrix, 1
        return frame

    one = Converter(Orientation(), 64, 48)
    for matrix, weights in ((1, (0.2126, 0.0722)), (6, (0.299, 0.114)), (1, (0.2126, 0.0722))):
        expected = by_the_formulas(120, 90, 180, weights, False)
        np.testing.assert_allclose(one.rgb(tagged(matrix))[20, 20], expected, atol=3)


def test_ycgco(tmp_path):
    """ITU-T H.273, equations 61 to 64, from green and orange chroma."""
    path = tmp_path / 'video.mp4'
    with av.open(str(path), 'w') as file:
        stream = file.add_stream('libx264', rate=25, options={'crf': '1'})
        stream.width, stream.height, stream.pix_fmt = 64, 48, 'yuv420p'
        stream.codec_context.colorspace = 8
        frame = av.VideoFrame(64, 48, 'yuv420p')
        for plane, value in zip(frame.planes, (120, 100, 150)):
            plane.update(bytes([value]) * plane.buffer_size)
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    luma, green, orange = 104 * 255 / 219, -28 * 255 / 224, 22 * 255 / 224
    expected = [luma - green + orange, luma + green, luma - green - orange]
    (whole,) = read_frames(path, [0])
    (part,) = read_parts(path, [(0, (6, 6, 30, 30))])
    np.testing.assert_allclose(whole[20, 20], expected, atol=2)
    np.testing.assert_array_equal(part, whole[6:30, 6:30])
