"""How well scaled flow with phi = 1 predicts the true next frame: one JSON line a video.

Usage: python tools/analysis/flow_psnr.py --data VIDEO... [--frame-interval 4] [--method dis_medium]

PSNR in dB, over 16 frames from the middle of the video, of the next frame against: the frame itself
(phi = 0), the frame moved by its flow (phi = 1) with the border black or mirrored, and the frame
moved the other way (phi = -1), which would be as good if the sign of the flow were wrong.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

from mmdebias.cli import add_videos, read_videos, run_command
from mmdebias.ops.optical_flow import METHODS, flow_to_previous, warp_by_flow
from mmdebias.video import count_frames, read_frames


def main() -> None:
    """Measure each video, and the mean if there are several."""
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    add_videos(parser)
    parser.add_argument(
        '--frame-interval', type=int, default=1, help='between the frames of the clip'
    )
    parser.add_argument('--method', choices=METHODS, default='dis_ultrafast')
    parser.add_argument('--size', type=int, default=224, help='pixels of the square frames')
    args = parser.parse_args()
    rows = []
    for video in read_videos(args.data, args.data_root):
        rows.append(measure(read(video, args.frame_interval, args.size), args.method))
        print(json.dumps(dict(video=video.name, **rows[-1])))
    if len(rows) > 1:
        mean = {name: round(float(np.mean([row[name] for row in rows])), 1) for name in rows[0]}
        print(json.dumps(dict(video=f'mean of {len(rows)}', **mean)))


def read(video: Path, interval: int, size: int) -> np.ndarray:
    """Read 16 frames (fewer of a short video) from its middle: ``[T, size, size, 3]``."""
    last = count_frames(video) - 1
    count = min(16, 1 + last // interval)
    start = (last - (count - 1) * interval) // 2
    frames = read_frames(video, start + interval * np.arange(count))
    return np.stack([cv2.resize(f, (size, size), interpolation=cv2.INTER_AREA) for f in frames])


def measure(frames: np.ndarray, method: str) -> dict[str, float]:
    """Measure the PSNR of the next frames by each prediction."""
    flow = flow_to_previous(frames, method)
    now, after = frames[:-1], frames[1:]
    return dict(
        phi_0=psnr(now, after),
        phi_1=psnr(warp_by_flow(now, flow, 1), after),
        phi_1_mirrored_border=psnr(warp_by_flow(now, flow, 1, 'reflection'), after),
        phi_minus_1=psnr(warp_by_flow(now, flow, -1), after),
    )


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    """Compute the PSNR of uint8 clips, in dB to one decimal; 99 if they are equal."""
    error = np.mean((one.astype(np.float64) - other) ** 2)
    return round(float(10 * np.log10(255**2 / error)), 1) if error else 99.0


if __name__ == '__main__':
    run_command(main)
