"""The main job on generated videos: pre-train with FAME, fine-tune, test, retrieve, report bias.

Every step is a command that a user would type; it is printed before it runs. Finished steps are
not run again, and an interrupted training goes on from its last epoch.
"""

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

from mmdebias.datasets.toy import CLASSES

ROOT = Path(__file__).resolve().parents[1]

# Lines worth showing: results of epochs and tests, what a checkpoint fills, what was written.
MAIN_LINE = re.compile(
    r'Epoch\((train|val|test)\).*loss: |Epoch\((val|test)\).*/|checkpoint fills|ready after|'
    r'Drew what|cannot be read|^error|^  (Reusing|Scoring|Features|Training)|^- \*\*'
)


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--data', type=Path, default=ROOT / 'data', help='where the videos go')
    parser.add_argument(
        '--work-dir', type=Path, default=ROOT / 'work_dirs' / 'quickstart', help='where results go'
    )
    parser.add_argument('--videos', type=int, default=320, help='generated videos to train on')
    parser.add_argument('--bias', type=float, default=0.9, help='P(scene goes with the action)')
    parser.add_argument('--epochs', type=int, default=15, help='of pre-training')
    parser.add_argument('--finetune-epochs', type=int, default=10, help='of fine-tuning')
    parser.add_argument('--seed', type=int, default=0)
    return parser.parse_args()


def main() -> None:
    """Run the steps and print the table."""
    args = parse_args()
    started = time.monotonic()
    os.environ['MMDEBIAS_DATA'] = str(args.data.resolve())
    toy, work = args.data / 'toy', args.work_dir

    step('Making videos')
    # Two test videos of each class are the fewest that a bias report is made of.
    tested = max(2 * len(CLASSES), args.videos // 4)
    options = ('--videos', args.videos, '--test-videos', tested)
    options += ('--bias', args.bias, '--seed', args.seed)
    run(work / 'make_toy.log', 'tools/data/make_toy.py', toy, *options)

    step('Pre-training with FAME')
    pretrained = train('configs/fame/r3d_toy.py', work / 'pretrain', args.epochs, args.seed)

    rows, reported = [], []
    for name, start in (('random weights', None), ('FAME', pretrained)):
        folder = work / ('finetune' if start else 'scratch')
        step(f'Fine-tuning from {name}')
        finetuned = train(
            'configs/finetune/r3d_toy.py', folder, args.finetune_epochs, args.seed, start
        )
        reported += ['configs/finetune/r3d_toy.py', finetuned]
        for test_set in ('test', 'test_swap'):
            step(f'Testing {name} on {test_set}')
            metrics = test(
                'configs/finetune/r3d_toy.py',
                finetuned,
                folder / test_set,
                f'test_dataloader.dataset.ann_file={test_set}.txt',
            )
            rows.append((f'fine-tuned from {name}', f'top-1 on {test_set}', metrics['acc/top1']))
    for test_set in ('test', 'test_swap'):
        step(f'Retrieval, queries of {test_set}')
        metrics = test(
            'configs/retrieval/r3d_toy.py',
            pretrained,
            work / 'retrieval' / test_set,
            f'test_dataloader.dataset.query.ann_file={test_set}.txt',
        )
        rows.append(('FAME, no labels', f'R@1 on {test_set}', metrics['retrieval/R@1']))

    step('How much of it is background')
    run(
        work / 'bias_report.log', 'tools/bias_report.py',
        *reported, 'configs/fame/r3d_toy.py', pretrained,
        '--names', 'fine-tuned from random weights', 'fine-tuned from FAME', 'FAME, linear probe',
        '--data', toy / 'test.txt', '--train', toy / 'train.txt', '--seed', args.seed,
        '--out', work / 'bias_report', '--overwrite',
    )  # fmt: skip

    report(rows, work, time.monotonic() - started)


def step(title: str) -> None:
    """Announce a step."""
    print(f'\n=== {title}', flush=True)


def run(log: Path, script: str, *arguments: object) -> None:
    """Run one of the project's scripts: the command and its main lines are shown, all is logged."""
    command = [sys.executable, str(ROOT / script), *map(str, arguments)]
    print('$ python', shlex.join([script, *command[2:]]), flush=True)
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open('a') as file,
        subprocess.Popen(
            command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process,
    ):
        for line in process.stdout:
            file.write(line)
            if MAIN_LINE.search(line):
                print('  ' + line.split(' - INFO - ')[-1].rstrip()[:150], flush=True)
    if process.returncode:
        print(log.read_text()[-3000:])
        sys.exit(f'{script} failed (exit status {process.returncode}). All it said is in {log}.')


def train(config: str, work_dir: Path, epochs: int, seed: int, start: Path | None = None) -> Path:
    """Train, or go on training; returns the last checkpoint."""
    last, marker = work_dir / f'epoch_{epochs}.pth', work_dir / 'last_checkpoint'
    # The marker is written when a checkpoint is whole.
    if marker.exists() and Path(marker.read_text()).name == last.name:
        print(f'Reusing {last}', flush=True)
        return last
    options = [f'train_cfg.max_epochs={epochs}', f'randomness.seed={seed}']
    options.append(f'param_scheduler.0.milestones=[{epochs * 8 // 10},{epochs * 9 // 10}]')
    arguments = ['--work-dir', work_dir]
    if marker.exists():
        arguments.append('--resume')
    elif start is not None:
        options.append(f'load_from={start}')
    run(work_dir / 'train.log', 'tools/train.py', config, *arguments, '--cfg-options', *options)
    return last


def test(config: str, checkpoint: Path, work_dir: Path, *options: str) -> dict[str, float]:
    """Test a checkpoint, or read the result of an earlier test of it; returns the metrics."""
    result = work_dir / f'{checkpoint.stem}.json'
    if result.exists() and result.stat().st_mtime > checkpoint.stat().st_mtime:
        print(f'Reusing {result}', flush=True)
        return json.loads(result.read_text())
    overrides = ['--cfg-options', *options] if options else []
    log = work_dir / 'test.log'
    run(log, 'tools/test.py', config, checkpoint, '--work-dir', work_dir, *overrides)
    # MMEngine writes the metrics of each run into a folder named by the time.
    latest = max(work_dir.glob('*/*.json'), key=lambda path: path.stat().st_mtime)
    metrics = json.loads(latest.read_text())
    result.write_text(json.dumps(metrics))
    return metrics


def report(rows: list[tuple[str, str, float]], work: Path, seconds: float) -> None:
    """Print the table and where the pictures are."""
    print(f'\n=== Done in {seconds / 60:.1f} minutes (installation not counted)\n')
    for model, metric, value in rows:
        print(f'  {model:<32}{metric:<20}{100 * value:6.1f} %')
    print(
        '\nIn test the scene goes with the action as often as in training; in test_swap it is the '
        'scene of\nanother action. What is lost from one to the other was background. Chance is '
        '12.5 %.\n\nPictures:'
    )
    for picture in sorted(work.rglob('*.png')):
        print(f'  {picture}')
    print(f'\nThe report on how much of it is background:\n  {work / "bias_report/report.html"}')


if __name__ == '__main__':
    main()
