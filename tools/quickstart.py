"""The main job on generated videos: pre-train with FAME, fine-tune, test, retrieve, report bias.

Every step is a command that a user would type; it is printed before it runs. Finished steps are
not run again, and an interrupted training goes on from its last epoch.
"""

import argparse
import json
import os
import re
import sys
import time
from pathlib import Path

from mmdebias import runs
from mmdebias.cli import output_folder
from mmdebias.datasets.toy import CLASSES
from mmdebias.files import read_json, write_text

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
        '--out',
        type=output_folder,
        default=ROOT / 'work_dirs' / 'quickstart',
        help='where results go',
    )
    parser.add_argument('--num-videos', type=int, default=320, help='generated videos to train on')
    parser.add_argument('--bias', type=float, default=0.9, help='P(scene goes with the action)')
    parser.add_argument('--epochs', type=int, default=15, help='of pre-training')
    parser.add_argument('--finetune-epochs', type=int, default=10, help='of fine-tuning')
    parser.add_argument('--seed', type=int, default=0)
    return parser.parse_args()


def main() -> None:
    """Run the steps and print the table."""
    args = parse_args()
    started = time.monotonic()
    data, work = args.data.resolve(), args.out.resolve()
    os.environ['MMDEBIAS_DATA'] = str(data)
    os.chdir(ROOT)  # commands name configs as a user would
    toy = data / 'toy'

    step('Making videos')
    # Two test videos of each class are the fewest that a bias report is made of.
    tested = max(2 * len(CLASSES), args.num_videos // 4)
    options = ('--num-videos', args.num_videos, '--num-test-videos', tested)
    options += ('--bias', args.bias, '--seed', args.seed)
    runs.run_tool('data/make_toy.py', ['--out', toy, *options], work / 'make_toy.log', main_line)

    step('Pre-training with FAME')
    pretrained = train('configs/fame/r3d_toy.py', work / 'pretrain', args.epochs, args.seed)

    rows, reported = [], []
    for name, start in (('random weights', None), ('FAME', pretrained)):
        folder = work / ('finetune' if start else 'scratch')
        step(f'Fine-tuning from {name}')
        finetuned = train(
            'configs/finetune/r3d_toy.py', folder, args.finetune_epochs, args.seed, start
        )
        reported += ['--model', f'fine-tuned from {name}', 'configs/finetune/r3d_toy.py', finetuned]
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
    arguments = [
        *reported, '--model', 'FAME, linear probe', 'configs/fame/r3d_toy.py', pretrained,
        '--data', toy / 'test.txt', '--train', toy / 'train.txt', '--seed', args.seed,
        '--out', work / 'bias_report', '--overwrite',
    ]  # fmt: skip
    runs.run_tool('bias_report.py', arguments, work / 'bias_report.log', main_line)

    report(rows, work, time.monotonic() - started)


def step(title: str) -> None:
    """Announce a step."""
    print(f'\n=== {title}', flush=True)


def main_line(line: str) -> str | None:
    """Return what is shown of a line of a log."""
    return '  ' + line.split(' - INFO - ')[-1].rstrip()[:150] if MAIN_LINE.search(line) else None


def train(config: str, work_dir: Path, epochs: int, seed: int, start: Path | None = None) -> Path:
    """Train, or go on training; returns the last checkpoint."""
    options = [f'train_cfg.max_epochs={epochs}', f'randomness.seed={seed}']
    options.append(f'param_scheduler.0.milestones=[{epochs * 8 // 10},{epochs * 9 // 10}]')
    return runs.train(config, work_dir, options, start, pick=main_line)


def test(config: str, checkpoint: Path, work_dir: Path, *options: str) -> dict[str, float]:
    """Test a checkpoint, or read the result of an earlier test of it; returns the metrics."""
    result = work_dir / f'{checkpoint.stem}.json'
    found = read_json(result)
    if found is not None and result.stat().st_mtime > checkpoint.stat().st_mtime:
        print(f'Reusing {result}', flush=True)
        return found
    metrics = runs.test(config, checkpoint, work_dir, options, pick=main_line)
    write_text(result, json.dumps(metrics))
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
    try:
        main()
    except runs.ToolError as error:
        sys.exit(f'error: {error}')
