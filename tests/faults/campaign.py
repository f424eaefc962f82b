"""A campaign of faults: kills, damaged files, a full disk, killed ranks, bad inputs.

Usage: bash tools/run_tests.sh --faults [--kills 30] [--bad-inputs 60] [--seed 0] [--out DIR]
           [--only kills,files,ranks,inputs] [--jobs import] [--inputs REGEX]

Every job is run undisturbed first; what a disturbed one makes in the end must be equal to that, bit
for bit. Needs Linux, and the minutes that its last line states. Exits with status 1 where anything
was lost, left running or badly answered.
"""

import argparse
import json
import os
import random
import re
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / 'tests'), str(ROOT)]
os.environ.setdefault('OMP_NUM_THREADS', '1')
os.environ.setdefault('ONEDNN_MAX_CPU_ISA', 'AVX2')

from damage import (  # noqa: E402
    damaged_files,
    damaged_results,
    damaged_videos,
    full_disk,
    killed_ranks,
)
from inputs import all_inputs, answer  # noqa: E402
from jobs import all_jobs, make_inputs, train  # noqa: E402
from kills import kill  # noqa: E402
from running import run  # noqa: E402

from mmdebias.provenance import versions  # noqa: E402

PARTS = ('kills', 'files', 'ranks', 'inputs')


def parse_args(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--kills', type=int, default=30, help='over all jobs')
    parser.add_argument('--bad-inputs', type=int, default=60, help='as many of the list')
    parser.add_argument(
        '--inputs', default='', help='only bad inputs whose names match, such as "resume|cut"'
    )
    parser.add_argument('--seed', type=int, default=0, help='of the moments and the choice')
    parser.add_argument('--only', type=lambda text: text.split(','), default=list(PARTS))
    parser.add_argument(
        '--jobs',
        type=lambda text: text.split(','),
        help='to be killed, such as "pre-training,import"; default: all six',
    )
    parser.add_argument('--out', type=Path, help='for results and logs; default: a temporary one')
    args = parser.parse_args(argv)
    unknown = set(args.only) - set(PARTS)
    if unknown:
        parser.error(f'--only {",".join(unknown)}: there are {",".join(PARTS)}')
    return args


def main(argv: list[str] | None = None) -> int:
    """Run the campaign; returns its exit status."""
    args = parse_args(argv)
    begin = time.monotonic()
    folder = (args.out or Path(tempfile.mkdtemp(prefix='faults_'))).resolve()
    inputs, draw = folder / 'inputs', random.Random(args.seed)
    if not (inputs / 'lists.zip').exists():
        make_inputs(inputs)
    env = dict(MMDEBIAS_DATA=str(inputs))
    jobs, found = all_jobs(inputs), dict(kills=[], faults=[], answers=[])
    if 'kills' in args.only:
        names = args.jobs or [job.name for job in jobs]
        for index, job in enumerate([job for job in jobs if job.name in names]):
            count = args.kills // len(names) + (index < args.kills % len(names))
            if count:
                found['kills'].append(kill(job, count, folder, draw, say)._asdict())
    if 'files' in args.only:
        whole = folder / 'pre-training_whole'
        if not whole.exists():
            run(train(whole), whole, env=env)
        for faults in (
            damaged_files(folder, whole, env),
            damaged_results(folder, jobs[1], env),
            damaged_videos(folder, inputs),
            full_disk(folder, whole, env),
        ):
            note(found, faults)
    if 'ranks' in args.only:
        note(found, killed_ranks(folder, env))
    if 'inputs' in args.only:
        every = all_inputs(inputs, folder / 'bad')
        every = [bad for bad in every if re.search(args.inputs, bad.name)]
        for bad in every if len(every) <= args.bad_inputs else draw.sample(every, args.bad_inputs):
            one = answer(bad, folder, env)
            found['answers'].append(one._asdict())
            say(f'{"well" if one.well else "BADLY"}: {one.name}: {one.last}')
    minutes = (time.monotonic() - begin) / 60
    text = table(found, args, minutes)
    (folder / 'faults.json').write_text(json.dumps(found, indent=1))
    (folder / 'faults.md').write_text(text)
    print(f'\n{text}\n{folder / "faults.md"}, faults.json')
    return int(lost(found))


def note(found: dict, faults) -> None:
    """Keep faults as they come, and say them."""
    for fault in faults:
        found['faults'].append(fault._asdict())
        say(f'{"held" if fault.held else "LOST"}: {fault.name}: {fault.note}')


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)


def lost(found: dict) -> bool:
    """Whether anything did not hold."""
    kills = any(k['survived'] < k['kills'] or k['left'] for k in found['kills'])
    return kills or not all([*(f['held'] for f in found['faults']),
                             *(a['well'] for a in found['answers'])])  # fmt: skip


def table(found: dict, args: argparse.Namespace, minutes: float) -> str:
    """The tables of a campaign, Markdown."""
    lines = []
    if found['kills']:
        lines += ['| job | kills | survived | processes left running |', '|---|---|---|---|']
        lines += [f'| {k["job"]} | {k["kills"]} | {k["survived"]} | {k["left"]} |'
                  for k in found['kills']]  # fmt: skip
        total = [sum(k[key] for k in found['kills']) for key in ('kills', 'survived', 'left')]
        lines += [f'| **all** | {total[0]} | {total[1]} | {total[2]} |', '']
    if found['faults']:
        lines += ['| fault | nothing lost |', '|---|---|']
        lines += [f'| {f["name"]} | {"yes" if f["held"] else "**no**"} |' for f in found['faults']]
        lines += ['']
    if found['answers']:
        well = sum(a['well'] for a in found['answers'])
        traced = sum(a['traceback'] for a in found['answers'])
        lines += [
            f'{well} of {len(found["answers"])} bad inputs answered well, {traced} of all with a '
            "traceback above the message, MMEngine's.", '',
        ]  # fmt: skip
        lines += [f'- badly: {a["name"]}: `{a["last"]}`'
                  for a in found['answers'] if not a['well']]  # fmt: skip
    shown = ', '.join(f'{name} {version}' for name, version in versions().items())
    lines += [f'Seed {args.seed}, {minutes:.0f} minutes; {shown}.']
    return '\n'.join(lines) + '\n'


if __name__ == '__main__':
    sys.exit(main())
