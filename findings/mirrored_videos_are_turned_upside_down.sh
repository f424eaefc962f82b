#!/usr/bin/env bash
# A mirrored video is turned upside down by what turns videos upright.
#
# Versions: PyAV 16.1.0 (FFmpeg 8.0), OpenCV 4.11.0.86 (4.14.0.94 and 5.0.0.93 do the same), NumPy
# 2.2.6, Python 3.10 to 3.12.
#
# The display matrix of an .mp4 file (ISO/IEC 14496-12, 8.3.2) turns pictures, or mirrors them: a
# front camera may store what one sees in a mirror, with a matrix that swaps left and right. PyAV
# offers the matrix as `frame.rotation`, in degrees, and OpenCV applies it with
# CAP_PROP_ORIENTATION_AUTO. Neither knows mirrors: swapping left and right becomes half a turn,
# and swapping up and down becomes nothing. One would expect the mirrored picture, or else the
# stored one, not a person standing on the head.
#
# Seen (the script fails where it sees something else):
#   half a turn: PyAV says -180 degrees
#     corners expected: [40.0, 110.0, 180.0, 250.0]  OpenCV: [40.0, 110.0, 180.0, 250.0]
#   left and right: PyAV says -180 degrees
#     corners expected: [180.0, 250.0, 40.0, 110.0]  OpenCV: [40.0, 110.0, 180.0, 250.0]
#   up and down: PyAV says 0 degrees
#     corners expected: [110.0, 40.0, 250.0, 180.0]  OpenCV: [250.0, 180.0, 110.0, 40.0]
#
# So the matrix itself is to be read: its determinant is negative where it mirrors.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install \
    av==16.1.0 opencv-python-headless==4.11.0.86 numpy==2.2.6
cat >"$folder/finding.py" <<'PYTHON'
import struct
import sys
from pathlib import Path

import av
import cv2
import numpy as np

CORNERS = np.kron([[250, 180], [110, 40]], np.ones((24, 48)))  # left to right, top to bottom
path = Path(sys.argv[1], 'video.mp4')
with av.open(str(path), 'w') as file:
    stream = file.add_stream('libx264', rate=25)
    stream.width, stream.height, stream.pix_fmt = 96, 48, 'yuv420p'
    for number in range(3):
        picture = np.repeat(CORNERS[..., None], 3, 2).astype(np.uint8)
        frame = av.VideoFrame.from_ndarray(picture, format='rgb24')
        frame.pts = number
        file.mux(stream.encode(frame))
    file.mux(stream.encode(None))
stored = path.read_bytes()


def with_matrix(a, d, x, y):
    """Let the x axis go to (a, 0), the y axis to (0, d), and the origin to (x, y)."""
    place = stored.index(b'tkhd') + 44
    one = 1 << 16
    matrix = struct.pack('>9i', a * one, 0, 0, 0, d * one, 0, x * one, y * one, 1 << 30)
    path.write_bytes(stored[:place] + matrix + stored[place + len(matrix) :])
    return str(path)


def corners(picture):
    return [round(float(picture[y, x].mean()), -1) for y in (12, 36) for x in (24, 72)]


TURNS = {
    'half a turn': ((-1, -1, 96, 48), np.s_[::-1, ::-1]),
    'left and right': ((-1, 1, 96, 0), np.s_[:, ::-1]),
    'up and down': ((1, -1, 0, 48), np.s_[::-1]),
}
for name, (matrix, expected) in TURNS.items():
    video = with_matrix(*matrix)
    with av.open(video) as file:
        rotation = next(file.decode(video=0)).rotation
    capture = cv2.VideoCapture(video, cv2.CAP_FFMPEG)
    capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
    seen = corners(capture.read()[1])
    print(f'{name}: PyAV says {rotation} degrees')
    print('  corners expected:', corners(CORNERS[expected]), ' OpenCV:', seen)
    if name == 'left and right':
        assert rotation in (-180, 180) and seen == corners(CORNERS[::-1, ::-1]), 'it has changed'
    elif name == 'up and down':
        assert rotation == 0 and seen == corners(CORNERS), 'it has changed'
    else:
        assert rotation in (-180, 180) and seen == corners(CORNERS[expected])
PYTHON
"$folder/venv/bin/python" "$folder/finding.py" "$folder"
