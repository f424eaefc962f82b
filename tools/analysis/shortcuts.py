"""Can what a pre-training config asks for be told without motion?

Usage:
    python tools/analysis/shortcuts.py --config CONFIG... [--data VIDEO...] [--check] [--out DIR]
        [--cfg-options KEY=VALUE...]

Clips that hold no answer go through the config's own views and augments: noise that is the same in
every frame, noise that is not, a still photograph, a video's frames in a random order. A small 2-D
net that sees single frames, or differences of two frames, is trained to tell the positive from the
negative, or the classes of the pretext task. What it gets right above chance is a shortcut: an
encoder may learn that instead of motion. Beside it stands the same for real clips, where more may
be told by right. --check exits with 1 where there is a shortcut, and names it. Videos: any; without
--data a few are generated.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from mmengine.config import DictAction
from mmengine.registry import init_default_scope

import mmdebias  # noqa: F401  (registers everything)
from mmdebias.analysis import Answer, answers, few_videos, generated_videos, told_best
from mmdebias.analysis.source_clips import REAL
from mmdebias.cli import existing_config, output_folder, read_videos, run_command
from mmdebias.config_arguments import keys_of
from mmdebias.config_checks import merge_options
from mmdebias.config_inheritance import read_config
from mmdebias.files import write_text

REMEDY = 'give a config of pre-training, such as configs/dsm/i3d_k400.py'


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        '--config', nargs='+', action='extend', required=True, help='configs of pre-training'
    )
    parser.add_argument(
        '--data', nargs='+', action='extend', type=Path, metavar='VIDEO',
        help='video files or lists, *.txt; without, a few are generated',
    )  # fmt: skip
    parser.add_argument('--data-root', type=Path, metavar='DIR', help="of a list's paths")
    parser.add_argument('--num-train', type=int, default=768, help='clips a net learns from')
    parser.add_argument('--num-test', type=int, default=512, help='clips it is tested on')
    parser.add_argument(
        '--as-shipped', action='store_true',
        help='negatives as the config augments them: what only positives go through counts, too',
    )  # fmt: skip
    parser.add_argument('--check', action='store_true', help='exit with 1 if there is a shortcut')
    parser.add_argument('--out', type=output_folder, help='folder of shortcuts.json')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, default={})
    args = parser.parse_args()
    configs = {name: existing_config('--config', name, REMEDY) for name in args.config}
    init_default_scope('mmaction')
    videos = few_videos(read_videos(args.data, args.data_root)) if args.data else generated_videos()

    found: dict[str, list[Answer]] = {}
    for name, path in configs.items():
        cfg = read_config(path)
        merge_options(cfg, args.cfg_options)
        with keys_of(cfg):
            found[name] = answers(
                cfg, videos, args.num_train, args.num_test, seed=args.seed,
                alike=not args.as_shipped,
            )  # fmt: skip
        print(f'{name}\n{table(found[name])}\n', flush=True)
        if args.out:  # after each, as many configs take long
            rows = {each: [answer.to_dict() for answer in of] for each, of in found.items()}
            write_text(args.out / 'shortcuts.json', json.dumps(rows, indent=1) + '\n')
    if len(found) > 1:
        print(summary(found) + '\n')
    told = [(name, answer) for name, of in found.items() for answer in of if answer.is_shortcut]
    for name, answer in told:
        print(f'shortcut: {name}: {sentence(answer)}')
    if args.check and told:
        sys.exit(1)


def table(found: Sequence[Answer]) -> str:
    """Return the answers to each question, a row for each case, as Markdown."""
    lines = ['| question, chance | fed | single frames | frame differences |', '|---' * 4 + '|']
    rows: dict[tuple[str, str], list[str]] = {}
    for answer in found:
        interval = f'{100 * answer.low:.1f} to {100 * answer.high:.1f}'
        cell = f'{100 * answer.right:.1f} ({interval})'
        if answer.is_shortcut:
            cell = f'**{cell}**'
        question = f'{answer.question}, {100 * answer.chance:.1f} %'
        if answer.by_right and answer.case != REAL:
            cell += ' by right'
        rows.setdefault((question, answer.case), []).append(cell)
    lines += [f'| {" | ".join((*key, *cells))} |' for key, cells in rows.items()]
    return '\n'.join(lines)


def summary(found: dict[str, list[Answer]]) -> str:
    """Return a row for each config: what is told best without an answer, and of real clips."""
    lines = ['| config | told best without an answer | real clips | shortcut |', '|---' * 4 + '|']
    for name, of in found.items():
        best = told_best(of)
        real = max((a for a in of if a.case == REAL), key=lambda a: a.right - a.chance)
        cells = [
            f'{a.question}: {100 * a.right:.1f} ({100 * a.low:.1f} to {100 * a.high:.1f}), chance '
            f'{100 * a.chance:.1f}, {a.shown}{f" of {a.case}" if a is best else ""}'
            for a in (best, real)
        ]
        lines.append(f'| `{name}` | {" | ".join(cells)} | {"yes" if best.is_shortcut else "no"} |')
    return '\n'.join(lines)


def sentence(answer: Answer) -> str:
    """Return what is told from what, and how well."""
    return (
        f'{answer.question} is told from {answer.shown} of {answer.case}: '
        f'{100 * answer.right:.1f} % ({100 * answer.low:.1f} to {100 * answer.high:.1f}), chance '
        f'{100 * answer.chance:.1f} %'
    )


if __name__ == '__main__':
    run_command(main)
