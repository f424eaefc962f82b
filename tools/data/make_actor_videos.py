"""Make actor videos, such as BE's Actor-HMDB51: each frame cropped to the people in it.

Examples::

    python tools/data/make_actor_videos.py \\
        --data data/hmdb51/hmdb51_train_split_1_videos.txt --data-root data/hmdb51/videos \\
        --out data/actor_hmdb51 --boxes boxes.json
    python tools/data/make_actor_videos.py --data LIST --out OUT --detector CONFIG CHECKPOINT

write ``OUT/videos/*.mp4`` and, under the name of LIST, the list of those videos with their labels:
``OUT`` has the layout of the original. The frames of a video are resized to one size, the median of
its areas. A frame without a person is cropped like the nearest frame that has one. Videos without
any person, missing and broken ones are left out and listed, with the reason, in a file beside the
list, ``OUT/left_out_*.txt``. Videos that are there already are kept.

boxes.json is ``{"video as in LIST": [[[x1, y1, x2, y2, score], ...], ...], ...}``, a list of boxes
for each frame; the score may be missing. With mmdet (``pip install mmdebias[detect]``) the boxes
are found, and kept in ``OUT/boxes``, a file a video, for the next time.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from mmdebias.cli import output_folder
from mmdebias.datasets.actor_videos import NoPersonError, read_boxes, write_actor_video
from mmdebias.datasets.person_detector import PersonDetector
from mmdebias.files import existing_file, write_text


def parse_args(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        '--data', type=Path, required=True, metavar='LIST', help='lines "path label" or "path"'
    )
    parser.add_argument('--out', type=output_folder, required=True, help='folder to write to')
    parser.add_argument(
        '--data-root', type=Path, help="where LIST's paths start; its own folder if not given"
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument('--boxes', type=Path, help='JSON file of person boxes')
    source.add_argument(
        '--detector', nargs=2, metavar=('CONFIG', 'CHECKPOINT'), help='a detector of mmdet'
    )
    parser.add_argument(
        '--min-score', type=float, default=0.5, help='of a box (default %(default)s)'
    )
    parser.add_argument('--device', default='cuda:0', help='of the detector (default %(default)s)')
    parser.add_argument('--overwrite', action='store_true', help='make videos again that are there')
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Cut the actors out of a list's videos, and return the exit status."""
    args = parse_args(argv)
    try:
        remedy = 'give a list of lines "path label" or "path"'
        videos = read_list(existing_file('--data', args.data, remedy))
        find = boxes_from(args)
    except (OSError, ValueError, ImportError) as error:
        print(f'error: {error}', file=sys.stderr)
        return 2
    root = args.data_root or args.data.parent
    lines, left_out, counts = [], {}, Counter()
    for path, label in videos:
        relative = Path(path).with_suffix('.mp4')
        target = args.out / 'videos' / relative
        try:
            if target.exists() and not args.overwrite:
                counts['kept'] += 1
            else:
                counts.update(make(root / path, path, target, find))
        except (OSError, RuntimeError, LookupError, NoPersonError) as error:
            left_out[path] = (str(error).strip() or type(error).__name__).splitlines()[0]
            print(f'{path} is left out: {left_out[path]}', file=sys.stderr)
            continue
        lines.append(' '.join([relative.as_posix(), *label]))
    args.out.mkdir(parents=True, exist_ok=True)
    write_text(args.out / args.data.name, ''.join(f'{line}\n' for line in lines))
    reasons = ''.join(f'{path}\t{reason}\n' for path, reason in left_out.items())
    write_text(args.out / f'left_out_{args.data.stem}.txt', reasons)
    print(
        f'{args.out / args.data.name}: {len(lines)} of {len(videos)} videos '
        f'({counts["kept"]} were there, {len(left_out)} left out); '
        f'{counts["without_person"]} of {counts["frames"]} frames had no person and took the '
        'nearest area; '
        f'{counts["surplus"]} box entries lay behind the end of a video'
    )
    return 0 if lines else 1


def read_list(path: Path) -> list[tuple[str, list[str]]]:
    """Return videos and labels of a list; the label is in a list of one, or of none where there is
    none.

    Raises:
        ValueError: no videos, a path that is not below the root, or two that would be written to
            one file.
    """
    videos, targets = [], {}
    for line in filter(None, map(str.strip, path.read_text().splitlines())):
        video, _, label = line.rpartition(' ')
        video, label = (video, [label]) if video and label.isdecimal() else (line, [])
        if Path(video).is_absolute() or '..' in Path(video).parts:
            raise ValueError(f'{path} lists {video}: give paths relative to --data-root.')
        other = targets.setdefault(Path(video).with_suffix(''), video)
        if other != video:
            raise ValueError(f'{path} lists {other} and {video}, which differ in the ending alone.')
        videos.append((video, label))
    if not videos:
        raise ValueError(f'{path} lists no videos.')
    return videos


def boxes_from(args: argparse.Namespace) -> Callable[[str, Path], list]:
    """Return the source of a video's boxes, by its name in the list and its file."""
    if args.boxes:
        remedy = 'give the JSON file of boxes that the help describes, or --detector'
        given = read_boxes(existing_file('--boxes', args.boxes, remedy), args.min_score)

        def look_up(name: str, file: Path) -> list[np.ndarray]:
            if name not in given:
                raise LookupError('the file of boxes does not name it')
            return given[name]

        return look_up

    config, checkpoint = args.detector
    detector = PersonDetector(config, checkpoint, args.min_score, args.device)

    def detect(name: str, file: Path) -> list[np.ndarray]:
        kept = args.out / 'boxes' / f'{name}.json'
        if not kept.exists():
            boxes = {name: [frame.round(2).tolist() for frame in detector(file)]}
            kept.parent.mkdir(parents=True, exist_ok=True)
            write_text(kept, json.dumps(boxes))
        return read_boxes(kept)[name]

    return detect


def make(source: Path, name: str, target: Path, find: Callable[[str, Path], list]) -> dict:
    """Make one video; returns counts of its frames.

    Raises:
        FileNotFoundError: there is no such video.
        LookupError: the file of boxes does not name it.
        Others: see :func:`write_actor_video`.
    """
    if not source.is_file():
        raise FileNotFoundError(f'{source} is missing')
    return write_actor_video(source, find(name, source), target)


if __name__ == '__main__':
    sys.exit(main())
