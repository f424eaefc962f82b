"""Measure FAME's masks where the foreground is known.

Usage:
    python tools/analysis/mask_quality.py toy --data LIST... [--num-videos N]
    python tools/analysis/mask_quality.py boxes --boxes BOXES.json --data-root DIR [--out OUT.jpg]

``toy`` takes lists of tools/data/make_toy.py and compares with the actor's exact masks: the truth
of a clip is every pixel that the actor covers in one of its frames. ``boxes`` takes boxes written
down by hand for some frames of real clips, ``{file: {frame: [[x0, y0, x1, y1], ...]}}`` with
coordinates from 0 to 1; the clip starts at the first frame named, and the truth is the union of the
boxes. Clips are 16 frames, every other frame, squeezed to a square.
"""

import argparse
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from mmdebias.cli import add_videos, output_file, read_videos, run_command
from mmdebias.datasets.mask_files import find_masks
from mmdebias.datasets.toy import load_masks
from mmdebias.files import existing_file
from mmdebias.ops import fame_mask, gauss_mask, grid_mask, mask_overlap, seed_mask
from mmdebias.ops.foreground import PRESETS
from mmdebias.video import read_frames
from mmdebias.visualization import draw_mask_comparison

CLIP_LEN, FRAME_INTERVAL = 16, 2
MASKS: dict[str, Callable[[Tensor], Tensor]] = {
    'fame (paper)': fame_mask,
    'fame, right hue': partial(fame_mask, official_hue=False),
    'seed': seed_mask,
    'grid': grid_mask,
    'gauss': gauss_mask,
    'fame, following the camera': partial(fame_mask, follow_camera=True),
    'fame, noise floor 2': partial(fame_mask, noise_floor=2),
    'fame, adaptive': partial(fame_mask, beta='adaptive'),
    'fame, robust': partial(fame_mask, **PRESETS['robust']),
    'seed, robust': partial(seed_mask, **PRESETS['robust']),
    'fame, robust and GrabCut': partial(fame_mask, **PRESETS['robust'], grabcut=True),
    'seed, robust and GrabCut': partial(seed_mask, **PRESETS['robust'], grabcut=True),
}


def main() -> None:
    """Print how far masks agree with boxes or with drawn masks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest='command', required=True)
    toy = commands.add_parser('toy', help='generated videos with exact masks')
    add_videos(toy, 'lists of generated videos, such as data/toy/train.txt')
    toy.add_argument('--num-videos', type=int, default=48, help='the first ones of each list')
    boxes = commands.add_parser('boxes', help='real clips with boxes written down by hand')
    boxes.add_argument('--boxes', type=Path, required=True, metavar='FILE', help='JSON')
    boxes.add_argument('--data-root', type=Path, required=True, metavar='DIR', help='of the clips')
    boxes.add_argument('--out', type=output_file, help='picture of the masks side by side')
    for command in (toy, boxes):
        command.add_argument('--size', type=int, default=112, help='pixels of a side')
        command.add_argument(
            '--kinds', nargs='+', default=list(MASKS), choices=list(MASKS), metavar='MASK',
            help=f'some of {list(MASKS)}',
        )  # fmt: skip
    args = parser.parse_args()
    measure_toy(args) if args.command == 'toy' else measure_boxes(args)


def measure_toy(args: argparse.Namespace) -> None:
    """Measure the IoU of each mask on each folder, one table."""
    table = {name: [] for name in args.kinds}
    columns = []
    for path in args.data:
        videos = read_videos([path], args.data_root)[: args.num_videos]
        frames = [FRAME_INTERVAL * t for t in range(CLIP_LEN)]
        truth = torch.stack([true_mask(video, frames, args.size) for video in videos])
        clips = torch.stack([read(video, frames, args.size) for video in videos])
        columns.append(path.parent.name)
        for name, values in table.items():
            values.append(mask_overlap(MASKS[name](clips), truth)['iou'].mean().item())
    print_table('mask', columns, table, '{:.2f}'.format)


def measure_boxes(args: argparse.Namespace) -> None:
    """Measure the share of the boxes covered and of the mask outside them, one table."""
    remedy = 'give JSON like tools/analysis/sample_boxes.json'
    boxes = json.loads(existing_file('--boxes', args.boxes, remedy).read_text())
    clips, truth = [], []
    for video, by_frame in boxes.items():
        begin = min(map(int, by_frame))
        frames = [begin + FRAME_INTERVAL * t for t in range(CLIP_LEN)]
        file = existing_file('--data-root', args.data_root / video, f'it is named in {args.boxes}')
        clips.append(read(file, frames, args.size))
        truth.append(boxed([box for frame in by_frame.values() for box in frame], args.size))
    clips, truth = torch.stack(clips), torch.stack(truth)
    masks = {name: MASKS[name](clips) for name in args.kinds}
    table = {}
    for name, mask in masks.items():
        overlap = mask_overlap(mask, truth)
        table[name] = list(zip(overlap['covered'].tolist(), overlap['outside'].tolist()))
    names = [Path(video).stem for video in boxes]
    print_table('mask', names, table, lambda pair: '{:.2f} / {:.2f}'.format(*pair))
    if args.out:
        print(draw_mask_comparison(args.out, clips, masks, names))


def read(path: Path, frames: list[int], size: int) -> Tensor:
    """Return frames of a video as uint8 ``[3, T, size, size]``."""
    clip = torch.from_numpy(read_frames(path, frames)).permute(0, 3, 1, 2).float()
    clip = F.interpolate(clip, (size, size), mode='bilinear', antialias=True)
    return clip.round().clamp(0, 255).byte().transpose(0, 1)


def true_mask(video: Path, frames: list[int], size: int) -> Tensor:
    """Return where the actor of a generated video is in any frame: bool ``[size, size]``."""
    path = find_masks(video)
    if path is None:
        raise FileNotFoundError(
            f'--data: {video} has no masks beside it; give lists that tools/data/make_toy.py wrote'
        )
    been = torch.from_numpy(load_masks(path)[frames].any(0))
    return F.interpolate(been[None, None].float(), (size, size), mode='area')[0, 0] >= 0.5


def boxed(boxes: list[list[float]], size: int) -> Tensor:
    """Return the union of boxes: bool ``[size, size]``."""
    inside = torch.zeros(size, size, dtype=torch.bool)
    for box in boxes:
        left, top, right, bottom = (round(edge * size) for edge in box)
        inside[top:bottom, left:right] = True
    return inside


def print_table(corner: str, columns: list[str], rows: dict, show: Callable) -> None:
    """Print a Markdown table."""
    print(f'| {corner} | {" | ".join(columns)} |')
    print('|---' * (len(columns) + 1) + '|')
    for name, values in rows.items():
        print(f'| {name} | {" | ".join(map(show, values))} |')


if __name__ == '__main__':
    run_command(main)
