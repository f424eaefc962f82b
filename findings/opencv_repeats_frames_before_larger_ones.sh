#!/usr/bin/env bash
# OpenCV gives the last frame again and again where a video's frames become larger.
#
# Versions: OpenCV 4.11.0.86 (FFmpeg's avcodec 59.37.100) and PyAV 16.1.0 (FFmpeg 8.0; makes the
# videos), NumPy 2.2.6, Python 3.11. On files of the same kind 4.12.0.88 does the same, 4.13.0.92
# scales the larger frames to the first size, and in .webm 4.6.0.66 gave each its own size
# (github.com/opencv/opencv-python/issues/1176).
#
# Recorded calls and broadcasts change the size of their frames midway: a key frame of H.264 or VP8
# says its own size. `VideoCapture.read` is documented to give the next frame, or False if there is
# none. Behind a change to a larger size it gives, with True, copies of the last frame before it,
# one for each frame up to the end of the file. The number of frames and CAP_PROP_FRAME_WIDTH and
# _HEIGHT are as if nothing had happened; FFmpeg's scaler writes a line to stderr for each. A clip
# of the second half is a still.
#
# Seen (the script fails where it sees something else), for H.264 in .ts and VP8 in .webm:
#   sizes, PyAV:     [(96, 48), (192, 96)]
#   frames, PyAV:    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
#   sizes, OpenCV:   [(96, 48)], as properties: [(96, 48)]
#   frames, OpenCV:  [0, 1, 2, 3, 4, 5, 5, 5, 5, 5, 5, 5]
#   and six times on stderr: Slice parameters 0, 96 are invalid
#
# So videos whose frames change their size are read by something else, or refused.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install \
    av==16.1.0 opencv-python-headless==4.11.0.86 numpy==2.2.6
cat >"$folder/finding.py" <<'PYTHON'
import sys
from fractions import Fraction

import av
import cv2
import numpy as np

SIZES = (96, 48), (192, 96)


def picture(number, width, height):
    """Draw a number below 64 as six bars, the lowest bit leftmost."""
    bars = np.repeat([255 * (number >> bit & 1) for bit in range(6)], width // 6)
    return np.broadcast_to(bars[:, None], (height, width, 3)).astype(np.uint8)


def number_in(frame):
    height, width = frame.shape[:2]
    columns = frame[height // 3 : height * 2 // 3].mean((0, 2))
    bars = columns.reshape(6, width // 6)[:, width // 24 : width // 8].mean(1)
    return sum(int(bar > 127) << bit for bit, bar in enumerate(bars))


def write(path, codec):
    """Write six frames of each size into one stream."""
    with av.open(path, 'w') as file:
        stream = file.add_stream(codec, rate=25)
        (stream.width, stream.height), stream.pix_fmt = SIZES[0], 'yuv420p'
        for part, (width, height) in enumerate(SIZES):
            encoder = av.CodecContext.create(codec, 'w')
            encoder.width, encoder.height, encoder.pix_fmt = width, height, 'yuv420p'
            encoder.framerate, encoder.time_base, encoder.thread_count = 25, Fraction(1, 25), 1
            packets = []
            for number in range(part * 6, part * 6 + 6):
                frame = av.VideoFrame.from_ndarray(picture(number, width, height), format='rgb24')
                frame = frame.reformat(format='yuv420p')
                frame.pts = number
                packets += encoder.encode(frame)
            for packet in [*packets, *encoder.encode(None)]:
                packet.stream = stream
                file.mux(packet)
    return path


def by_opencv(path):
    """Return the frames that come and the sizes that OpenCV tells with them."""
    capture, frames, told = cv2.VideoCapture(path, cv2.CAP_FFMPEG), [], set()
    while (read := capture.read())[0]:
        frames.append(read[1])
        size = capture.get(cv2.CAP_PROP_FRAME_WIDTH), capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
        told.add(tuple(int(side) for side in size))
    return frames, sorted(told)


def sizes(frames):
    return sorted({frame.shape[1::-1] for frame in frames})


for codec, ending in (('libx264', 'ts'), ('libvpx', 'webm')):
    path = write(f'{sys.argv[1]}/video.{ending}', codec)
    with av.open(path) as file:
        right = [frame.to_ndarray(format='rgb24') for frame in file.decode(video=0)]
    frames, told = by_opencv(path)
    shown, found = [number_in(frame) for frame in right], [number_in(frame) for frame in frames]
    print(f'.{ending}: sizes, PyAV:    ', sizes(right))
    print('frames, PyAV:   ', shown)
    print('sizes, OpenCV:  ', f'{sizes(frames)}, as properties: {told}')
    print('frames, OpenCV: ', found, flush=True)
    assert sizes(right) == list(SIZES) and shown == list(range(12))
    assert sizes(frames) == told == [SIZES[0]], 'the behaviour has changed'
    assert found == [0, 1, 2, 3, 4, 5, 5, 5, 5, 5, 5, 5], 'the behaviour has changed'
    assert all(np.array_equal(frame, frames[5]) for frame in frames[6:]), 'they are not copies'
PYTHON
timeout 120 "$folder/venv/bin/python" "$folder/finding.py" "$folder"
