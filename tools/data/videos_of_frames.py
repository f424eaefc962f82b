"""Make videos of sets that are handed out as pictures, such as SCUBA's, HAT's and DAVIS's.

Usage::

    python tools/data/videos_of_frames.py --data LIST --frames DIR --out OUT

LIST has MMAction2's lines "folder frames label", folders relative to DIR. Writes
``OUT/videos/FOLDER.mp4``, the pictures as they are, and a list of lines "path label" under the name
of LIST. Videos that are left out are named with the reason, and the exit status is 1 then; those
that are there already are kept.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mmdebias.cli import output_folder
from mmdebias.datasets.picture_videos import find_pictures, pack_pictures, read_frame_list
from mmdebias.files import write_text


def parse_args(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        '--data', type=Path, required=True, metavar='LIST', help='lines "folder frames label"'
    )
    parser.add_argument(
        '--frames', type=Path, required=True, metavar='DIR', help='where its folders are'
    )
    parser.add_argument('--out', type=output_folder, required=True, help='folder to write to')
    parser.add_argument('--overwrite', action='store_true', help='make videos again that are there')
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Make the videos, and return the exit status."""
    args = parse_args(argv)
    try:
        listed = read_frame_list(args.data)
    except (OSError, ValueError) as error:
        print(f'error: {error}', file=sys.stderr)
        return 2
    lines = []
    for video in listed:
        # A name may have dots: its ending is put behind it, and replaces nothing.
        path = f'videos/{video.folder}.mp4'
        try:
            if args.overwrite or not (args.out / path).is_file():
                pack_pictures(find_pictures(args.frames, video), args.out / path)
        except (OSError, ValueError) as error:
            print(f'{video.folder} is left out: {error}', file=sys.stderr)
            continue
        lines.append(f'{path} {video.label}\n')
    target = (args.out / args.data.name).with_suffix('.txt')
    write_text(target, ''.join(lines))
    print(f'{target}: {len(lines)} of {len(listed)} videos')
    return 0 if len(lines) == len(listed) else 1


if __name__ == '__main__':
    sys.exit(main())
