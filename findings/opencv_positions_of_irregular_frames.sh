#!/usr/bin/env bash
# OpenCV counts frames that do not exist and misses those asked for where frames come irregularly.
#
# Versions: OpenCV 4.11.0.86 and PyAV 16.1.0 (to make the videos), NumPy 2.2.6, Python 3.10 to
# 3.12.
#
# Phones and screen recorders write frames when there are some. CAP_PROP_FRAME_COUNT is documented
# as the number of frames, CAP_PROP_POS_FRAMES as the index of the frame that is read next. Both
# are made of times and the average rate. From an .mp4 file the count is right and the positions
# are not: the file below has 20 frames of 1/25 s and 20 of 5/25 s, and its last quarter cannot be
# reached. From an .mkv file of the same frames it is the count that is wrong.
#
# Seen (the script fails where it sees something else):
#   .mp4: frames 40, counted 40, asked [0, 5, 10, 15, 20, 25, 30, 35]
#         came [0, 5, 10, 15, 25, 35, None, None]
#   .mkv: frames 40, counted 116, asked [0, 5, 10, 15, 20, 25, 30, 35]
#         came [0, 5, 10, 15, 20, 25, 30, 35]
#
# So frames are counted by reading, or known by their times.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install \
    av==16.1.0 opencv-python-headless==4.11.0.86 numpy==2.2.6
cat >"$folder/finding.py" <<'PYTHON'
import sys

import av
import cv2
import numpy as np


def picture(number):
    """Draw a number below 64 as six bars, the lowest bit leftmost."""
    bars = np.repeat([255 * (number >> bit & 1) for bit in range(6)], 16)
    return np.broadcast_to(bars[:, None], (48, 96, 3)).astype(np.uint8)


def number_in(frame):
    bars = frame[16:32].mean((0, 2)).reshape(6, 16)[:, 4:12].mean(1)
    return sum(int(bar > 127) << bit for bit, bar in enumerate(bars))


def write(path):
    with av.open(path, 'w') as file:
        stream = file.add_stream('libx264', rate=25, options={'bf': '0'})
        stream.width, stream.height, stream.pix_fmt = 96, 48, 'yuv420p'
        stream.codec_context.gop_size = 12
        for number in range(40):
            frame = av.VideoFrame.from_ndarray(picture(number), format='rgb24')
            frame.pts = number + 4 * max(number - 20, 0)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def in_order(path):
    capture, frames = cv2.VideoCapture(path, cv2.CAP_FFMPEG), []
    while (read := capture.read())[0]:
        frames.append(number_in(read[1]))
    return frames


def sought(path, index):
    capture = cv2.VideoCapture(path, cv2.CAP_FFMPEG)
    capture.set(cv2.CAP_PROP_POS_FRAMES, index)
    came, frame = capture.read()
    return number_in(frame) if came else None


asked = list(range(0, 40, 5))
counts, found = {}, {}
for ending in ('mp4', 'mkv'):
    path = write(f'{sys.argv[1]}/video.{ending}')
    assert in_order(path) == list(range(40))
    counts[ending] = int(cv2.VideoCapture(path, cv2.CAP_FFMPEG).get(cv2.CAP_PROP_FRAME_COUNT))
    found[ending] = [sought(path, index) for index in asked]
    print(f'.{ending}: frames 40, counted {counts[ending]}, asked {asked}')
    print('      came', found[ending])
assert counts['mp4'] == 40 and found['mp4'] != asked, 'the behaviour has changed'
assert counts['mkv'] != 40, 'the behaviour has changed'
PYTHON
"$folder/venv/bin/python" "$folder/finding.py" "$folder"
