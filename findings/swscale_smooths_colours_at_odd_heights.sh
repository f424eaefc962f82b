#!/usr/bin/env bash
# A row more or less changes the colours of other rows when FFmpeg converts a frame to RGB.
#
# Versions: PyAV 16.1.0 (FFmpeg 8.0's libswscale 9.1), NumPy 2.2.6, Python 3.10 to 3.12.
#
# In 4:2:0 a sample of chroma serves two by two pixels. Converting a frame without changing its
# size, one expects the same pixels from the same samples: cutting rows off before the conversion
# or after should make no difference. At even heights libswscale repeats each sample of chroma. At
# odd heights it interpolates between rows of them, and between columns too if the width is odd as
# well, so colours bleed over edges. An odd width alone changes nothing. No option was set.
#
# Seen (the script fails where it sees something else):
#   62 by 62: greatest difference 0
#       red, downwards: [121 121 121 255 255 255 255]  to the right: [121 121 121 255 255 255 255]
#   63 by 62: greatest difference 0
#       red, downwards: [121 121 121 255 255 255 255]  to the right: [121 121 121 255 255 255 255]
#   62 by 63: greatest difference 72
#       red, downwards: [119 119 193 255 255 255 255]  to the right: [119 119 119 255 255 255 255]
#   63 by 63: greatest difference 74
#       red, downwards: [121 121 195 255 255 255 255]  to the right: [121 121 195 255 255 255 255]
#
# So to convert a part of a frame, cut it at even rows and cut the rest from the result.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install \
    av==16.1.0 numpy==2.2.6
cat >"$folder/finding.py" <<'PYTHON'
import av
import numpy as np


def red_corner(width, height):
    """A grey frame that is red below and right of the middle of 64 by 64."""
    frame = av.VideoFrame(width, height, 'yuv420p')
    for number, (plane, grey, red) in enumerate(zip(frame.planes, (120, 128, 128), (120, 90, 220))):
        values = np.full((plane.height, plane.line_size), grey, np.uint8)
        middle = 16 if number else 32
        values[middle:, middle:] = red
        plane.update(values.tobytes())
    return frame.to_ndarray(format='rgb24').astype(int)


whole = red_corner(64, 64)
found = {}
for width, height in ((62, 62), (63, 62), (62, 63), (63, 63)):
    part = red_corner(width, height)
    found[width, height] = int(abs(part - whole[:height, :width]).max())
    print(f'{width} by {height}: greatest difference {found[width, height]}')
    print('    red, downwards:', part[29:36, 48, 0], ' to the right:', part[48, 29:36, 0])
assert found[62, 62] == found[63, 62] == 0
assert min(found[62, 63], found[63, 63]) > 20, 'the behaviour has changed'
PYTHON
"$folder/venv/bin/python" "$folder/finding.py" "$folder"
