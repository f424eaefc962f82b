#!/usr/bin/env bash
# decord gives videos that are 16, 24, 48 or 72 pixels wide four or six channels.
#
# Versions: decord 0.6.0, PyAV 16.1.0 (to make the videos), NumPy 2.2.6, Python 3.10 to 3.12.
#
# decord documents frames of height x width x 3. FFmpeg fills rows of pixels up to a size that is
# good for memory, and decord takes the filled row for the picture where its size is a whole
# multiple of the width: the filling becomes channels, and all pixels behind the first are out of
# place. `get_batch` raises an error about sizes that do not match. Of the even widths up to 700,
# these four are affected: sizes that one takes for tests and tiny models.
#
# Seen (the script fails where it sees something else):
#   16 wide: one frame (48, 16, 6), a batch an error
#   24 wide: one frame (48, 24, 4), a batch an error
#   48 wide: one frame (48, 48, 4), a batch an error
#   72 wide: one frame (48, 72, 4), a batch an error
#   32 wide: one frame (48, 32, 3), a batch (1, 48, 32, 3)
#   40 wide: one frame (48, 40, 3), a batch (1, 48, 40, 3)
#   64 wide: one frame (48, 64, 3), a batch (1, 48, 64, 3)
#   80 wide: one frame (48, 80, 3), a batch (1, 48, 80, 3)
#
# So tiny videos for tests are 32 or 64 pixels wide.
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
from decord import DECORDError, VideoReader


def write(path, width):
    with av.open(path, 'w') as file:
        stream = file.add_stream('mpeg4', rate=25)
        stream.width, stream.height, stream.pix_fmt = width, 48, 'yuv420p'
        for number in range(3):
            picture = np.full((48, width, 3), 50 * number, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format='rgb24')
            frame.pts = number
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


found = {}
for width in (16, 24, 48, 72, 32, 40, 64, 80):
    path = write(f'{sys.argv[1]}/video.mp4', width)
    shape = VideoReader(path, num_threads=1)[0].shape
    try:
        batch = VideoReader(path, num_threads=1).get_batch([0]).shape
    except DECORDError:
        batch = 'an error'
    found[width] = shape[2]
    print(f'{width} wide: one frame {shape}, a batch {batch}')
    assert batch == ('an error' if width in (16, 24, 48, 72) else (1, *shape))
expected = {16: 6, 24: 4, 48: 4, 72: 4, 32: 3, 40: 3, 64: 3, 80: 3}
assert found == expected, 'the behaviour has changed'
PYTHON
timeout 120 "$folder/venv/bin/python" "$folder/finding.py" "$folder"
