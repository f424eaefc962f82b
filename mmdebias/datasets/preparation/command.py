"""The command line of ``tools/data/<dataset>/prepare.py``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from ..toy.writer import available_cpus
from .prepare import REPORT, prepare, summary
from .recipes import Recipe
from .resizing import parse_size


def _option(folder: str) -> str:
    """``videos`` is ``--videos``, ``videos_train`` is ``--train-videos``."""
    return '--' + '-'.join(reversed(folder.split('_')))


def _size(text: str) -> int | tuple[int, int]:
    try:
        return parse_size(text)
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
        '--out', type=Path, default=out, help=f'folder to write to (default: {out})'
    )
    parser.add_argument(
        '--resize',
        type=_size,
        metavar='SIZE',
        help='short side in pixels, such as 256, or width x height, such as 340x256; without it '
        'the originals are used (needs PyAV: pip install "mmdebias[prepare]")',
    )
    parser.add_argument('--no-check', action='store_true', help='do not try to read the videos')
    parser.add_argument(
        '--workers',
        type=int,
        default=available_cpus(),
        help='videos worked on at a time (default: one a processor)',
    )
    parser.add_argument('--quiet', action='store_true', help='show no progress bars')
    args = parser.parse_args(argv)
    if args.workers < 1:
        parser.error(f'--workers {args.workers}: give a whole number of at least 1')
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
        report = prepare(
            recipe,
            args.annotations,
            videos,
            args.out,
            args.resize,
            not args.no_check,
            args.workers,
            shown,
        )
    except (OSError, RuntimeError, ValueError) as error:
        print(f'error: {error}', file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print('\ninterrupted: run the same command again to go on', file=sys.stderr)
        return 130
    print(f'{recipe.title} in {args.out}')
    print(summary(report, args.out))
    print(f'report: {args.out / REPORT}')
    return int(recipe.whole and not report['whole'])
