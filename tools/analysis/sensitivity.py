"""Measure the sensitivity of encoders: how far an embedding moves when the clip changes.

Usage:
    python tools/analysis/sensitivity.py --data VIDEO... --model NAME CONFIG CHECKPOINT
        [--model ...] [--masks DIR] [--shift 4] [--out DIR]

No labels. Of each video the middle clip is embedded (the last feature map, averaged), and again
with another scene, without its actor, with another video's actor, reversed, shuffled, frozen,
later, mirrored, warped, with a black border, brighter. Printed, drawn and written is the cosine
distance between the two in % of that to another video's clip, with a 95 % interval over videos, and
one number: scene against motion. It is the distance to another scene over the sum of that and of
the mean distance to the clip reversed, shuffled and frozen: 0 % feels only motion, 100 % only the
scene.
Foreground: masks of generated videos or of --masks; else FAME's motion mask.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import torch
from comparing import Model, add_models, read_models

from mmdebias.analysis import (
    Distances,
    draw_sensitivity,
    feel,
    find_sampling,
    read_windows,
    summarise,
    window_pipeline,
)
from mmdebias.analysis.sensitivity import OTHER_VIDEO
from mmdebias.bias import bootstrap_interval
from mmdebias.cli import Parser, add_videos, output_folder, read_videos, run_command
from mmdebias.files import write_text
from mmdebias.intervals import paired_ratio

SUMMARY = 'scene against motion'


def main() -> None:
    """Run the command."""
    parser = Parser(description=__doc__.splitlines()[0])
    add_videos(parser)
    add_models(parser)
    parser.add_argument('--masks', type=Path, help='folder of foreground masks, VIDEO.npz')
    parser.add_argument('--shift', type=int, default=4, help='frames of the clip that it is later')
    parser.add_argument('--seed', type=int, default=0, help='of the order of frames and the warps')
    parser.add_argument('--out', type=output_folder, default=Path('work_dirs/sensitivity'))
    args = parser.parse_args()
    args.videos = read_videos(args.data, args.data_root)
    if len(args.videos) < 2:
        raise ValueError(f'--data {args.videos[0]}: give two videos or more, for another scene')
    if args.shift < 0:
        raise ValueError(f'--shift {args.shift}: give 0 or more')
    report, source = {}, ''
    for model in read_models(args):
        distances, source = measure(model, args)
        report[model.name] = numbers(distances, args.seed)
    text = json.dumps(
        dict(videos=[str(v) for v in args.videos], masks=source, models=report), indent=1
    )
    write_text(args.out / 'sensitivity.json', text + '\n')
    print_table(report, len(args.videos), source)
    drawn = {}
    for name, found in report.items():
        share = 100 * found['scene_against_motion']['share']
        drawn[f'{name}: {SUMMARY} {share:.0f} %'] = found['changes']
    print(draw_sensitivity(args.out / 'sensitivity.png', drawn))


def measure(model: Model, args: argparse.Namespace) -> tuple[Distances, str]:
    """Return the distances of a model, and where the masks come from."""
    encoder = model.encoder(args.device)
    sampling = find_sampling(encoder.pipeline)
    if sampling.get('clip_len', 1) < 2:
        raise ValueError(f'--model {model.name}: its clips have one frame, which shows no motion')
    sampling.update(num_clips=1, clip_len=sampling['clip_len'] + args.shift)
    pipeline = window_pipeline(encoder.pipeline, [sampling])
    windows = [read_windows(video, pipeline, args.masks) for video in args.videos]
    clips = torch.cat([window.clips for window in windows])
    masks = torch.cat([window.masks for window in windows])
    found = feel(lambda some: encoder(some.to(args.device)), clips, masks, args.shift, args.seed)
    return found, ' and '.join(sorted({window.masks_are for window in windows}))


def numbers(distances: Distances, seed: int) -> dict[str, Any]:
    """Return means with intervals, ready for JSON."""
    unit = float(distances[OTHER_VIDEO].mean())
    if unit == 0:
        raise ValueError('the encoder embeds all videos alike: there is nothing that it feels')
    changes = {}
    for name, values in distances.items():
        if name == OTHER_VIDEO:
            continue
        # With other videos the unit would be another, too: it is drawn along with the change.
        felt = paired_ratio(values / unit, distances[OTHER_VIDEO] / unit, seed=seed)
        changes[name] = dict(
            share=felt.value, low=felt.low, high=felt.high, cosine_distance=float(values.mean())
        )
    summary = bootstrap_interval(summarise(distances), seed=seed)
    return dict(
        scene_against_motion=dict(share=summary.value, low=summary.low, high=summary.high),
        another_video=dict(cosine_distance=unit),
        changes=changes,
    )


def print_table(report: dict[str, dict[str, Any]], videos: int, source: str) -> None:
    """Print a row for each change, a column for each model."""
    print(f'{videos} videos; foreground from {source}; % of the distance to another video')
    print('| | ' + ' | '.join(report) + ' |')
    print('|---' * (len(report) + 1) + '|')
    first = next(iter(report.values()))
    for change in first['changes']:
        cells = [cell(found['changes'][change]) for found in report.values()]
        print(f'| {change} | {" | ".join(cells)} |')
    cells = [cell(found['scene_against_motion']) for found in report.values()]
    print(f'| **{SUMMARY}** | {" | ".join(cells)} |')


def cell(entry: dict[str, float]) -> str:
    """Return a share with its interval, in %."""
    low, middle, high = (f'{100 * entry[key]:.1f}' for key in ('low', 'share', 'high'))
    return f'{middle} ({low} to {high})'


if __name__ == '__main__':
    run_command(main)
