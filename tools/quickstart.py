"""The main job on generated videos: pre-train with MoCo and debiased, see what each has learnt.

Debiased is FAME on the triplet of DSM: the anchor of a triplet is a clip, the positive the same
frames, warped and with the actor pasted before another scene, the negative later frames whose
motion is disturbed, before the same scene. On some sets of videos FAME
on MoCo does not find the motion in so few steps (tools/analysis/toy_study.md).

First on videos in which motion and scene have nothing to do with each other: what do the frozen
features hold, the motion or the scene? Then on videos in which the scene goes with the motion nine
times of ten, as in the data sets of the world: fine-tuning on such labels, and how much of the
result is background.

Every step is a command that a user would type; it is printed before it runs. Finished steps are
not run again, and an interrupted training goes on from its last epoch.
"""

import argparse
import os
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from mmdebias import runs
from mmdebias.cli import output_folder
from mmdebias.datasets.toy import CLASSES
from mmdebias.files import read_json
from mmdebias.messages import stop
from mmdebias.processes import orderly_end

ROOT = Path(__file__).resolve().parents[1]

# Lines worth showing: results of epochs and tests, what a checkpoint fills, what was written.
MAIN_LINE = re.compile(
    r'Epoch\((train|val|test)\).*loss: |Epoch\((val|test)\).*/|checkpoint fills|ready after|'
    r'Drew what|cannot be read|^error|^  (Reusing|Scoring|Features|Training)|^- \*\*'
)
# The actor fills much of the frame, as people do in films of them, and its whole body moves; all
# wear the same, before pale scenes, so that neither clothes nor what FAME leaves of a scene around
# the actor tell one video from another. tools/analysis/toy_study.md has more of that.
MOTIONS = [
    '--motions', 'swings', '--size', 40, 40, '--actors', 1, '--actor-size', 0.9, 1,
    '--contrast', 0.5, '--shake', 0, '--lighting', 0,
]  # fmt: skip
DEBIASED = 'FAME+DSM'
PRETRAINED = {'MoCo': 'configs/moco/r3d_swings.py', DEBIASED: 'configs/dsm/r3d_swings.py'}
FINETUNE = 'configs/finetune/r3d_swings.py'
# What is shown of the bias report: its measures, and the columns' heads.
REPORTED = {
    'original/accuracy': 'as filmed',
    'scuba_videos/accuracy': 'before another scene',
    'background_only/accuracy': 'with no actor',
}


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--data', type=Path, default=ROOT / 'data', help='where the videos go')
    parser.add_argument(
        '--out',
        type=output_folder,
        default=ROOT / 'work_dirs' / 'quickstart',
        help='where results go',
    )
    parser.add_argument(
        '--num-videos', type=int, default=1024, help='generated videos to pre-train on'
    )
    parser.add_argument(
        '--bias', type=float, default=0.9, help='P(scene goes with the motion) of the labelled'
    )
    parser.add_argument('--epochs', type=int, default=18, help='of pre-training')
    parser.add_argument('--finetune-epochs', type=int, default=10, help='of fine-tuning')
    parser.add_argument('--seed', type=int, default=0)
    args = parser.parse_args()
    if args.num_videos < 64:
        parser.error(f'--num-videos {args.num_videos}: give 64, a batch, or more')
    return args


