#!/usr/bin/env bash
# Writing an AV1 video as root makes the Python thread that writes it real-time, at the highest
# priority there is, for good.
#
# Versions: PyAV 16.1.0 (FFmpeg 8.0.1, SVT-AV1 3.1.2), NumPy 2.2.6, Python 3.11, Linux.
#
# PyAV's wheels write AV1 with SVT-AV1. An encoder is expected to start threads of its own and to leave
# the caller's alone. As root, as in most containers of training machines that are allowed to set
# priorities (CAP_SYS_NICE), the first frame puts the calling thread under SCHED_FIFO with priority 99.
# Nothing says so, and closing the file does not undo it: threads and processes that are started later
# (loaders, trainings) inherit it, `nice` has no effect on them, and two busy ones on two cores leave
# next to nothing to anybody else. As another user, and with x264, it does not happen.
#
# Seen (the script fails where it sees something else):
#   libx264: SCHED_OTHER 0 before, SCHED_OTHER 0 after, SCHED_OTHER in a child
#   libsvtav1: SCHED_OTHER 0 before, SCHED_FIFO 99 after, SCHED_FIFO in a child
#
# So write AV1 in a process of its own, or set the thread's policy back after writing.
set -euo pipefail
if [ "$(id -u)" != 0 ] || ! chrt --fifo 1 true 2>/dev/null; then
    echo 'This needs root and the right to set priorities, in a container --cap-add SYS_NICE.' >&2
    exit 1
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install \
    av==16.1.0 numpy==2.2.6
cat >"$folder/finding.py" <<'PYTHON'
import os
import subprocess
import sys

import av
import numpy as np

NAMES = {os.SCHED_OTHER: 'SCHED_OTHER', os.SCHED_FIFO: 'SCHED_FIFO'}
CHILD = 'import os; print(os.sched_getscheduler(0))'


def mine():
    return f'{NAMES[os.sched_getscheduler(0)]} {os.sched_getparam(0).sched_priority}'


def write(path, codec):
    with av.open(path, 'w') as file:
        stream = file.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 96, 64, 'yuv420p'
        for number in range(5):
            picture = np.full((64, 96, 3), 50 * number, np.uint8)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format='rgb24')))
        file.mux(stream.encode(None))


seen = {}
for codec in ('libx264', 'libsvtav1'):
    before = mine()
    write(f'{sys.argv[1]}/{codec}.mp4', codec)
    child = int(subprocess.run([sys.executable, '-c', CHILD], capture_output=True).stdout)
    seen[codec] = (before, mine(), NAMES[child])
    print('{}: {} before, {} after, {} in a child'.format(codec, *seen[codec]))
calm = 'SCHED_OTHER 0'
assert seen['libx264'] == (calm, calm, 'SCHED_OTHER'), 'another state of things than stated'
assert seen['libsvtav1'] == (calm, 'SCHED_FIFO 99', 'SCHED_FIFO'), 'the behaviour has changed'
PYTHON
"$folder/venv/bin/python" "$folder/finding.py" "$folder" 2>&1 | grep -v '^Svt\['
