#!/usr/bin/env bash
# FFmpeg 8.1 converts no frame of a YCgCo video, not even its luma alone; FFmpeg 8.0 did.
#
# Versions: PyAV 16.1.0 (FFmpeg 8.0, libswscale 9.1) and PyAV 18.1.0 (libswscale 9.5), NumPy 2.2.6,
# Python 3.11 to 3.13.
#
# YCgCo is matrix 8 of ITU-T H.273, and H.264 can say that its frames are of it. libswscale has no
# such matrix. Up to FFmpeg 8.0 it takes BT.601's in silence, so that RGB has wrong colours; who
# asks for the planes, to compute the colours by the formulas of H.273, gets them right. Now any
# conversion is an error, "Operation not supported", though neither of grey nor of planes of the
# same matrix are colours asked for. Unless the frame's matrix is taken away before:
# `frame.colorspace = 2`, unspecified.
#
# Seen (the script fails where it sees something else):
#   PyAV 16.1.0: gray ok, yuv444p ok, rgb24 BT.601's colours, rgb24 without a matrix BT.601's colours
#   PyAV 18.1.0: gray refused, yuv444p refused, rgb24 refused, rgb24 without a matrix BT.601's colours
#
# So a reader takes the matrix away, asks for planes, and computes the colours itself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/finding.py" <<'PYTHON'
import sys

import av
import numpy as np

LUMA, GREEN, ORANGE = 120, 110, 150
YCGCO, UNSPECIFIED = 8, 2


def flat():
    frame = av.VideoFrame(64, 48, 'yuv420p')
    for plane, value in zip(frame.planes, (LUMA, GREEN, ORANGE)):
        plane.update(bytes([value]) * plane.buffer_size)
    frame.colorspace = YCGCO
    return frame


def bt601():
    """The numbers as if they were BT.601's luma, blue and red, limited range."""
    y, b, r = (LUMA - 16) / 219, (GREEN - 128) / 224, (ORANGE - 128) / 224
    red, blue = y + 1.402 * r, y + 1.772 * b
    return np.round(255 * np.array([red, (y - 0.299 * red - 0.114 * blue) / 0.587, blue]))


def what(frame, layout):
    try:
        found = frame.to_ndarray(format=layout)
    except OSError as error:
        assert error.errno == 95, error
        return 'refused'
    if layout != 'rgb24':
        return 'ok'
    near = np.abs(found[24, 32] - bt601()).max() <= 3
    return 'BT.601' if near else f'other: {found[24, 32]}, BT.601 {bt601()}'


path = f'{sys.argv[1]}/ycgco.mp4'
with av.open(path, 'w') as file:
    stream = file.add_stream('libx264', rate=25, options={'crf': '1'})
    stream.width, stream.height, stream.pix_fmt = 64, 48, 'yuv420p'
    stream.codec_context.colorspace = YCGCO
    for number in range(5):
        frame = flat()
        frame.pts = number
        file.mux(stream.encode(frame))
    file.mux(stream.encode(None))
with av.open(path) as file:
    frame = next(file.decode(video=0))
assert frame.colorspace == YCGCO
found = [what(frame, layout) for layout in ('gray', 'yuv444p', 'rgb24')]
frame.colorspace = UNSPECIFIED
found.append(what(frame, 'rgb24'))
print(f'PyAV {av.__version__}:', ', '.join(found))
expected = {
    '16.1.0': ['ok', 'ok', 'BT.601', 'BT.601'],
    '18.1.0': ['refused', 'refused', 'refused', 'BT.601'],
}
assert found == expected[av.__version__], 'the behaviour has changed'
PYTHON
for version in 16.1.0 18.1.0; do
    python3 -m venv "$folder/$version"
    "$folder/$version/bin/pip" --quiet --disable-pip-version-check install \
        "av==$version" numpy==2.2.6
    "$folder/$version/bin/python" "$folder/finding.py" "$folder"
done
