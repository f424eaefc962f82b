"""Write the optical flow of a list of videos to files, for ScaleOpticalFlow(files=...).

Example::

    python tools/data/extract_flow.py --data data/ucf101/ucf101_train_split_1_videos.txt \
        --data-root data/ucf101/videos --out data/flow --frame-interval 4 --method tvl1

writes ``data/flow/<folder>/<video>_4.npy``, float16 ``[frames, h, w, 2]``: entry t leads from frame
``t + interval`` (past the end, from the beginning again) back to frame t, in pixels of the file's
own size. Videos that have their file are left alone. ``ScaleOpticalFlow(files=
'data/flow/{folder}/{stem}_{interval}.npy')`` reads them; any other estimator may write them.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

from mmdebias.cli import add_videos, output_folder, read_videos, run_command
from mmdebias.files import replacing
from mmdebias.ops.optical_flow import METHODS, flow_to_previous
from mmdebias.video import count_frames, read_frames


def main() -> None:
    """Go through the list."""
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    add_videos(parser)
    parser.add_argument('--out', type=output_folder, required=True, help='folder to write to')
    parser.add_argument('--frame-interval', type=int, default=4, help="the clips' frame_interval")
    parser.add_argument('--method', choices=METHODS, default='dis_medium')
    parser.add_argument('--size', type=int, default=128, help='pixels of the shorter side')
    args = parser.parse_args()
    if args.frame_interval < 1:
        parser.error(f'--frame-interval {args.frame_interval}: give 1 or more')
    for video in read_videos(args.data, args.data_root):
        out = args.out / video.parent.name / f'{video.stem}_{args.frame_interval}.npy'
        if out.exists():
            continue
        flow = compute_flow(read(video, args.size), args.frame_interval, args.method)
        with replacing(out) as unfinished:
            np.save(unfinished, flow)
        print(f'{out}: {flow.shape}', flush=True)


def read(video: Path, short_side: int) -> np.ndarray:
    """Return all frames, RGB ``[T, h, w, 3]``, the shorter side ``short_side`` pixels or less."""
    frames = read_frames(video, range(count_frames(video)))
    height, width = frames.shape[1:3]
    factor = min(1, short_side / min(height, width))
    size = round(width * factor), round(height * factor)
    return np.stack([cv2.resize(frame, size, interpolation=cv2.INTER_AREA) for frame in frames])


def compute_flow(frames: np.ndarray, interval: int, method: str) -> np.ndarray:
    """Return the flow from each frame's successor back to it: float16 ``[T, h, w, 2]``."""
    later = np.roll(frames, -interval, axis=0)
    pairs = zip(frames, later)
    return np.concatenate([flow_to_previous(pair, method) for pair in pairs]).astype(np.float16)


if __name__ == '__main__':
    run_command(main)
