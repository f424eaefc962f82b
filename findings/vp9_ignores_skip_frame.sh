#!/usr/bin/env bash
# Asked for key frames only, FFmpeg decodes and gives all frames of a VP9 video.
#
# Versions: PyAV 16.1.0 (FFmpeg 8.0), NumPy 2.2.6, Python 3.10 to 3.12.
#
# `skip_frame='NONKEY'` is the way to get thumbnails and scene lists quickly; PyAV's own examples
# save key frames with it. FFmpeg describes it as an option of all video decoders. With H.264,
# H.265, AV1, VP8 and MPEG-4 a decoder gives key frames alone. VP9, what most .webm files hold, has
# a decoder that ignores it: every frame is decoded and comes, without a message.
#
# Seen (the script fails where it sees something else):
#   libx264: key frames 5, frames that came 5
#   libvpx: key frames 4, frames that came 4
#   libvpx-vp9: key frames 4, frames that came 40
#
# So give the decoder only the packets that are flagged as key frames.
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
for codec, ending in (('libx264', 'mp4'), ('libvpx', 'webm'), ('libvpx-vp9', 'webm')):
    path = write(f'{sys.argv[1]}/video.{ending}', codec, {})
    with av.open(path) as file:
        keys = sum(packet.is_keyframe for packet in file.demux(video=0) if packet.size)
    with av.open(path) as file:
        file.streams.video[0].codec_context.skip_frame = 'NONKEY'
        found[codec] = (keys, len(list(file.decode(video=0))))
    print(f'{codec}: key frames {keys}, frames that came {found[codec][1]}')
assert found['libx264'][0] == found['libx264'][1] and found['libvpx'][0] == found['libvpx'][1]
assert found['libvpx-vp9'][0] < found['libvpx-vp9'][1] == 40, 'the behaviour has changed'
PYTHON
"$folder/venv/bin/python" "$folder/finding.py" "$folder"
