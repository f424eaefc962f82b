"""Check and measure on one GPU, within ten minutes and offline, what only a GPU shows.

Usage: bash tools/benchmark/gpu.sh OUT [--dry-run] [--only PART...]

Parts, each in processes of its own and with its own limit of time, to which is added what the
parts before it have left:

tests     those marked ``gpu``: the CPU and the GPU agree
augments  FAME's mask and merge in frames a second, all augments beside the step, AugmentAhead
nets      each pre-training net by precision, layout, batch (until out of memory), torch.compile
loading   loading against the step: how many CPU cores the GPU needs
resume    a training under --amp, killed by SIGKILL and resumed
study     a seed of tools/analysis/toy_study.py --scale gpu: MoCo and FAME

Writes OUT/gpu.md and OUT/gpu.json, with card, date, versions and commit, anew after each part, and
a log of each. A part that fails, or is not done in time, is in the table with its reason and with
what it had measured by then. The exit status is 1 if a part failed. ``--dry-run`` does the same on
a CPU with tiny sizes: its figures mean nothing. ``--only`` keeps what OUT has of other parts, if
that is of the same card and as dry; without it all is replaced. Ctrl-C and SIGTERM end it with a
page that says which part was interrupted, and which were not run.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from gpu_page import Found, render
from gpu_parts import PARTS, Part
from gpu_setting import ROOT, read_setting

from mmdebias.cli import output_folder
from mmdebias.files import read_json, write_text
from mmdebias.processes import BOUND, orderly_end

MINUTES = 9.5
"""Of all parts; starting takes the rest of ten."""
PATIENCE = 20
"""Times as long a dry run may take: a CPU is slow, and may have other work."""
SAME = ('dry_run', 'card')
"""Of the setting: what results that stand on one page have in common."""
DRY = dict(
    CUDA_VISIBLE_DEVICES='',
    OMP_NUM_THREADS='1',
    MMDEBIAS_GPU_STAND_IN='cpu',  # runs the tests marked gpu, against a CPU
    # oneDNN's bfloat16 kernels for AVX-512 break off the process on some processors.
    ONEDNN_MAX_CPU_ISA='AVX2',
)


def main() -> int:
    """Run the parts, write what they found, and return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--out', type=output_folder, required=True, metavar='OUT')
    parser.add_argument('--only', nargs='+', choices=PARTS, metavar='PART', help='of %(choices)s')
    parser.add_argument('--dry-run', action='store_true', help='on a CPU, with tiny sizes')
    args = parser.parse_args()
    if not args.dry_run and not torch.cuda.is_available():
        parser.exit(1, 'error: there is no GPU here; --dry-run tries the parts on a CPU\n')
    begin = time.monotonic()
    setting = read_setting(args.dry_run)
    chosen = [name for name in PARTS if args.only is None or name in args.only]
    try:
        found = {} if args.only is None else kept_parts(args.out, setting, chosen)
    except ValueError as error:
        parser.exit(1, f'error: {error}\n')
    args.out.mkdir(parents=True, exist_ok=True)
    for name in chosen:
        limit = time_limit(name, chosen, time.monotonic() - begin, args.dry_run)
        found[name] = run_part(name, PARTS[name], args.out.resolve(), args.dry_run, limit)
        interrupted = found[name].get('failed', '').startswith(INTERRUPTED)
        if interrupted:
            found |= {part: not_run(PARTS[part]) for part in chosen[chosen.index(name) + 1 :]}
        write_results(args.out, setting, found)
        if interrupted:
            parser.exit(
                130, f'{INTERRUPTED} in {name}: {args.out / "gpu.md"} says what is missing\n'
            )
        print(f'{name}: {found[name]["says"]} ({found[name]["seconds"]:.0f} s)', flush=True)
    print(args.out / 'gpu.md')
    return int(any('failed' in found[name] for name in chosen))


def kept_parts(out: Path, setting: dict, chosen: Sequence[str]) -> dict[str, Found]:
    """Return what a folder has of other parts than those chosen, each with its own setting.

    Raises:
        ValueError: it has results of another kind, or none that can be read.
    """
    path = out / 'gpu.json'
    if not path.exists():
        return {}
    there = read_json(path)
    remedy = f'give another folder than {out}, or leave out --only, which replaces all'
    if not isinstance(there, dict) or not isinstance(there.get('parts'), dict):
        raise ValueError(f'{path} is no result of this check, or half of one: {remedy}')
    parts = there.pop('parts')
    if [there.get(key) for key in SAME] != [setting[key] for key in SAME]:
        kind = 'a dry run' if there.get('dry_run') else 'a check'
        raise ValueError(f'{path} has the results of {kind} on {there.get("card")}: {remedy}')
    # A part that was kept before has an older setting than the file.
    return {name: {'setting': there, **part} for name, part in parts.items() if name not in chosen}


