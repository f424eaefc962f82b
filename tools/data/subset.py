"""Choose a class-balanced share of a list, for learning from few labels.

Example::

    cd data/kinetics400
    python PATH_TO/tools/data/subset.py --data kinetics400_train_list_videos.txt \\
        --out kinetics400_train_1percent.txt --percent 1 --seed 0

The result is a list as well: name it as ``ann_file`` of a config. It is the same for the same list,
percent and seed; with one seed, the 1 % are among the 10 %. Every class gives the same number of
videos, up to one, and at least one; with ``--equal shares`` the same share of its videos.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from mmdebias.cli import output_file
from mmdebias.datasets.label_subset import EQUAL, balanced_subset, parse_list
from mmdebias.files import existing_file, write_text

REMEDY = 'give a list of lines "path label", such as prepare.py writes'


def main(argv: list[str] | None = None) -> int:
    """Write a part of a list, and return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        '--data', metavar='LIST', type=Path, required=True, help='lines "path label"'
    )
    parser.add_argument(
        '--out', metavar='LIST', type=output_file, required=True, help='list to write'
    )
    parser.add_argument('--percent', type=float, required=True, help='share of the videos, to 100')
    parser.add_argument(
        '--equal', choices=EQUAL, default='numbers', help='of every class (default: numbers)'
    )
    parser.add_argument('--seed', type=int, default=0, help='seed of the choice (default: 0)')
    args = parser.parse_args(argv)
    try:
        if args.out.exists() and args.out.resolve() == args.data.resolve():
            raise ValueError(f'--out is --data, {args.data}: give another name.')
        text = existing_file('--data', args.data, REMEDY).read_text(encoding='utf-8')
        lines = [line for line in text.splitlines() if line.strip()]
        videos = parse_list(lines, str(args.data))
        chosen = balanced_subset(videos, args.percent, args.seed, args.equal)
        text = ''.join(f'{lines[index].strip()}\n' for index in chosen)
        if args.out.exists() and args.out.read_text(encoding='utf-8') != text:
            raise FileExistsError(
                f'{args.out} is there and differs: remove it or give another OUT.'
            )
        write_text(args.out, text)
    except (OSError, ValueError) as error:
        print(f'error: {error}', file=sys.stderr)
        return 2
    counts = Counter(videos[index][1] for index in chosen).values()
    print(
        f'{args.out}: {len(chosen)} of {len(videos)} videos ({100 * len(chosen) / len(videos):.2f} '
        f'%), {len(counts)} classes of {min(counts)} to {max(counts)} videos'
    )
    return 0


if __name__ == '__main__':
    sys.exit(main())
