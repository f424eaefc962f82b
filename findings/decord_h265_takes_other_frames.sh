#!/usr/bin/env bash
# decord gives later frames of an H.265 video than those asked for.
#
# Versions: decord 0.6.0, PyAV 16.1.0 with x265 4.1 (to make the video), NumPy 2.2.6, Python 3.10
# to 3.12.
#
# x265 opens its groups by default: frames that are shown before a key frame come behind it in the
# file and need frames from before it. Every player shows such an .mp4 as it should be, and
# decord's `get_batch` and `seek_accurate` promise the frame of an index. With gaps, as clips are
# sampled for training, what is shown just before a key frame is left out and the clip stays ahead
# from there on. Read one after another, or with closed groups (open-gop=0), all frames are right.
#
# Seen (the script fails where it sees something else):
#   asked:                [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30]
#   closed groups:        [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30]
#   open groups:          [0, 2, 4, 6, 8, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32]
#   open groups, FFmpeg:  [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30]
#   open groups, in order: right
#
# So H.265 is encoded with open-gop=0 for decord, or read with something else.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install \
    decord==0.6.0 av==16.1.0 numpy==2.2.6
cat >"$folder/finding.py" <<'PYTHON'
import sys

import av
import numpy as np
from decord import VideoReader


def picture(number):
    """Draw a number below 64 as six bars, the lowest bit leftmost."""
    bars = np.repeat([255 * (number >> bit & 1) for bit in range(6)], 16)
    return np.broadcast_to(bars[:, None], (48, 96, 3)).astype(np.uint8)


def number_in(frame):
    bars = frame[16:32].mean((0, 2)).reshape(6, 16)[:, 4:12].mean(1)
    return sum(int(bar > 127) << bit for bit, bar in enumerate(bars))


def write(path, parameters):
    with av.open(path, 'w') as file:
        options = {'x265-params': f'log-level=none:keyint=12:min-keyint=12{parameters}'}
        stream = file.add_stream('libx265', rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 96, 48, 'yuv420p'
        for number in range(40):
            frame = av.VideoFrame.from_ndarray(picture(number), format='rgb24')
            frame.pts = number
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def read(path, indices):
    batch = VideoReader(path, num_threads=1).get_batch(indices).asnumpy()
    return [number_in(frame) for frame in batch]


asked, every = list(range(0, 32, 2)), list(range(40))
closed = write(f'{sys.argv[1]}/closed.mp4', ':open-gop=0')
opened = write(f'{sys.argv[1]}/open.mp4', '')
with av.open(opened) as file:
    shown = [number_in(frame.to_ndarray(format='rgb24')) for frame in file.decode(video=0)]
print('asked:               ', asked)
print('closed groups:       ', right := read(closed, asked))
print('open groups:         ', found := read(opened, asked))
print('open groups, FFmpeg: ', shown[0:32:2])
print('open groups, in order:', 'right' if read(opened, every) == every else read(opened, every))
assert shown == every and right == asked
assert found != asked, 'the behaviour has changed'
PYTHON
timeout 120 "$folder/venv/bin/python" "$folder/finding.py" "$folder"
