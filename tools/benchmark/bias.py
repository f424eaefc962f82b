"""Compare the bias report of a model with that of another commit: time, and the numbers.

Usage: python tools/benchmark/bias.py [--config FILE] [--than COMMIT] [--data LIST] [--num-videos N]

Both commits report on the config's net as it is initialised, in turns, in processes of their own;
without --data on generated videos with their masks. Printed is a JSON line for each, and one with
the ratios and the largest difference of a score. `ms` and `cpu_ms` are of the whole command, by the
clock and by the processors, children included. Needs the other commit in this clone.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from commits import NOW, ROOT, beside, show_best


def main() -> None:
    """Print what a report costs, a line a commit, and how many times as much before."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--config', default='supervised/r3d_toy.py', help='below configs/')
    parser.add_argument('--than', default='d261f1a', metavar='COMMIT')
    parser.add_argument('--data', type=Path, metavar='LIST', help='default: videos are generated')
    parser.add_argument('--num-videos', type=int, default=200, metavar='N', help='of the list')
    parser.add_argument('--size', type=int, nargs=2, default=(128, 160), metavar=('H', 'W'))
    parser.add_argument('--frames', type=int, default=64, help='of a generated video')
    parser.add_argument('--repeats', type=int, default=1, help='reports of each commit')
    parser.add_argument('--cfg-options', nargs='+', default=[], help="of the config, both commits'")
    args = parser.parse_args()
    with beside(args.than) as trees, tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        data = args.data or generated(work / 'toy', args)
        checkpoint = initial_weights(work, args)
        compare(trees, data.absolute(), checkpoint, work, args)


def generated(folder: Path, args: argparse.Namespace) -> Path:
    """Generate videos with masks, and return their list."""
    from mmdebias.datasets.toy import ToyConfig, make_toy

    size = tuple(args.size)
    make_toy(
        folder, ToyConfig(videos=8, test_videos=args.num_videos, size=size, frames=args.frames)
    )
    return folder / 'test.txt'


def initial_weights(folder: Path, args: argparse.Namespace) -> Path:
    """Write the checkpoint of the config's net as it is initialised."""
    from mmengine.config import Config, DictAction

    import mmdebias  # noqa: F401  (registers everything)
    from mmdebias.weights import write_initial_weights

    cfg = Config.fromfile(ROOT / 'configs' / args.config)
    options = (option.split('=', 1) for option in args.cfg_options)
    cfg.merge_from_dict({key: DictAction._parse_iterable(value) for key, value in options})
    return write_initial_weights(cfg, folder / 'weights', seed=0)


def compare(
    trees: dict[str, Path], data: Path, checkpoint: Path, work: Path, args: argparse.Namespace
) -> None:
    """Report with each tree in turns, and print the best times and how the scores differ."""
    found: dict[str, list[dict]] = {name: [] for name in trees}
    scores: dict[str, dict] = {}
    for repeat in range(args.repeats):
        for name, tree in trees.items():
            out = work / f'{name}_{repeat}'
            config = tree / 'configs' / args.config
            found[name].append(timed(command(tree, [config, checkpoint], data, out, args), tree))
            scores[name] = read_scores(out)
    before, now = show_best(found)
    rows = list(scores[NOW])
    shared = [np.stack([of[row] for row in rows]) for of in scores.values()]
    print(
        json.dumps(
            dict(
                share_of_time=round(now['ms'] / before['ms'], 3),
                share_of_cpu=round(now['cpu_ms'] / before['cpu_ms'], 3),
                rows=len(rows),
                largest_difference=float(np.abs(shared[1] - shared[0]).max()),
            )
        )
    )


def command(
    tree: Path, model: list[Path], data: Path, out: Path, args: argparse.Namespace
) -> list[str]:
    """Return a tree's command of the report."""
    own = ['--model', 'net', *model] if (tree / 'mmdebias' / 'bias').is_dir() else model
    count = '--num-videos' if len(own) > 2 else '--videos'
    options = ['--cfg-options', *args.cfg_options] if args.cfg_options else []
    parts = [
        sys.executable, tree / 'tools' / 'bias_report.py', *own, '--data', data,
        count, args.num_videos, '--out', out, *options,
    ]  # fmt: skip
    return [str(part) for part in parts]


def timed(parts: list[str], tree: Path) -> dict[str, float]:
    """Run a command, and return the milliseconds that it took."""
    env = dict(os.environ, PYTHONPATH=str(tree))
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(parts, cwd=tree, env=env, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f'{done.stdout}{done.stderr}')
    spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return dict(ms=round(1e3 * (time.monotonic() - begin)), cpu_ms=round(1e3 * spent))


def read_scores(out: Path) -> dict[str, np.ndarray]:
    """Return the scores of a report by their rows: commits may write these in another order."""
    (file,) = (out / 'scores').glob('*.npz')
    rows = (out / 'manifest.jsonl').read_text().splitlines()
    with np.load(file, allow_pickle=False) as stored:
        return dict(zip(rows, stored['scores']))


if __name__ == '__main__':
    main()
