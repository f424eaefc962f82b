"""The parts of the check on a GPU: what each runs, and how what it found is said in a sentence."""

import json
import os
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
GOAL = 30_000
"""Frames a second of FAME's mask and merge, of clips of GOAL_CLIP."""
GOAL_CLIP = '16x224x224'
OTHER_NETS = ['c3d', 'r2plus1d_18', 'r3d_18', 'r3d_34']
TINY_NET = ['model.backbone.base_channels=4', 'model.neck.in_channels=32', 'model.queue_size=32']

Rows = list[dict]


class Part(NamedTuple):
    """A part of the check."""

    title: str
    seconds: int
    """It may take; what parts before it have left comes on top."""
    commands: Callable[[Path, bool], list[list]]
    """From a work folder, and whether this is a dry run, to the commands."""
    says: Callable[[Rows], str]
    """From what was measured to a sentence."""
    rows: Callable[[Path, str], Rows] = lambda work, log: json_lines(log)
    """From the work folder and the log to what was measured."""
    independent: bool = False
    """The commands that follow one that failed are run."""


def json_lines(log: str) -> Rows:
    """Return the cases that a benchmark has printed, a JSON line each."""
    found = []
    for line in log.splitlines():
        if line.startswith('{'):
            try:
                found.append(json.loads(line))
            except ValueError:  # half a line, of a process that was killed
                continue
    return [row for row in found if 'case' in row]


def tool(name: str, *arguments: object) -> list:
    """Return the words of a command of tools/."""
    return [sys.executable, ROOT / 'tools' / name, *arguments]


def tests(work: Path, dry_run: bool) -> list[list]:
    """Return the command of the tests marked gpu; only their files are read."""
    files = [
        path
        for path in sorted((ROOT / 'tests').rglob('test_*.py'))
        if 'pytest.mark.gpu' in path.read_text(encoding='utf-8')
    ]
    options = ['-m', 'gpu', '-q', '-p', 'no:cacheprovider', f'--junit-xml={work / "tests.xml"}']
    return [[sys.executable, '-m', 'pytest', *options, *files]]


def test_rows(work: Path, log: str) -> Rows:
    """Return a row for each test that did not pass, and their numbers."""
    path = work / 'tests.xml'
    cases = list(ElementTree.parse(path).iter('testcase')) if path.exists() else []
    counts = dict(passed=0, failed=0, skipped=0)
    rows = []
    for case in cases:
        # An error is one of a fixture, or of a file that cannot be imported.
        kind = {'failure': 'failed', 'error': 'failed', 'skipped': 'skipped'}
        outcome, reason = 'passed', ''
        for child in case:
            if child.tag in kind:
                outcome, reason = kind[child.tag], child.get('message', '').split('\n')[0][:200]
        counts[outcome] += 1
        if outcome != 'passed':
            rows.append(dict(case='test', test=case.get('name'), outcome=outcome, reason=reason))
    return [dict(case='tests', **counts), *rows] if cases else []


def say_tests(rows: Rows) -> str:
    """Say how many passed."""
    return '{passed} passed, {failed} failed, {skipped} skipped'.format(**rows[0])


def augments(work: Path, dry_run: bool) -> list[list]:
    """Return the command that times augments."""
    small = ['--device', 'cpu', '--net', 'r3d_swings', '--clips', 2, '--clip-len', 4]
    small += ['--size', 16, '--repeats', 1, '--batches', 2]
    return [tool('benchmark/augment.py', 'gpu', *(small if dry_run else []))]


def say_augments(rows: Rows) -> str:
    """Say what FAME and all augments take, whether that is the goal, and what is hidden."""
    alone, *beside = rows
    verdict = ''
    if alone['clip'] == GOAL_CLIP:
        verdict = ': reached' if alone['fame_frames_a_second'] >= GOAL else ': missed'
    text = (
        "FAME's mask and merge {fame_frames_a_second:,.0f} frames a second at {clip} "
        f'(goal {GOAL:,} at {GOAL_CLIP}{verdict}), all augments '
        '{augments_share_of_the_step:.0%} of a step of {net}'
    ).format(**alone)
    return text + ''.join(say_hidden(row['share_hidden']) for row in beside)


def say_hidden(share: float) -> str:
    """Say how much AugmentAhead hides; where it makes all slower, that is nothing."""
    return f', of which AugmentAhead hides {f"{share:.0%}" if share >= 0.005 else "nothing"}'


def nets(work: Path, dry_run: bool) -> list[list]:
    """Return the commands that time nets: the first one's failures are not the others'."""
    small = ['--nets', 'r3d_swings', '--device', 'cpu', '--batch-size', 2, '--most', 4]
    small += ['--clip-len', 4, '--size', 16, '--queue-size', 64, '--seconds', 0.1]
    if dry_run:  # code for a CPU takes minutes to compile
        return [tool('benchmark/nets.py', *small, '--backend', 'eager')]
    return [tool('benchmark/nets.py', '--nets', *names) for names in (['i3d'], OTHER_NETS)]


