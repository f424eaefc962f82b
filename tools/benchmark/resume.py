"""Kill a training by SIGKILL in mid-epoch, resume it, and compare the losses of the same steps.

Usage: python tools/benchmark/resume.py [--config FILE] [--amp] [--num-videos N]

Pre-trains on generated videos for three epochs; in the third everything is killed, and the
training goes on from the second's checkpoint. The steps that the kill undid are made again: a JSON
line says by how much their losses differ, as a share. On a CPU by nothing; kernels of a GPU add up
in another order each time, which the first step shows alone and the later ones enlarge.

It fails where that is more than rounding may explain. The first of these steps has the weights, the
clips and the draws that it had: on a GPU its loss may be off by .01, twenty times what float16
rounds a number by. Later ones may be off by .1, as each step enlarges the difference. On a CPU
all may be off by .000001.
"""

import argparse
import contextlib
import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
from measuring import show

from mmdebias.cli import run_command
from mmdebias.datasets.toy import ToyConfig, make_toy
from mmdebias.processes import BOUND, orderly_end
from mmdebias.runs import QUIET_THREADS, TAIL, find_tool

EPOCHS = 3
UNDONE = 3
"""Steps of the last epoch that are made before the kill, at least."""
GPU_LIMITS = (0.01, 0.1)
CPU_LIMITS = (1e-6, 1e-6)


def main() -> None:
    """Print how far the steps after the kill are from those before it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--config', default='configs/fame/r3d_toy.py')
    parser.add_argument('--amp', action='store_true', help='mixed precision; on a GPU only')
    parser.add_argument('--num-videos', type=int, default=256)
    parser.add_argument('--batch-size', type=int, default=16)
    parser.add_argument('--cfg-options', nargs='+', default=[], metavar='KEY=VALUE')
    # Trainings take the GPU where there is one.
    limits = GPU_LIMITS if torch.cuda.is_available() else CPU_LIMITS
    parser.add_argument(
        '--limits', nargs=2, type=float, default=limits, metavar=('FIRST', 'LATER'),
        help='the shares that the first loss and the later ones may differ by; here %(default)s',
    )  # fmt: skip
    args = parser.parse_args()
    steps = args.num_videos // args.batch_size
    if steps <= UNDONE:
        raise ValueError(f'--num-videos {args.num_videos} must be {UNDONE + 1} batches or more')
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        make_toy(place / 'toy', ToyConfig(videos=args.num_videos, test_videos=8), progress=False)
        found = kill_and_resume(args, place, steps)
    show(case='resume', **found)
    if fault := judge(found, *args.limits):
        sys.exit(f'error: {fault}')


def judge(found: Mapping, first: float, later: float) -> str:
    """Say which losses differ by more than they may, if any do; NaN is more than anything."""
    faults = [
        f'{name} is off by a share of {found[key]:.2g}, where {limit:g} is allowed'
        for name, key, limit in (
            ('the first loss after the kill', 'difference_of_the_first_step', first),
            ('a later loss', 'largest_difference', later),
        )
        if not found[key] <= limit
    ]
    return '; '.join(faults)


def kill_and_resume(args: argparse.Namespace, place: Path, steps: int) -> dict:
    """Train, kill, train on; return what was found.

    Raises:
        RuntimeError: a training failed, or ended before it was killed.
    """
    with killed(start(args, place, [])) as process:
        while max(curve(place), default=0) < (EPOCHS - 1) * steps + UNDONE:
            if process.poll() is not None:
                raise RuntimeError(f'the training ended before the kill:\n{log_end(place)}')
            time.sleep(0.01)
    before = curve(place)
    with killed(start(args, place, ['--resume'])) as process:
        if process.wait():
            raise RuntimeError(f'the training did not go on after the kill:\n{log_end(place)}')
    after = curve(place, newest=True)
    first, last = (EPOCHS - 1) * steps + 1, max(before)
    differences = [abs(after[n] - before[n]) / abs(before[n]) for n in range(first, last + 1)]
    return dict(
        config=args.config,
        amp=args.amp,
        killed_after_step=last,
        resumed_at_step=min(after),
        ended_at_step=max(after),
        difference_of_the_first_step=differences[0],
        largest_difference=max(differences, key=lambda n: math.inf if math.isnan(n) else n),
        compared_steps=len(differences),
    )


def start(args: argparse.Namespace, place: Path, more: list[str]) -> subprocess.Popen:
    """Start a training in a process group of its own."""
    command = [
        sys.executable, find_tool('train.py'), args.config, '--work-dir', place / 'work',
        *['--amp'] * args.amp, *more, '--cfg-options', 'log_processor.window_size=1',
        'default_hooks.logger.interval=1', f'train_cfg.max_epochs={EPOCHS}', 'randomness.seed=0',
        f'train_dataloader.batch_size={args.batch_size}', *args.cfg_options,
    ]  # fmt: skip
    variables = {**QUIET_THREADS, **os.environ, 'MMDEBIAS_DATA': str(place)}
    with (place / 'log').open('a') as log:
        return subprocess.Popen(
            [*map(str, command)], env=variables, stdout=log, stderr=log, start_new_session=True,
            **BOUND,
        )  # fmt: skip


@contextlib.contextmanager
def killed(process: subprocess.Popen) -> Iterator[subprocess.Popen]:
    """Kill a process group by SIGKILL at the end, whatever the reason is."""
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def curve(place: Path, newest: bool = False) -> dict[int, float]:
    """Return the losses that the trainings there have logged, by step; or those of the last one."""
    files = sorted(place.glob('work/*/vis_data/2*.json'))
    found = {}
    for path in files[-1:] if newest else files:
        for line in path.read_text().splitlines():
            with contextlib.suppress(ValueError):  # half a line, of a training that was killed
                entry = json.loads(line)
                if 'loss' in entry:
                    found[entry['step']] = entry['loss']
    return found


def log_end(place: Path) -> str:
    """Return how the log of the trainings ends."""
    return (place / 'log').read_text(errors='replace')[-TAIL:]


if __name__ == '__main__':
    with orderly_end():
        run_command(main)
