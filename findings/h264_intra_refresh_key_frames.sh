#!/usr/bin/env bash
# Decoding from a key frame of H.264 with intra refresh shows nothing for a while.
#
# Versions: PyAV 16.1.0 (FFmpeg 8.0, x264), NumPy 2.2.6, Python 3.10 to 3.12.
#
# An .mp4 file lists its key frames, the sync samples of ISO/IEC 14496-12, 8.6.2, at which decoding
# can begin. PyAV's `seek` goes to such a key frame, from which one is told to decode. In H.264
# with intra refresh, what cameras and live streams use, no picture is whole by itself: a column of
# refreshed blocks wanders over the picture. FFmpeg flags those where the column starts as key
# frames, writes them down as sync samples, seeks to them, and then holds back what it decodes
# until the column has arrived. The frames between are lost, without a message, whoever asks for
# them; behind the last one, up to all of them.
#
# Seen (the script fails where it sees something else):
#   frames: 40  key frames: [0, 12, 24, 36]
#   sought these, came:       [0, 16, 28, None]
#
# So a key frame is one to start from only if it is an IDR picture; for others, seek an earlier
# one.
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


options = {'x264-params': 'intra-refresh=1:bframes=0:keyint=12:scenecut=0'}
path = write(f'{sys.argv[1]}/refresh.mp4', 'libx264', options)
stamps = times(path)
assert len(stamps) == 40 and stamps == sorted(stamps)
with av.open(path) as file:
    keys = [stamps.index(packet.pts) for packet in file.demux(video=0) if packet.is_keyframe]
found = [sought(path, stamps[key]) for key in keys]
print('frames:', len(stamps), ' key frames:', keys)
print('sought these, came:      ', found)
assert keys == [0, 12, 24, 36]
assert found[0] == 0 and found[1] > 12 and found[3] is None, 'the behaviour has changed'
PYTHON
"$folder/venv/bin/python" "$folder/finding.py" "$folder"
