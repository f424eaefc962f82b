"""Turn masks and boxes of benchmarks into the files that the bias report reads.

Usage::

    python tools/data/convert_masks.py --FORMAT SOURCE --out DIR [--data LIST]

    --davis DIR          DAVIS, or PNGs VIDEO/00000.png with the number of an object a pixel
    --hat DIR            HAT's human segmentations, seg/CLASS/VIDEO/000001.png
    --class-maps DIR     PNGs of classes, CLASS/VIDEO/00001.png; --values 60 are the foreground
    --coco FILE          JSON with RLE: as YouTube-VIS, or {"VIDEO": [RLE or null, ...]};
                         --categories person
    --ucf101-24 FILE     UCF101v2-GT.pkl, pyannot.pkl or finalAnnots.mat: boxes

The first four write DIR/VIDEO.npz, for ``--masks DIR`` of the report; the last DIR/boxes.json, for
``--boxes DIR/boxes.json``. LIST is the report's: lines "path label", a CSV, or a folder of classes.
With it, files are named after its videos, and numbers of frames and shapes are compared
with theirs. Videos that are left out are named with the reason, and the exit status is 1 then.
JHMDB's puppet masks need no conversion. Where to get each: docs/mask_formats.md.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mmdebias.bias.labelled import read_labelled
from mmdebias.cli import output_folder
from mmdebias.datasets.mask_formats import (
    Readers,
    coco_masks,
    convert_boxes,
    convert_masks,
    davis_masks,
    hat_masks,
    label_masks,
    read_tubes,
)

FORMATS = {'davis': 'DIR', 'hat': 'DIR', 'class-maps': 'DIR', 'coco': 'FILE', 'ucf101-24': 'FILE'}


def parse_args(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    source = parser.add_mutually_exclusive_group(required=True)
    for name, kind in FORMATS.items():
        source.add_argument(f'--{name}', type=Path, metavar=kind)
    parser.add_argument('--out', type=output_folder, required=True, metavar='DIR')
    parser.add_argument('--data', type=Path, metavar='LIST', help='the videos that count')
    parser.add_argument('--data-root', type=Path, help="default: the list's folder")
    parser.add_argument(
        '--values', type=int, nargs='+', default=[], help='of --class-maps: foreground'
    )
    parser.add_argument('--categories', nargs='+', default=[], help='of --coco; default: all')
    args = parser.parse_args(argv)
    if bool(args.values) != (args.class_maps is not None):
        parser.error('--values belongs to --class-maps, which needs it: those of the foreground')
    if args.categories and args.coco is None:
        parser.error('--categories belongs to --coco')
    return args


def main(argv: list[str] | None = None) -> int:
    """Convert the masks, and return the exit status."""
    args = parse_args(argv)
    try:
        listed = None if args.data is None else read_labelled(args.data, root=args.data_root)
        videos, root = (None, None) if listed is None else (listed.paths, listed.root)
        if args.ucf101_24 is not None:
            target = args.out / 'boxes.json'
            tubes = read_tubes(args.ucf101_24)
            count = len(tubes if videos is None else videos)
            left_out = convert_boxes(tubes, target, videos, root)
        else:
            target = args.out
            readers = _readers(args)
            count = len(readers if videos is None else videos)
            left_out = convert_masks(readers, target, videos, root)
    except (OSError, ValueError) as error:
        print(f'error: {error}', file=sys.stderr)
        return 2
    for video, reason in left_out.items():
        print(f'{video} is left out: {reason}', file=sys.stderr)
    print(f'{target}: {count - len(left_out)} of {count} videos')
    return 1 if left_out else 0


def _readers(args: argparse.Namespace) -> Readers:
    if args.class_maps is not None:
        return label_masks(args.class_maps, args.values)
    if args.coco is not None:
        return coco_masks(args.coco, args.categories)
    return hat_masks(args.hat) if args.hat is not None else davis_masks(args.davis)


if __name__ == '__main__':
    sys.exit(main())