def write_results(out: Path, setting: dict, found: dict[str, Found]) -> None:
    """Write the page and the JSON file, in the order of the parts."""
    parts = {name: found[name] for name in PARTS if name in found}
    write_text(out / 'gpu.json', json.dumps(dict(setting, parts=parts), indent=1) + '\n')
    write_text(out / 'gpu.md', render(setting, parts))


def time_limit(name: str, chosen: Sequence[str], passed: float, dry_run: bool) -> float:
    """Return the seconds that a part may take: all that are left but those of the parts after it.

    So each part has its own, whatever those before it did, and what they have left.
    """
    times = PATIENCE if dry_run else 1
    after = chosen[chosen.index(name) + 1 :]
    return 60 * MINUTES * times - passed - times * sum(PARTS[part].seconds for part in after)


def run_part(name: str, part: Part, out: Path, dry_run: bool, limit: float) -> Found:
    """Run a part's commands, one after the other, within some seconds for all of them."""
    begin = time.monotonic()
    reason = None if limit > 0 else 'no time is left'
    log = out / f'{name}.log'
    log.write_text('')
    with work_folder() as work:
        try:
            for command in part.commands(work, dry_run):
                left = limit - (time.monotonic() - begin)
                if reason is None or (part.independent and left > 0):
                    failure = run(command, log, left, dry_run, work)
                    if failure == LATE:
                        failure = f'not done within {limit:.0f} s'
                    reason = '; '.join(filter(None, [reason, failure])) or None
        except (KeyboardInterrupt, SystemExit):  # the latter is orderly_end's
            reason = INTERRUPTED
        try:
            rows = part.rows(work, log.read_text(errors='replace'))
            says = part.says(rows) if rows else ''
        except Exception as error:  # half of what it should have written, perhaps
            rows, says = [], ''
            reason = reason or f'{type(error).__name__}: {error}'
    if reason is None and not rows:
        reason = 'it has measured nothing'
    found: Found = dict(title=part.title, seconds=time.monotonic() - begin, rows=rows, says=says)
    if reason is not None:
        found['failed'] = reason
        found['says'] = f'failed: {reason}' + (f'; until then {says}' if says else '')
    return found


def not_run(part: Part) -> Found:
    """Return what is known of a part that comes after an interruption."""
    reason = 'not run'
    return Found(title=part.title, seconds=0.0, rows=[], says=reason, failed=reason)


@contextlib.contextmanager
def work_folder() -> Iterator[Path]:
    """Make a folder for a while; processes that are ending may still write to it at its end."""
    folder = Path(tempfile.mkdtemp())
    try:
        yield folder
    finally:
        for _ in range(50):
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                break
            time.sleep(0.1)


LATE = 'late'
INTERRUPTED = 'interrupted'


def run(
    command: Sequence[object], log: Path, seconds: float, dry_run: bool, work: Path
) -> str | None:
    """Run a command with its output in a log; return why it failed, if it did."""
    # Temporary folders of a command that is killed go with the part's.
    variables = {**os.environ, 'PYTHONUNBUFFERED': '1', 'TMPDIR': str(work)}
    variables |= DRY if dry_run else {}
    with log.open('a') as file:
        process = subprocess.Popen(
            [str(word) for word in command], cwd=ROOT, env=variables, stdout=file, stderr=file,
            start_new_session=True, **BOUND,
        )  # fmt: skip
        try:
            status = process.wait(max(seconds, 0))
        except subprocess.TimeoutExpired:
            return LATE
        finally:  # workers too, and whatever the command has left
            end(process)
    lines = [line for line in log.read_text(errors='replace').splitlines() if line.strip()]
    return f'exit status {status}: {lines[-1][:400] if lines else ""}' if status else None


def end(process: subprocess.Popen) -> None:
    """End a command's process group, whether it is running or not."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


if __name__ == '__main__':
    try:
        with orderly_end():
            sys.exit(main())
    except KeyboardInterrupt:  # between two parts
        sys.exit(INTERRUPTED)
