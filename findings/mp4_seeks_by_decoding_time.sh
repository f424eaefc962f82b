#!/usr/bin/env bash
# Seeking to a frame's time in an .mp4 file can land on a key frame behind it.
#
# Versions: PyAV 16.1.0 (FFmpeg 8.0), NumPy 2.2.6, Python 3.10 to 3.12.
#
# PyAV's `seek` says that by default it looks backwards for a key frame if there is none at the
# given time, and that one decodes from there to the frame wanted. In .mp4, FFmpeg compares the
# time, which is one of showing, with the times of decoding, which B-frames put earlier: a key
# frame that is decoded before frames shown ahead of it is taken, and these frames never come.
# FFmpeg guards against it in plain files of H.264 with closed groups, but not in files of
# fragments (what streaming services deliver), not in H.265's open groups (x265's default), and not
# in MPEG-4. In .mkv the same video is sought as documented.
#
# Seen (the script fails where it sees something else):
#   H.264, asked: came:             {}
#   H.264, fragments, asked: came:  {10: 12, 11: 12, 22: 24, 23: 24, 34: 36, 35: 36}
#   H.265, asked: came:             {10: 12, 11: 12, 23: 24, 35: 36}
#   H.265 in .mkv, asked: came:     {}
#   MPEG-4, asked: came:            {10: 12, 11: 12, 22: 24, 23: 24, 34: 36, 35: 36}
#   MPEG-4 in .mkv, asked: came:    {}
#
# So where a frame of another time comes, seek again with an earlier time; or seek to the decoding
# time of a key frame that is known from the packets.
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


def write(path, codec, options, muxing=None):
    with av.open(path, 'w', options=muxing or {}) as file:
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


X264 = {'bf': '2', 'sc_threshold': '0'}
X265 = {'x265-params': 'log-level=none:keyint=12:min-keyint=12'}
FRAGMENTS = {'movflags': 'frag_keyframe+empty_moov+default_base_moof'}
KINDS = {
    'H.264': ('mp4', 'libx264', X264),
    'H.264, fragments': ('mp4', 'libx264', X264, FRAGMENTS),
    'H.265': ('mp4', 'libx265', X265),
    'H.265 in .mkv': ('mkv', 'libx265', X265),
    'MPEG-4': ('mp4', 'mpeg4', {'bf': '2', 'sc_threshold': '1000000000'}),
    'MPEG-4 in .mkv': ('mkv', 'mpeg4', {'bf': '2', 'sc_threshold': '1000000000'}),
}
found = {}
for kind, (ending, *how) in KINDS.items():
    path = write(f'{sys.argv[1]}/video.{ending}', *how)
    stamps = times(path)
    assert len(stamps) == 40 and stamps == sorted(stamps)
    numbers = [sought(path, stamps[asked]) for asked in range(40)]
    found[kind] = {asked: number for asked, number in enumerate(numbers) if number != asked}
    print(f'{kind}, asked: came:'.ljust(31), found[kind])
assert [kind for kind, wrong in found.items() if wrong] == [
    'H.264, fragments', 'H.265', 'MPEG-4'
], 'the behaviour has changed'  # fmt: skip
assert all(came > asked for wrong in found.values() for asked, came in wrong.items())
PYTHON
"$folder/venv/bin/python" "$folder/finding.py" "$folder"
