#!/usr/bin/env bash
# A seek changes the colours of H.264 in .mp4 and .mkv whose setup changes midway.
#
# Versions: PyAV 16.1.0 (FFmpeg 8.0, x264), decord 0.6.0, NumPy 2.2.6, Python 3.11.
#
# The picture parameter set of H.264 may change before any picture and holds until the next one,
# over key frames too (ITU-T H.264, 7.4.1.2.1): a stream need not tell it again at each of them. A
# Blu-ray disc's was seen to change (github.com/mbunkus/mkvtoolnix/issues/1711). FFmpeg copies the
# stream below into a file, as `ffmpeg -c copy` does, without a message, and decodes it rightly from
# its start. But a decoder gets only the first set when the file is opened, and the file lists key
# frames that need the second as ones where decoding can begin. (In ISO/IEC 14496-15 a sync sample's
# sets stand in it or in the sample entry.) A seek to one gives pictures decoded with the wrong set:
# no error, no flag, other colours. Who has read to the end and goes back gets earlier frames wrong.
#
# Seen (the script fails where it sees something else), mean differences to the frames in order, of
# PyAV and of decord:
#   .mp4: key frames [0, 10, 20, 30]
#         each sought in a newly opened file:         [0.0, 0.0, 0.0, 27.8]
#         file read to the end, then the last first:  [0.0, 41.9, 0.0, 0.0]
#         decord, each asked for when newly opened:   [0.0, 0.0, 0.0, 27.8]
#   .mkv: the same
#
# So a key frame is one to start from only if all sets that change in the file stand in its packet.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install \
    av==16.1.0 decord==0.6.0 numpy==2.2.6
cat >"$folder/finding.py" <<'PYTHON'
import sys
from fractions import Fraction

import av
import numpy as np
from av.codec.context import Flags
from decord import VideoReader

START = b'\x00\x00\x00\x01'
KEYS = [0, 10, 20, 30]


def encoded(numbers, offset):
    """Return the parameter sets and the packets of coloured frames, the sets not among these."""
    encoder = av.CodecContext.create('libx264', 'w')
    encoder.width, encoder.height, encoder.pix_fmt, encoder.gop_size = 96, 48, 'yuv420p', 10
    encoder.framerate, encoder.time_base, encoder.thread_count = 25, Fraction(1, 25), 1
    encoder.options = {'x264-params': f'bframes=0:scenecut=0:qp=30:chroma-qp-offset={offset}'}
    encoder.flags |= Flags.global_header.value
    packets = []
    for number in numbers:
        colours = np.stack([np.arange(96) * 2, np.full(96, 5 * number), 255 - np.arange(96) * 2], 1)
        picture = np.broadcast_to(colours.astype(np.uint8), (48, 96, 3))
        frame = av.VideoFrame.from_ndarray(picture, format='rgb24').reformat(format='yuv420p')
        frame.pts = number
        packets += encoder.encode(frame)
    packets += encoder.encode(None)
    sps, pps = encoder.extradata.split(START)[1:3]
    return sps, pps, [bytes(packet) for packet in packets]


def copied(stream, path):
    """Copy a stream's packets as they are into a file."""
    with av.open(stream, format='h264') as given, av.open(path, 'w') as file:
        copy = file.add_stream_from_template(given.streams.video[0])
        packets = [packet for packet in given.demux(video=0) if packet.size]
        for number, packet in enumerate(packets):
            packet.pts = packet.dts = number
            packet.time_base, packet.stream = Fraction(1, 25), copy
            file.mux(packet)
    return path


def pixels(frames):
    frames = list(frames)
    assert not any(frame.is_corrupt for frame in frames)
    return np.stack([frame.to_ndarray(format='rgb24') for frame in frames]).astype(int)


def sought(file, time):
    stream = file.streams.video[0]
    file.seek(time, stream=stream)
    for frame in file.decode(stream):
        if frame.pts >= time:
            return pixels([frame])[0]
    return None


def difference(one, other):
    return float(np.abs(one - other).mean().round(1))


sps, pps, packets = encoded(range(20), 0)
other_sps, other_pps, other_packets = encoded(range(20, 40), 12)
assert sps == other_sps and pps != other_pps
stream = f'{sys.argv[1]}/stream.h264'
with open(stream, 'wb') as file:
    file.write(START + sps + START + pps + b''.join(packets))
    file.write(START + other_pps + b''.join(other_packets))
with av.open(stream, format='h264') as file:
    right = pixels(file.decode(video=0))
assert len(right) == 40
for ending in ('.mp4', '.mkv'):
    path = copied(stream, f'{sys.argv[1]}/copy{ending}')
    with av.open(path) as file:
        packets = [packet for packet in file.demux(video=0) if packet.size]
        times = [packet.pts for packet in packets]
        assert [place for place, packet in enumerate(packets) if packet.is_keyframe] == KEYS
    fresh = []
    for key in KEYS:
        with av.open(path) as file:
            fresh.append(difference(sought(file, times[key]), right[key]))
    with av.open(path) as file:
        assert np.array_equal(pixels(file.decode(video=0)), right)
        again = [difference(sought(file, times[key]), right[key]) for key in reversed(KEYS)][::-1]
    reader = VideoReader(path, num_threads=1)
    in_order = reader.get_batch(range(40)).asnumpy().astype(int)
    by_decord = []
    for key in KEYS:
        reader = VideoReader(path, num_threads=1)
        by_decord.append(difference(reader[key].asnumpy(), in_order[key]))
    print(f'{ending}: key frames {KEYS}')
    print('      each sought in a newly opened file:        ', fresh)
    print('      file read to the end, then the last first: ', again)
    print('      decord, each asked for when newly opened:  ', by_decord)
    for found, wrong in ((fresh, 30), (again, 10), (by_decord, 30)):
        others = [value for key, value in zip(KEYS, found, strict=True) if key != wrong]
        assert others == [0, 0, 0], 'the behaviour has changed'
        assert found[KEYS.index(wrong)] > 5, 'the behaviour has changed'
PYTHON
timeout 120 "$folder/venv/bin/python" "$folder/finding.py" "$folder"