def main() -> None:
    """Run the steps and print what came of them."""
    args = parse_args()
    started = time.monotonic()
    work = args.out.resolve()
    os.chdir(ROOT)  # commands name configs as a user would

    toy = make_videos('independent', 1 / len(CLASSES), args.num_videos, args, work)
    say('Eight motions before eight kinds of scenes, any motion before any scene.')
    step(f'Pre-training with MoCo and with {DEBIASED}, without labels, at the same time')
    say(
        'MoCo: two clips of a video belong together, by whatever tells them from others.\n'
        '  FAME+DSM: the same frames before another scene belong together, other motion before\n'
        '  the same scene does not.'
    )
    pretrained = at_once(
        {
            name: partial(pretrain, name, config, work / folder_of(name), args)
            for name, config in PRETRAINED.items()
        }
    )
    step('What the frozen features hold')
    say(
        'The encoders stay as they are. A linear classifier reads motion and scene from their\n'
        '  features, and of each test video the nearest training video is looked at. No scene\n'
        '  goes with a motion here, as if all were swapped.'
    )
    models = []
    for name, checkpoint in pretrained.items():
        models += ['--model', name, PRETRAINED[name], checkpoint]
    frozen = ['--toy', toy, *models, '--out', work / 'frozen_features']
    runs.run_tool('analysis/frozen_features.py', frozen, work / 'frozen.log', every_line)
    found = read_json(work / 'frozen_features' / 'frozen_features.json')

    toy = make_videos('biased', args.bias, args.num_videos * 5 // 16, args, work)
    say(f'Here the scene goes with the motion {100 * args.bias:.0f} times of 100.')
    step('Fine-tuning both on their labels, at the same time')
    say('Where the scene goes with the motion, a net has the choice: what does it go by?')
    finetuned = at_once(
        {
            name: partial(finetune, name, work / f'finetuned_{folder_of(name)}', start, args)
            for name, start in pretrained.items()
        }
    )
    reported = []
    for name, checkpoint in finetuned.items():
        reported += ['--model', f'fine-tuned from {name}', FINETUNE, checkpoint]
    step('How much of them is background')
    say(
        "The test videos again, with the actor before another video's scene, and without the actor."
    )
    folder = work / 'bias_report'
    arguments = [
        *reported, '--data', toy / 'test.txt', '--train', toy / 'train.txt', '--seed', args.seed,
        '--out', folder, '--overwrite',
    ]  # fmt: skip
    runs.run_tool('bias_report.py', arguments, work / 'bias_report.log', main_line)
    report(found, read_json(folder / 'report.json'), work, time.monotonic() - started)


def make_videos(name: str, bias: float, count: int, args: argparse.Namespace, work: Path) -> Path:
    """Make videos, and have the configs read them; returns their folder."""
    step(f'Making videos: {name}')
    root = args.data.resolve() / name
    # Two test videos of each class are the fewest that a bias report is made of.
    tested = max(2 * len(CLASSES), count // 2)
    options = ['--num-videos', count, '--num-test-videos', tested, '--bias', f'{bias:g}']
    options += ['--seed', args.seed, *MOTIONS]
    out = ['--out', root / 'toy', *options]
    runs.run_tool('data/make_toy.py', out, work / 'make_toy.log', main_line)
    print(f'$ export MMDEBIAS_DATA={root}', flush=True)
    os.environ['MMDEBIAS_DATA'] = str(root)
    return root / 'toy'


def at_once(trainings: dict[str, Callable[[], Path]]) -> dict[str, Path]:
    """Run trainings side by side, each on its share of the cores; returns their checkpoints.

    On two cores a net this small is no faster with two threads than with one.
    """
    share = max(1, (os.cpu_count() or 1) // len(trainings))
    given = os.environ.get('OMP_NUM_THREADS')
    os.environ.setdefault('OMP_NUM_THREADS', str(share))
    try:
        with ThreadPoolExecutor(len(trainings)) as pool:
            running = {name: pool.submit(training) for name, training in trainings.items()}
            try:
                return {name: future.result() for name, future in running.items()}
            except (KeyboardInterrupt, SystemExit):  # which the pool would keep until they are done
                runs.end_running()
                raise
    finally:
        if given is None:
            del os.environ['OMP_NUM_THREADS']


def pretrain(name: str, config: str, work_dir: Path, args: argparse.Namespace) -> Path:
    """Pre-train, or go on with it; returns the last checkpoint."""
    warm = max(args.epochs // 9, 1)
    options = [
        f'train_cfg.max_epochs={args.epochs}',
        f'param_scheduler.0.end={warm}',
        f'param_scheduler.1.begin={warm}',
        f'param_scheduler.1.end={max(args.epochs, warm + 1)}',
        f'param_scheduler.1.T_max={max(args.epochs - warm, 1)}',
        f'randomness.seed={args.seed}',
    ]
    return runs.train(config, work_dir, options, pick=partial(line_of, name))


def finetune(name: str, work_dir: Path, start: Path, args: argparse.Namespace) -> Path:
    """Fine-tune, or go on with it; returns the last checkpoint."""
    epochs = args.finetune_epochs
    options = [
        f'train_cfg.max_epochs={epochs}',
        f'param_scheduler.0.milestones=[{epochs * 8 // 10},{epochs * 9 // 10}]',
        f'randomness.seed={args.seed}',
    ]
    return runs.train(FINETUNE, work_dir, options, start, pick=partial(line_of, name))


def folder_of(name: str) -> str:
    """Return where the results of a pre-training go."""
    return name.lower().replace('+', '_')


def say(text: str) -> None:
    """Print what a step means."""
    print(f'  {text}', flush=True)


def line_of(name: str, line: str) -> str | None:
    """Return what is shown of a line of the log of one of two trainings."""
    shown = main_line(line)
    return None if shown is None else f'  {name}:{shown}'


def every_line(line: str) -> str:
    """Return a line as it is shown."""
    return '  ' + line.rstrip()


def step(title: str) -> None:
    """Announce a step."""
    print(f'\n=== {title}', flush=True)


def main_line(line: str) -> str | None:
    """Return what is shown of a line of a log."""
    return '  ' + line.split(' - INFO - ')[-1].rstrip()[:150] if MAIN_LINE.search(line) else None


def report(found: dict, bias: dict, work: Path, seconds: float) -> None:
    """Print the tables, what they say, and where the pictures are."""
    print(f'\n=== Done in {seconds / 60:.1f} minutes (installation not counted)\n')
    print('Frozen features, right in % of the test videos [95 % interval]; chance is 12.5:\n')
    columns = {
        'motion_probe': 'motion read',
        'motion_retrieval': 'nearest: same motion',
        'scene_probe': 'scene read',
        'scene_retrieval': 'nearest: same scene',
    }
    print(f'  {"":<8}' + ''.join(f'{title:>22}' for title in columns.values()))
    for name, read in found.items():
        cells = [interval_text(read[column]) for column in columns]
        print(f'  {name:<8}' + ''.join(f'{cell:>22}' for cell in cells))
    print('\n' + verdict(found))
    print('\nFine-tuned on labels that go with the scene, top-1 in % [95 % interval]:\n')
    print(f'  {"":<32}' + ''.join(f'{title:>24}' for title in REPORTED.values()))
    values = {measure['name']: measure['values'] for measure in bias['measures']}
    finetuned = {
        name: {key: values[key][number] for key in REPORTED}
        for number, name in enumerate(PRETRAINED)
    }
    for name, measured in finetuned.items():
        row = ''.join(f'{interval_text(cell):>24}' for cell in measured.values())
        print(f'  {"fine-tuned from " + name:<32}{row}')
    print(f'\n{verdict_no_actor(finetuned)}\n{verdict_before_scenes(finetuned)}\n\nPictures:')
    for picture in sorted(work.rglob('*.png')):
        print(f'  {picture}')
    print(f'\nThe report on how much of it is background:\n  {work / "bias_report/report.html"}')


def interval_text(cell: dict[str, float]) -> str:
    """Return a share and its interval in %."""
    return f'{100 * cell["value"]:.1f} [{100 * cell["low"]:.0f}, {100 * cell["high"]:.0f}]'


def verdict(found: dict[str, dict]) -> str:
    """Say what the frozen features showed, and whether their intervals tell the two apart."""
    lines = []
    for column, title in (('motion_probe', 'motion'), ('scene_probe', 'scene')):
        gap, beside = compare(found[DEBIASED][column], found['MoCo'][column])
        lines.append(f"Of the {title} {DEBIASED}'s features hold {gap} than MoCo's ({beside}).")
    return '\n'.join(lines)


def verdict_no_actor(finetuned: dict[str, dict]) -> str:
    """Say which of the fine-tuned nets are right where there is nothing but the scene."""
    chance = 1 / len(CLASSES)
    told = [
        f"{name}'s" for name, read in finetuned.items()
        if read['background_only/accuracy']['low'] > chance
    ]  # fmt: skip
    if not told:
        return 'With no actor neither net is right more often than by chance, 12.5 %.'
    which = 'both nets are' if len(told) > 1 else f'{told[0]} net is'
    return (
        f'With no actor {which} right more often than by chance, 12.5 %: such labels have taught '
        'the scene.'
    )


def verdict_before_scenes(finetuned: dict[str, dict]) -> str:
    """Say which of the two fine-tuned nets is right before another scene, and whether by chance."""
    ours, moco = (finetuned[name]['scuba_videos/accuracy'] for name in (DEBIASED, 'MoCo'))
    gap, beside = compare(ours, moco)
    why = ''
    if ours['low'] > moco['high']:
        why = '\nA net that knew the motion before it saw the labels has something else to go by.'
    return (
        f"Before another scene {DEBIASED}'s net is right {gap} often than MoCo's ({beside}).{why}"
    )


def compare(ours: dict[str, float], moco: dict[str, float]) -> tuple[str, str]:
    """Return how far one share is from another, and whether their intervals tell them apart."""
    apart = ours['low'] > moco['high'] or ours['high'] < moco['low']
    more = 'more' if ours['value'] > moco['value'] else 'less'
    gap = f'{100 * abs(ours["value"] - moco["value"]):.0f} points {more}'
    return gap, 'their intervals do not meet' if apart else 'within their intervals: not told apart'


if __name__ == '__main__':
    try:
        with orderly_end():
            main()
    except (runs.ToolError, OSError) as error:
        stop(error)
