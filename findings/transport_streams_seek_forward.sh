#!/usr/bin/env bash
# Seeking in a transport stream (.ts) lands behind the frame, where nothing can be decoded.
#
# Versions: PyAV 16.1.0 (FFmpeg 8.0), OpenCV 4.11.0.86, decord 0.6.0, NumPy 2.2.6, Python 3.10 to
# 3.12.
#
# PyAV's `seek` says that by default it looks backwards for a key frame if there is none at the
# given time, and that one decodes from there to the frame wanted. FFmpeg's flags say the same. In
# .ts files it lands on whatever packet has about that time. The decoder drops everything up to the
# next key frame without an error, so the frames up to it never come: not even the first frame,
# sought by its own time. Behind the last key frame nothing comes at all. OpenCV, which seeks with
# FFmpeg, gives wrong frames for CAP_PROP_POS_FRAMES, and decord for its indices: 0 is not the
# first frame. In .mkv the same video is sought as documented.
#
# Seen (the script fails where it sees something else):
#   asked:        [0, 5, 11, 15, 20, 30, 39]
#   mkv:          [0, 5, 11, 15, 20, 30, 39]
#   mkv, OpenCV:  [0, 5, 11, 15, 20, 30, 39]
#   mkv, decord:  [0, 5, 11, 15, 20, 30, 39]
#   ts:           [12, 12, 24, 24, 24, 36, None]
#   ts, OpenCV:   [12, 13, 13, 15, 20, 30, 39]
#   ts, decord:   [12, 17, 23, 27, 32, 39, 30]
#
# So a .ts file is read from its start, or its packets are copied to another container first.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install \
    av==16.1.0 opencv-python-headless==4.11.0.86 decord==0.6.0 numpy==2.2.6
cat >"$folder/finding.py" <<'PYTHON'
import sys

import av
import cv2
import numpy as np
from decord import VideoReader


def picture(number):
    """Draw a number below 64 as six bars, the lowest bit leftmost."""
    bars = np.repeat([255 * (number >> bit & 1) for bit in range(6)], 16)
    return np.broadcast_to(bars[:, None], (48, 96, 3)).astype(np.uint8)


def number_in(frame):
    bars = frame[16:32].mean((0, 2)).reshape(6, 16)[:, 4:12].mean(1)
    return sum(int(bar > 127) << bit for bit, bar in enumerate(bars))


def write(path, codec, options):
    with av.open(path, 'w') as file:
        stream = file.add_stream(codec, rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 96, 48, 'yuv420p'
        stream.codec_context.gop_size = 12
        for number in range(40):
            frame = av.VideoFrame.from_ndarray(picture(number), format='rgb24')
            frame.pts = number
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def times(path):
    with av.open(path) as file:
        return [frame.pts for frame in file.decode(video=0)]


def sought(path, time):
    """The number of the first frame at or behind a time, as the documentation says to find it."""
    with av.open(path) as file:
        stream = file.streams.video[0]
        file.seek(time, stream=stream)
        for frame in file.decode(stream):
            if frame.pts >= time:
                return number_in(frame.to_ndarray(format='rgb24'))
    return None


def opencv(path, index):
    capture = cv2.VideoCapture(path, cv2.CAP_FFMPEG)
    capture.set(cv2.CAP_PROP_POS_FRAMES, index)
    return number_in(capture.read()[1])


def decord(path, index):
    return number_in(VideoReader(path, num_threads=1)[index].asnumpy())


asked = [0, 5, 11, 15, 20, 30, 39]
found = {}
for ending in ('mkv', 'ts'):
    path = write(f'{sys.argv[1]}/video.{ending}', 'libx264', {'bf': '2', 'sc_threshold': '0'})
    stamps = times(path)
    assert len(stamps) == 40 and stamps == sorted(stamps)
    found[ending] = [sought(path, stamps[number]) for number in asked]
    found[f'{ending}, OpenCV'] = [opencv(path, number) for number in asked]
    found[f'{ending}, decord'] = [decord(path, number) for number in asked]
print('asked:       ', asked)
for name, numbers in found.items():
    print(f'{name}:'.ljust(13), numbers)
assert found['mkv'] == found['mkv, OpenCV'] == found['mkv, decord'] == asked
assert found['ts'][0] and found['ts'][-1] is None, 'the behaviour has changed'
assert found['ts, OpenCV'][0] and found['ts, decord'][0], 'the behaviour has changed'
PYTHON
"$folder/venv/bin/python" "$folder/finding.py" "$folder"