def say_nets(rows: Rows) -> str:
    """Say the best of each net."""
    best: dict[str, dict] = {}
    for row in rows:
        if 'clips_a_second' in row:
            known = best.get(row['net'])
            if known is None or row['clips_a_second'] > known['clips_a_second']:
                best[row['net']] = row
    each = [
        '{net} {clips_a_second:,.0f} clips a second ({mode}, {batch_size} videos)'.format(**row)
        for row in best.values()
    ]
    large = ['{net} {batch_size}'.format(**row) for row in rows if is_too_large(row)]
    other = sum('failed' in row and not is_too_large(row) for row in rows)
    if large:
        each.append(f'too many videos for the memory: {", ".join(large)}')
    return '; '.join([*each, f'{other} cases failed'] if other else each)


def is_too_large(row: dict) -> bool:
    """Say whether a case failed because the memory did not suffice."""
    return row.get('failed', '').startswith('out of memory')


def loading(work: Path, dry_run: bool) -> list[list]:
    """Return the commands that make videos and time loading against the step."""
    videos = work / 'videos'
    size = ['--num-videos', 16, '--num-test-videos', 8, '--size', 32, 32, '--frames', 20]
    command = ['configs/fame/r3d_toy.py', '--batch-size', 4, '--steps', 1, '--workers', 1]
    options = TINY_NET
    if not dry_run:
        cores = len(os.sched_getaffinity(0))
        size = ['--num-videos', 32, '--num-test-videos', 8, '--size', 256, 340, '--frames', 120]
        command = ['configs/fame/i3d_k400.py', '--batch-size', 16, '--steps', 4]
        command += ['--workers', *sorted({1, max(cores // 4, 1), cores})]
        options = ['optim_wrapper.type=AmpOptimWrapper', 'optim_wrapper.dtype=bfloat16']
    return [
        tool('data/make_toy.py', '--out', videos, *size, '--quiet'),
        tool('benchmark/training.py', *command, '--data', videos / 'train.txt', '--json',
             '--cfg-options', *options),
    ]  # fmt: skip


def say_loading(rows: Rows) -> str:
    """Say how many cores feed the step, or how far it came."""
    if rows[-1]['case'] != 'verdict':
        return f'{len(rows)} cases'
    return (
        'to feed the step takes {cores_to_feed_the_step:.1f} CPU cores; {workers} workers load '
        '{loading_by_step:.2f} times as fast as it is'
    ).format(**rows[-1])


def resume(work: Path, dry_run: bool) -> list[list]:
    """Return the command that kills a training and resumes it; AMP wants a GPU."""
    small = ['--num-videos', 20, '--batch-size', 4, '--cfg-options', *TINY_NET]
    small += ['train_dataloader.num_workers=1']
    return [tool('benchmark/resume.py', *(small if dry_run else ['--amp']))]


def say_resume(rows: Rows) -> str:
    """Say how far the losses are from those before the kill."""
    return (
        'killed after step {killed_after_step}, went on at {resumed_at_step} to {ended_at_step}; '
        'the first loss is off by a share of {difference_of_the_first_step:.1g}, at most '
        '{largest_difference:.1g} in {compared_steps} steps'
    ).format(**rows[0])


def study(work: Path, dry_run: bool) -> list[list]:
    """Return the command of a seed of the study, two rows side by side."""
    small = ['--methods', 'fame', '--num-videos', 32, '--num-test-videos', 16, '--epochs', 1]
    small += ['--batch-size', 16, '--size', 28, '--channels', 4, '--probe-clips', 1]
    small += ['--workers', 1, '--precision', 'float32']
    large = ['--methods', 'moco,fame', '--jobs', 2]
    less = ['--num-bias-videos', 0, '--num-shortcut-clips', 0]
    return [
        tool('analysis/toy_study.py', '--out', work / 'study', '--scale', 'gpu', '--seeds', 0,
             *less, *(small if dry_run else large))
    ]  # fmt: skip


def study_rows(work: Path, log: str) -> Rows:
    """Return what each row of the study has read, of those that were done."""
    rows = []
    for path in sorted(work.glob('study/*/result.json')):
        found = json.loads(path.read_text())
        minutes = found.pop('minutes')
        rows.append(
            dict(
                case='study',
                **found,
                train_minutes=minutes['train'],
                probe_minutes=minutes['probe'],
            )
        )
    return rows


def say_study(rows: Rows) -> str:
    """Say what each row has read, and how long it took."""
    return '; '.join(
        '{method}: motion {motion_probe:.0%}, scene {scene_probe:.0%}, trained in '
        '{train_minutes:.1f} minutes'.format(**row)
        for row in rows
    )


# For an H200 and 16 CPU cores, start-up of 10 to 15 s a process included: an estimate, as none has
# been measured. Together they are the whole check's minutes.
PARTS = dict(
    tests=Part('tests marked `gpu`', 70, tests, say_tests, test_rows),
    augments=Part('augments beside the step', 60, augments, say_augments),
    nets=Part(
        'nets by precision, layout, batch, `torch.compile`', 170, nets, say_nets, independent=True
    ),
    loading=Part('loading against the step', 75, loading, say_loading),
    resume=Part('resumed after SIGKILL, `--amp`', 45, resume, say_resume),
    study=Part('a seed of the study at `--scale gpu`', 150, study, say_study, study_rows),
)
