#!/usr/bin/env bash
# decord gives frames of the start of an .avi file for indices far behind it.
#
# Versions: decord 0.6.0, PyAV 16.1.0 (to make the video), NumPy 2.2.6, Python 3.10 to 3.12.
#
# MPEG-4 with B-frames in .avi is what datasets of the 2000s are made of. `VideoReader[i]` seeks
# with `seek_accurate`, and `get_batch` is said to handle seeking internally, so one expects frame
# i for index i, as in other files. But an .avi file has no timestamps. Read one after another, all
# frames are right. With gaps, as clips are sampled for training, the frames of the start come
# again in the middle of the clip; nothing is said. Without B-frames all is well.
#
# Seen (the script fails where it sees something else):
#   asked:            [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30]
#   without B-frames: [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30]
#   with B-frames:    [0, 2, 4, 6, 8, 0, 2, 4, 6, 8, 10, 24, 26, 28, 30, 32]
#   with B-frames, one after another: right
#
# So such files are read in order, or with another reader.
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


def write(path, b_frames):
    with av.open(path, 'w') as file:
        stream = file.add_stream('mpeg4', rate=25, options={'bf': b_frames})
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
without = write(f'{sys.argv[1]}/without.avi', '0')
with_them = write(f'{sys.argv[1]}/with.avi', '2')
print('asked:           ', asked)
print('without B-frames:', right := read(without, asked))
print('with B-frames:   ', found := read(with_them, asked))
print('with B-frames, one after another:', 'right' if read(with_them, every) == every else 'wrong')
assert right == asked and read(with_them, every) == every
assert found[:5] == asked[:5] and found[5] == 0, 'the behaviour has changed'
PYTHON
timeout 120 "$folder/venv/bin/python" "$folder/finding.py" "$folder"
