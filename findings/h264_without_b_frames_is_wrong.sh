#!/usr/bin/env bash
# Leaving out H.264's B-frames with FFmpeg's own option gives wrong pictures that are not flagged.
#
# Versions: PyAV 16.1.0 (FFmpeg 8.0, x264), NumPy 2.2.6, Python 3.10 to 3.12.
#
# `skip_frame='BIDIR'` has a decoder leave out B-frames, to read a video faster. Nothing depends on
# B-frames, one has learnt from MPEG-2 and MPEG-4, so the other frames stay as they are. In H.264 a
# B-frame may be a reference, and x264 makes it one by default (b-pyramid), for P-frames too.
# FFmpeg leaves it out all the same: what refers to it is made from other frames, without an error
# and without `is_corrupt`, up to the next key frame.
#
# Seen (the script fails where it sees something else):
#   mpeg4, NONREF: 11 of 40 frames, 0 with other pixels
#       numbers in the wrong ones: {}
#   mpeg4, BIDIR: 11 of 40 frames, 0 with other pixels
#       numbers in the wrong ones: {}
#   libx264, NONREF: 21 of 40 frames, 0 with other pixels
#       numbers in the wrong ones: {}
#   libx264, BIDIR: 11 of 40 frames, 7 with other pixels
#       numbers in the wrong ones: {8: 12, 16: 28, 20: 28, 24: 28, 32: 60, 36: 60, 39: 62}
#
# So only 'NONREF' leaves out frames without changing others.
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


rows, columns = np.mgrid[:48, :96]


def write(path, codec, options):
    """Write 40 numbered frames over a pattern that moves."""
    with av.open(path, 'w') as file:
        stream = file.add_stream(codec, rate=25, options={'bf': '3', **options})
        stream.width, stream.height, stream.pix_fmt = 96, 48, 'yuv420p'
        stream.codec_context.gop_size, stream.codec_context.thread_count = 40, 1
        for number in range(40):
            drawn = picture(number)
            drawn[32:] = ((rows + columns + 5 * number) % 64 + 96)[32:, :, None]
            frame = av.VideoFrame.from_ndarray(drawn, format='rgb24')
            frame.pts = number
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def read(path, skip):
    with av.open(path) as file:
        file.streams.video[0].codec_context.skip_frame = skip
        return {frame.pts: frame for frame in file.decode(video=0)}


wrong = {}
for codec, options in (('mpeg4', {}), ('libx264', {'b_strategy': '0', 'sc_threshold': '0'})):
    path = write(f'{sys.argv[1]}/video.mkv', codec, options)
    every = {pts: frame.to_ndarray(format='rgb24') for pts, frame in read(path, 'DEFAULT').items()}
    assert [number_in(picture) for picture in every.values()] == list(range(40))
    for skip in ('NONREF', 'BIDIR'):
        kept = read(path, skip)
        pictures = {pts: frame.to_ndarray(format='rgb24') for pts, frame in kept.items()}
        other = [pts for pts in kept if (pictures[pts] != every[pts]).any()]
        misread = {number_in(every[pts]): number_in(pictures[pts]) for pts in other}
        wrong[codec, skip] = {number: seen for number, seen in misread.items() if seen != number}
        print(f'{codec}, {skip}: {len(kept)} of 40 frames, {len(other)} with other pixels')
        print(f'    numbers in the wrong ones: {wrong[codec, skip]}')
        assert not any(frame.is_corrupt for frame in kept.values())
        assert bool(other) == ((codec, skip) == ('libx264', 'BIDIR')), 'the behaviour has changed'
assert wrong['libx264', 'BIDIR'], 'the behaviour has changed'
PYTHON
"$folder/venv/bin/python" "$folder/finding.py" "$folder"
