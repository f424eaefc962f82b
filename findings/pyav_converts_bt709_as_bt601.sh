#!/usr/bin/env bash
# PyAV converts BT.709 videos to RGB with BT.601's colours, or with those of the conversion before.
#
# Versions: PyAV 16.1.0 (18.1.0 converts as documented), OpenCV 4.11.0.86, decord 0.6.0, NumPy
# 2.2.6, Python 3.10 to 3.12.
#
# A file says which matrix leads from its luma and chroma to RGB (ITU-T H.273); HD videos have
# BT.709. PyAV's documentation says that `src_colorspace=None` means the frame's own. But where
# source and target are the same, and None makes them so, no matrix is set at all: FFmpeg's scaler
# keeps what it has, which is BT.601 at first, even if one passes BT.709. A VideoReformatter that
# has converted with another matrix keeps that one: the same call with the same frame gives other
# pixels. Readers of one file differ by up to 15 levels out of 255: OpenCV has BT.601 for all,
# decord obeys the file.
#
# Seen (the script fails where it sees something else):
#   by the formulas, BT.709:                    [250, 91, 41]
#   by the formulas, BT.601:                    [236, 77, 44]
#   PyAV:                                       [235, 76, 44]
#   PyAV, source BT.709:                        [235, 76, 44]
#   PyAV, source BT.709, target BT.601:         [250, 90, 40]
#   the same reformatter, then a BT.601 frame:  [250, 90, 40]
#   OpenCV:                                     [235, 76, 44]
#   decord:                                     [250, 90, 40]
#
# So with this version pass a source and a different target, dst_colorspace='ITU601', which RGB
# ignores; and do not mix readers between training and testing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install \
    av==16.1.0 opencv-python-headless==4.11.0.86 decord==0.6.0 numpy==2.2.6
cat >"$folder/finding.py" <<'PYTHON'
import sys

import av
import cv2
import numpy as np
from av.video.reformatter import VideoReformatter
from decord import VideoReader

LUMA, BLUE, RED = 120, 90, 200
BT709, BT601, LIMITED = 1, 5, 1


def expected(red_weight, blue_weight):
    """RGB by the formulas of H.273, clause 8."""
    y, b, r = (LUMA - 16) / 219, (BLUE - 128) / 224, (RED - 128) / 224
    red, blue = y + 2 * (1 - red_weight) * r, y + 2 * (1 - blue_weight) * b
    green = (y - red_weight * red - blue_weight * blue) / (1 - red_weight - blue_weight)
    return np.round(255 * np.array([red, green, blue])).astype(int)


def flat(colorspace):
    frame = av.VideoFrame(64, 64, 'yuv420p')
    for plane, value in zip(frame.planes, (LUMA, BLUE, RED)):
        plane.update(bytes([value]) * plane.buffer_size)
    frame.colorspace, frame.color_range = colorspace, LIMITED
    return frame


def rgb(frame, reformatter=None, **options):
    reformatter = reformatter or VideoReformatter()
    return reformatter.reformat(frame, format='rgb24', **options).to_ndarray()[32, 32].astype(int)


path = f'{sys.argv[1]}/video.mp4'
with av.open(path, 'w') as file:
    stream = file.add_stream('libx264', rate=25, options={'crf': '1'})
    stream.width, stream.height, stream.pix_fmt = 64, 64, 'yuv420p'
    stream.codec_context.colorspace, stream.codec_context.color_range = BT709, LIMITED
    for number in range(3):
        frame = flat(BT709)
        frame.pts = number
        file.mux(stream.encode(frame))
    file.mux(stream.encode(None))
with av.open(path) as file:
    frame = next(file.decode(video=0))
assert frame.colorspace == BT709
one = VideoReformatter()
found = {
    'by the formulas, BT.709': expected(0.2126, 0.0722),
    'by the formulas, BT.601': expected(0.299, 0.114),
    'PyAV': rgb(frame),
    'PyAV, source BT.709': rgb(frame, src_colorspace='ITU709'),
    'PyAV, source BT.709, target BT.601': rgb(
        frame, one, src_colorspace='ITU709', dst_colorspace='ITU601'
    ),
    'the same reformatter, then a BT.601 frame': rgb(flat(BT601), one),
    'OpenCV': cv2.VideoCapture(path, cv2.CAP_FFMPEG).read()[1][32, 32, ::-1].astype(int),
    'decord': VideoReader(path)[0].asnumpy()[32, 32].astype(int),
}
for name, values in found.items():
    print(f'{name}:'.ljust(43), values.tolist())
bt709, bt601, *seen = found.values()
right = [bool(abs(values - bt709).max() <= 2) for values in seen]
wrong = [bool(abs(values - bt601).max() <= 2) for values in seen]
assert right == [False, False, True, True, False, True], 'the behaviour has changed'
assert wrong == [not is_right for is_right in right], 'the behaviour has changed'
PYTHON
"$folder/venv/bin/python" "$folder/finding.py" "$folder"
