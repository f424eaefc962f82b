#!/usr/bin/env bash
# With more than one thread for slices, FFmpeg neither conceals nor reports damage in H.264.
#
# Versions: PyAV 16.1.0 (FFmpeg 8.0), NumPy 2.2.6, Python 3.10 to 3.12.
#
# Downloaded data sets have files with some bytes lost. FFmpeg fills what cannot be decoded from
# what is around it, by default, and flags such frames (`frame.is_corrupt`). Decoding H.264 is
# exact, so one expects the same pixels and flags however many threads do it. With two threads or
# more for slices the damaged frame and all that refer to it have other pixels, and none is
# flagged, even if a picture is one slice. That is PyAV's default, with as many threads as there
# are cores: the same file gives other frames on a machine with one core, and a check of the flags
# finds no damage.
#
# Seen (the script fails where it sees something else):
#   slices 1, damaged False: other pixels in frames [],
#       known as damaged with one thread [], with two []
#   slices 1, damaged True: other pixels in frames [3, 4, 5, 6, 7, 8, 9],
#       known as damaged with one thread [3], with two []
#   slices 4, damaged False: other pixels in frames [],
#       known as damaged with one thread [], with two []
#   slices 4, damaged True: other pixels in frames [3, 4, 5, 6, 7, 8, 9],
#       known as damaged with one thread [3], with two []
#
# So `thread_count = 1` where decoding has to be repeatable.
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

rows, columns = np.mgrid[:160, :224]


def write(path, slices):
    """Write 10 frames of a moving pattern, one key frame at the start."""
    with av.open(path, 'w') as file:
        options = {'bf': '0', 'x264-params': f'slices={slices}:keyint=60'}
        stream = file.add_stream('libx264', rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 224, 160, 'yuv420p'
        stream.codec_context.thread_count = 1
        for number in range(10):
            grey = (rows + columns + 5 * number) % 64 + 96
            picture = np.repeat(grey[..., None], 3, 2).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format='rgb24')
            frame.pts = number
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def read(path, threads, damaged):
    """Decode a video with eight bytes inverted in the middle of its fourth frame."""
    frames = []
    with av.open(path) as file:
        context = file.streams.video[0].codec_context
        context.thread_type, context.thread_count = 'SLICE', threads
        for number, packet in enumerate(file.demux(video=0)):
            data = bytearray(packet)
            if damaged and number == 3:
                middle = slice(len(data) // 3, len(data) // 3 + 8)
                data[middle] = bytes(byte ^ 0x5A for byte in data[middle])
            frames += context.decode(av.Packet(bytes(data)) if data else None)
    return frames


for slices in (1, 4):
    path = write(f'{sys.argv[1]}/video.mkv', slices)
    for damaged in (False, True):
        one, two = read(path, 1, damaged), read(path, 2, damaged)
        assert len(one) == len(two) == 10
        pairs = list(zip(one, two))
        other = [n for n, (a, b) in enumerate(pairs) if (a.to_ndarray() != b.to_ndarray()).any()]
        flags = [[n for n, frame in enumerate(frames) if frame.is_corrupt] for frames in (one, two)]
        print(f'slices {slices}, damaged {damaged}: other pixels in frames {other},')
        print(f'    known as damaged with one thread {flags[0]}, with two {flags[1]}')
        assert not damaged or 3 in other, 'the behaviour has changed'
        assert damaged or not other
        assert flags == ([[3], []] if damaged else [[], []]), 'the behaviour has changed'
PYTHON
"$folder/venv/bin/python" "$folder/finding.py" "$folder"
