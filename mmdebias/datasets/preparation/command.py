"""The command line of ``tools/data/<dataset>/prepare.py``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from mmdebias.cli import output_folder

from ..toy.writer import available_cpus
from .lists import summary
from .prepare import prepare, unpack_all
from .recipes import Recipe
from .resizing import CODECS, parse_size
from .shards import REPORT, Shard, parse_shard


def _option(folder: str) -> str:
    """Return the option of a folder: ``videos_train`` is ``--train-videos``."""
    return '--' + '-'.join(reversed(folder.split('_')))


def _size(text: str) -> int | tuple[int, int]:
    try:
        return parse_size(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _shard(text: str) -> Shard:
    try:
        return parse_shard(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def parse_args(recipe: Recipe, text: str, argv: list[str] | None) -> argparse.Namespace:
    """Read and check the command line; ``text`` says where archives come from."""
    parser = argparse.ArgumentParser(
        description=text, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    out = Path(os.environ.get('MMDEBIAS_DATA', 'data'), recipe.name)
    several: dict[str, Any] = {'nargs': '+', 'type': Path, 'metavar': 'PATH'}
    alone = len(recipe.folders) == 1
    parser.add_argument(
        '--annotations',
        required=True,
        help='official split files: archives, folders or files',
        **several,
    )
    for folder in recipe.folders:
        parser.add_argument(
            _option(folder),
            dest=folder,
            required=alone,
            help=f'what fills the folder {folder}: archives, or folders unpacked already; where '
            'two have the same video, the one given later counts',
            **several,
        )
    parser.add_argument(
        '--out', type=output_folder, default=out, help=f'folder to write to (default: {out})'
    )
    parser.add_argument(
        '--resize',
        type=_size,
        metavar='SIZE',
        help='short side in pixels, such as 256, or width x height, such as 340x256; without it '
        'the originals are used',
    )
    parser.add_argument(
        '--codec',
        choices=CODECS,
        help='of resized copies: h264 (default), or mjpeg, which is larger and faster to load',
    )
    parser.add_argument('--no-check', action='store_true', help='do not try to read the videos')
    parser.add_argument(
        '--workers',
        type=int,
        default=available_cpus(),
        help='videos worked on at a time (default: one a processor)',
    )
    part = parser.add_mutually_exclusive_group()
    part.add_argument('--unpack', action='store_true', help='unpack the archives, and stop')
    part.add_argument(
        '--shard',
        type=_shard,
        metavar='I/N',
        help='link or resize and check the I-th of N parts only, for jobs that run at the same '
        'time; unpack before',
    )
    part.add_argument(
        '--merge', action='store_true', help='write lists, report and index of whole shards'
    )
    parser.add_argument('--quiet', action='store_true', help='show no progress bars')
    args = parser.parse_args(argv)
    if args.workers < 1:
        parser.error(f'--workers {args.workers}: give a whole number of at least 1')
    if args.codec and args.resize is None:
        parser.error(f'--codec {args.codec} is for copies: give --resize SIZE as well')
    if not any(getattr(args, folder) for folder in recipe.folders):
        parser.error(f'give {" or ".join(map(_option, recipe.folders))}')
    return args


def main(recipe: Recipe, text: str, argv: list[str] | None = None) -> int:
    """Run the command.

    Args:
        recipe: The dataset.
        text: What the help says about it.
        argv: Arguments; None takes those of the process.

    Returns:
        Exit status: 0 when done, 1 when videos of an archive that should be whole are missing or
        unreadable (the lists are written without them), 2 on an error, 130 when interrupted.
    """
    args = parse_args(recipe, text, argv)
    videos = {folder: getattr(args, folder) for folder in recipe.folders if getattr(args, folder)}
    # In a log, a bar that redraws itself is a page of noise.
    shown = sys.stderr.isatty() and not args.quiet
    try:
        if args.unpack:
            unpack_all(args.annotations, videos, args.out, shown)
            print(f'{recipe.title} is unpacked to {args.out / "unpacked"}')
            return 0
        report = prepare(
            recipe,
            args.annotations,
            videos,
            args.out,
            args.resize,
            not args.no_check,
            args.workers,
            shown,
            args.codec or 'h264',
            args.shard,
            args.merge,
        )
    except (OSError, RuntimeError, ValueError) as error:
        print(f'error: {error}', file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print('\ninterrupted: run the same command again to go on', file=sys.stderr)
        return 130
    if args.shard:
        print(
            f'shard {args.shard} of {recipe.title} in {args.out}: {report["videos"]} videos, '
            f'{report["unreadable"]} of them unreadable; when all shards are whole: --merge'
        )
        return 0
    print(f'{recipe.title} in {args.out}')
    print(summary(report, args.out))
    print(f'report: {args.out / REPORT}')
    return int(recipe.whole and not report['whole'])
