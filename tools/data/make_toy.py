"""Make toy videos: an actor in front of scenes that go with its actions as often as asked.

Example::

    python tools/data/make_toy.py --out data/toy --num-videos 320 --bias 0.9

writes into ``data/toy``

* ``videos/<split>/*.mp4`` for the splits ``train``, ``test`` (same bias) and ``test_swap`` (the
  scene is always that of another class);
* ``train.txt``, ``test.txt``, ``test_swap.txt``: lines ``path label``, paths relative to the folder
  (MMAction2's ``VideoDataset`` with ``data_prefix=dict(video='data/toy')``);
* ``scene_labels/<split>.txt``: lines ``path scene``; ``classes.txt`` and ``scenes.txt``: the names;
* ``masks/<split>/*.npz``: the actor's exact masks, see ``mmdebias.datasets.toy.load_masks``;
* ``meta.json``: arguments, names and counts. It is written last: a set that has it is whole.

Run the same command again to finish a set that was interrupted. No single frame tells the puppet's
actions apart, see ``motions.py`` and ``swings.py`` in ``mmdebias/datasets/toy``. People move as
recorded with ``--motions mocap`` (``recorded.py``; ``pip install mmdebias[mocap]``), and
``--images DIR`` puts photographs behind the actors.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
from typing import Any

from mmdebias.cli import output_folder
from mmdebias.datasets.toy import BACKDROPS, CLASSES, MOTION_SETS, SPLITS, ToyConfig, make_toy


def parse_args(argv: list[str] | None = None) -> tuple[argparse.Namespace, ToyConfig]:
    """Read and check the command line."""
    formatter = argparse.ArgumentDefaultsHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], formatter_class=formatter)
    default = {field.name: field.default for field in dataclasses.fields(ToyConfig)}

    def add(name: str, kind: type, text: str, **kwargs: Any) -> None:
        key = name[2:].removeprefix('num-').replace('-', '_')
        parser.add_argument(name, dest=key, type=kind, default=default[key], help=text, **kwargs)

    pair: dict[str, Any] = {'nargs': 2, 'metavar': ('MIN', 'MAX')}
    parser.add_argument(
        '--out', type=output_folder, required=True, metavar='OUT', help='folder to write to'
    )
    add('--num-videos', int, 'number of training videos')
    add('--num-test-videos', int, 'videos of each test split; None is a quarter of --num-videos')
    independent = f'1/{len(CLASSES)} = {1 / len(CLASSES):g} is independence'
    add('--bias', float, f"probability of the class's own scene in train and test; {independent}")
    add('--seed', int, 'seed of everything')
    add('--size', int, 'frame size in pixels, even', nargs=2, metavar=('H', 'W'))
    add('--frames', int, 'frames per video')
    add('--fps', float, 'playing speed; motions are timed in frames, recorded ones in seconds')
    add('--actor-size', float, 'standing height as a share of frame height', **pair)
    add('--actors', int, "number of looks shared by all videos; None is one of each video's own")
    moves = 'what moves: limbs, the whole body, or a person as recorded'
    add('--motions', str, moves, choices=MOTION_SETS)
    add('--backdrop', str, 'what is behind the actor', choices=BACKDROPS)
    groups = f'{len(CLASSES)} subfolders of them are the kinds of scenes'
    add('--images', str, f'photographs for scenes; {groups}', metavar='DIR')
    add('--contrast', float, 'of what is behind the actor, 1 as drawn')
    add('--period', float, 'frames per cycle of a motion; recorded ones have their own', **pair)
    add('--speed', float, 'speed of recorded motions, 1 as recorded', **pair)
    add('--shake', float, 'camera shake as a share of frame height')
    add('--lighting', float, 'strength of the lighting changes, 0 for none')
    parser.add_argument('--workers', type=int, help='processes; None is one per processor')
    parser.add_argument('--overwrite', action='store_true', help='replace a toy set in OUT')
    parser.add_argument('--quiet', action='store_true', help='show no progress bar')
    args = parser.parse_args(argv)
    if args.workers is not None and args.workers < 1:
        parser.error(f'--workers {args.workers}: give a whole number of at least 1')
    try:
        return args, ToyConfig(**{key: getattr(args, key) for key in default})
    except ValueError as error:
        # The message starts with the argument's name, which options spell in their way.
        name, rest = str(error).split('=', 1)
        name = f'num_{name}' if name.endswith('videos') else name
        parser.error(f'--{name.replace("_", "-")}={rest}')


def main(argv: list[str] | None = None) -> int:
    """Make the videos, and return the exit status."""
    args, config = parse_args(argv)
    # In a log, a bar that redraws itself is a page of noise.
    progress = sys.stderr.isatty() and not args.quiet
    start = time.perf_counter()
    try:
        meta = make_toy(args.out, config, args.workers, args.overwrite, progress)
    except (OSError, RuntimeError, ImportError, ValueError) as error:
        print(f'error: {error}', file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print('\ninterrupted: run the same command again to finish the set', file=sys.stderr)
        return 130
    counts = ', '.join(f'{meta["counts"][split]} {split}' for split in SPLITS)
    print(f'{args.out}: {counts} videos, ready after {time.perf_counter() - start:.1f} s')
    return 0


if __name__ == '__main__':
    sys.exit(main())
