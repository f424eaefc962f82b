"""Compare a pre-training step with that of another commit: time and peak memory.

Usage: python tools/benchmark/step.py [--config FILE] [--than COMMIT] [--batch-size 8] [--size 112]

Both commits train the config's model on the same random clips, in turns, in processes of their
own: the data preprocessor with its augments, loss, backward pass and the config's optimiser.
Printed is a JSON line for each and one with the ratios. Memory is what the steps add to the model
and its queue; time is the processor's, beside that of the wall clock, which other programs on the
machine lengthen. Needs the other commit in this clone of the repository.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from commits import NOW, beside, show_best

LINES = 20
"""Of a process that failed, to show."""


def main() -> None:
    """Print what a step costs, a line a commit, and how many times as much before."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--config', default='fame/i3d_k400.py', help='below configs/')
    parser.add_argument('--than', default='d261f1a', metavar='COMMIT')
    parser.add_argument('--batch-size', type=int, default=8)
    parser.add_argument('--size', type=int, default=112, help='pixels of a side')
    parser.add_argument('--clip-len', type=int, default=16)
    parser.add_argument('--queue-size', type=int, default=65536)
    parser.add_argument('--steps', type=int, default=3, help='of a process; the first is not timed')
    parser.add_argument('--repeats', type=int, default=3, help='processes of each commit')
    parser.add_argument('--options', default='{}', help="JSON, of this commit's config only")
    parser.add_argument('--measure', action='store_true', help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        measure(args)
        return
    with beside(args.than) as trees:
        compare(trees, args.repeats)


def compare(trees: dict[str, Path], repeats: int) -> None:
    """Measure each tree in turns, and print its best."""
    found: dict[str, list[dict]] = {name: [] for name in trees}
    for _ in range(repeats):
        for name, tree in trees.items():
            command = [sys.executable, __file__, *sys.argv[1:], '--measure']
            if name != NOW:
                command += ['--options', '{}']
            env = dict(os.environ, PYTHONPATH=str(tree))
            found[name].append(json.loads(printed(command, name, env=env, cwd=tree)))
    before, now = show_best(found)
    print(
        json.dumps(
            dict(
                times_as_fast=round(before['ms'] / now['ms'], 2),
                by_the_wall_clock=round(before['wall_ms'] / now['wall_ms'], 2),
                share_of_memory=round(now['peak_mib'] / before['peak_mib'], 2),
            )
        )
    )


def printed(command: list[str], name: str, **options: Any) -> str:
    """Return the last line that a command prints; one that fails ends this with its last lines."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        end = '\n'.join(done.stderr.splitlines()[-LINES:])
        sys.exit(f'{end}\nerror: the step of {name} failed, exit status {done.returncode}')
    return done.stdout.splitlines()[-1]


def measure(args: argparse.Namespace) -> None:
    """Train some steps with the code that PYTHONPATH names, and print what they took."""
    import torch
    from measuring import forget_peak, peak_so_far
    from mmengine.config import Config
    from mmengine.registry import init_default_scope
    from stepping import build_step, random_batch

    import mmdebias  # noqa: F401  (registers everything)

    init_default_scope('mmaction')
    # Each commit's own: its code may not know the name of a package's config.
    name = args.config.removeprefix('mmdebias::').removesuffix('.py')
    cfg = Config.fromfile(f'configs/{name}.py')
    if 'queue_size' in cfg.model:
        cfg.model.queue_size = args.queue_size
    cfg.merge_from_dict(json.loads(args.options))
    model, optimizer = build_step(cfg)
    clip = (args.clip_len, args.size, args.size)
    times = []
    forget_peak()
    held = peak_so_far()
    for step in range(args.steps):
        torch.manual_seed(step)
        batch = random_batch(cfg, args.batch_size, clip)
        begin = time.process_time(), time.perf_counter()
        model.train_step(batch, optimizer)
        times.append((time.process_time() - begin[0], time.perf_counter() - begin[1]))
    peak = peak_so_far() - held
    ms, wall_ms = (1e3 * min(clock) for clock in zip(*times[1:]))
    print(json.dumps(dict(ms=ms, wall_ms=wall_ms, peak_mib=peak)))


if __name__ == '__main__':
    main()
