#!/usr/bin/env bash
# decord gives two different frames for one index of a VP8 video, depending on how it gets there.
#
# Versions: decord 0.6.0, PyAV 16.1.0 with libvpx (to make the video), NumPy 2.2.6, Python 3.10 to
# 3.12.
#
# VP8 has frames that are not to be shown (RFC 6386, 9.1: show_frame), only referred to; encoders
# in two passes add one to most groups. Each is a packet of its own in .webm. No player shows or
# counts them. decord counts them as indices when it seeks, but not when it reads on: behind a
# hidden frame, index i is one frame when the frames are read in order, another when frames are
# left out between them. So even the frames of two clips that overlap differ.
#
# Seen (the script fails where it sees something else):
#   frames that are shown: 37  frames for decord: 40
#   indices:                          [0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33]
#   frames, FFmpeg:                   [0, 3, 7, 10, 13, 17, 20, 23, 27, 30, 33, 36]
#   frames, decord, asked for all:    [0, 3, 7, 10, 13, 17, 20, 23, 27, 30, 33, 36]
#   frames, decord, asked for these:  [0, 3, 7, 10, 12, 12, 16, 19, 22, 27, 30, 33]
#
# So numbers of frames from decord mean nothing in such files; others count what is decoded.
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


def write(path, hidden):
    with av.open(path, 'w') as file:
        stream = file.add_stream('libvpx', rate=25, options={'lag-in-frames': '0'})
        stream.width, stream.height, stream.pix_fmt = 96, 48, 'yuv420p'
        stream.bit_rate, stream.codec_context.gop_size = 300_000, 12
        for number in range(40):
            frame = av.VideoFrame.from_ndarray(picture(number), format='rgb24')
            frame.pts = number
            for packet in stream.encode(frame):
                if number in hidden:  # clear show_frame, the fifth bit of the header
                    data = bytearray(packet)
                    data[0] &= ~16
                    packet, given = av.Packet(bytes(data)), packet
                    packet.pts, packet.dts, packet.time_base = given.pts, given.dts, given.time_base
                    packet.stream = stream
                file.mux(packet)
    return path


path = write(f'{sys.argv[1]}/hidden.webm', [5, 15, 25])
with av.open(path) as file:
    shown = [number_in(frame.to_ndarray(format='rgb24')) for frame in file.decode(video=0)]
asked = list(range(0, 36, 3))
reader = VideoReader(path, num_threads=1)
in_order = [number_in(frame) for frame in reader.get_batch(range(36)).asnumpy()]
gaps = [number_in(frame) for frame in reader.get_batch(asked).asnumpy()]
print('frames that are shown:', len(shown), ' frames for decord:', len(reader))
print('indices:                         ', asked)
print('frames, FFmpeg:                  ', [shown[index] for index in asked])
print('frames, decord, asked for all:   ', [in_order[index] for index in asked])
print('frames, decord, asked for these: ', gaps)
assert len(shown) == 37 and in_order == shown[:36]
assert gaps != shown[0:36:3] and len(reader) == 40, 'the behaviour has changed'
PYTHON
timeout 120 "$folder/venv/bin/python" "$folder/finding.py" "$folder"
