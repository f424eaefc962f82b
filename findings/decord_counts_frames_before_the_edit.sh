#!/usr/bin/env bash
# decord counts frames that an .mp4 file's edit list cuts off, and jumps back in time behind them.
#
# Versions: decord 0.6.0, PyAV 16.1.0 (to make the video), NumPy 2.2.6, Python 3.10 to 3.12.
#
# A video that is cut without encoding it again starts at a key frame, and its edit list (ISO/IEC
# 14496-12, 8.6.6) says from which frame on it is shown. FFmpeg and players honour it. decord's
# length counts the frames from the key frame on, its first index is the first frame shown all the
# same, and at the next key frame the two ways to count meet: a clip jumps back in time.
#
# Seen (the script fails where it sees something else):
#   frames, FFmpeg: 23  decord: 28
#   every second frame, FFmpeg: [17, 19, 21, 23, 25, 27, 29, 31, 33, 35, 37]
#   every second frame, decord: [17, 19, 21, 23, 25, 27, 24, 26, 28, 30, 32]
#
# So clips cut with `-c copy` are encoded again before decord reads them, or read with something
# else.
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


def write(path, first):
    """Write 40 frames, shown from number ``first`` on: what has a negative time is cut off."""
    with av.open(path, 'w', options={'avoid_negative_ts': 'disabled'}) as file:
        stream = file.add_stream('libx264', rate=25, options={'bf': '0', 'sc_threshold': '0'})
        stream.width, stream.height, stream.pix_fmt = 96, 48, 'yuv420p'
        stream.codec_context.gop_size = 12
        for number in range(40):
            frame = av.VideoFrame.from_ndarray(picture(number), format='rgb24')
            frame.pts = number - first
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


path = write(f'{sys.argv[1]}/cut.mp4', 17)
with av.open(path) as file:
    shown = [number_in(frame.to_ndarray(format='rgb24')) for frame in file.decode(video=0)]
reader = VideoReader(path, num_threads=1)
found = [number_in(frame) for frame in reader.get_batch(range(0, 22, 2)).asnumpy()]
print('frames, FFmpeg:', len(shown), ' decord:', len(reader))
print('every second frame, FFmpeg:', shown[0:22:2])
print('every second frame, decord:', found)
assert shown == list(range(17, 40))
assert len(reader) > len(shown) and found != shown[0:22:2], 'the behaviour has changed'
PYTHON
timeout 120 "$folder/venv/bin/python" "$folder/finding.py" "$folder"
