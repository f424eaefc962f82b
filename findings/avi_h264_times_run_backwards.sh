#!/usr/bin/env bash
# Frames of H.264 in an .avi file come in the right order with times that run backwards.
#
# Versions: PyAV 16.1.0 (FFmpeg 8.0), NumPy 2.2.6, Python 3.10 to 3.12.
#
# FFmpeg documents AVFrame.pts as the time when a frame is to be shown, and decoders give frames in
# the order of showing. An .avi file has no timestamps, so FFmpeg makes them up from the order of
# the packets. For MPEG-4 it looks into the packets and gets them right; for H.264 with B-frames a
# frame has the time of the packet that it came from: as if it were shown when it is decoded.
# `frame.time` has it too. Who sorts frames by their times, or stops at the first that is late
# enough, gets the wrong ones.
#
# Seen (the script fails where it sees something else):
#   mpeg4, times of frames 0 to 11:    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
#   libx264, times of frames 0 to 11:  [1, 3, 4, 2, 6, 7, 5, 9, 10, 8, 12, 11]
#
# So frames of .avi files are counted, not timed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install \
    av==16.1.0 numpy==2.2.6
cat >"$folder/finding.py" <<'PYTHON'
import sys

import av
import numpy as np


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


found = {}
for codec in ('mpeg4', 'libx264'):
    options = {'bf': '2', 'sc_threshold': '0' if codec == 'libx264' else '1000000000'}
    path = write(f'{sys.argv[1]}/video.avi', codec, options)
    with av.open(path) as file:
        frames = list(file.decode(video=0))
    assert [number_in(frame.to_ndarray(format='rgb24')) for frame in frames] == list(range(40))
    found[codec] = [frame.pts for frame in frames]
    print(f'{codec}, times of frames 0 to 11:'.ljust(34), found[codec][:12])
assert found['mpeg4'] == sorted(found['mpeg4'])
assert found['libx264'] != sorted(found['libx264']), 'the behaviour has changed'
PYTHON
"$folder/venv/bin/python" "$folder/finding.py" "$folder"
