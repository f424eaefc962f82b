"""Say how much of video models is background: one report on one or several checkpoints.

Usage:
    python tools/bias_report.py CONFIG CHECKPOINT [CONFIG CHECKPOINT ...] --data LIST --out DIR
        [--masks DIR | --boxes FILE | --motion-masks] [--train LIST ...] ...

For any MMAction2 1.x classifier, ours or stock. A self-supervised checkpoint (its own pre-training
config) gets a linear layer, trained on the frozen features of --train. Writes report.html,
report.md and report.json; what was computed is reused when the command is run again.

Lists have lines "path label"; paths are relative to the list's folder, or to --data-root. Masks
are those of DIR, the folder "masks" beside the list if there is none of the options.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
from mmengine.config import DictAction

from mmdebias.datasets.bias import PROBES, ComposeProbe, make_manifest, write_manifest
from mmdebias.evaluation.bias_report import bias_report
from mmdebias.reporting import (
    Job,
    claim,
    images_root_of,
    measure,
    read_job,
    setting_of,
    sha256_of,
    shown_videos,
    write,
)
from mmdebias.visualization.bias import Sample, html_of, markdown_of


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('models', nargs='+', metavar='CONFIG CHECKPOINT', type=Path)
    parser.add_argument('--data', required=True, type=Path, metavar='LIST', help='test videos')
    parser.add_argument('--data-root', type=Path, help="default: the list's folder")
    masks = parser.add_mutually_exclusive_group()
    masks.add_argument('--masks', type=Path, metavar='DIR', help='PNG, .npz or JHMDB .mat files')
    masks.add_argument('--boxes', type=Path, metavar='FILE', help='boxes instead of masks, JSON')
    masks.add_argument('--motion-masks', action='store_true', help='masks from the motion')
    parser.add_argument('--images', type=Path, metavar='DIR', help='pictures to put behind actors')
    parser.add_argument(
        '--train', type=Path, nargs='+', default=[], metavar='LIST', help='videos for probes'
    )
    parser.add_argument(
        '--scenes', type=Path, nargs='+', default=[], metavar='LIST',
        help='lines "path scene" for --train and --data; default: scene_labels/ beside the lists',
    )  # fmt: skip
    parser.add_argument('--names', nargs='+', help='of the checkpoints; default: their folders')
    parser.add_argument(
        '--probes', nargs='+', metavar='PROBE', help=f'default: all that can be; {list(PROBES)}'
    )
    parser.add_argument('--videos', type=int, metavar='N', help='as many of LIST, evenly by class')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, default={})
    parser.add_argument('--out', required=True, type=Path)
    parser.add_argument('--overwrite', action='store_true', help='replace another report in OUT')
    args = parser.parse_args()
    if len(args.models) % 2:
        parser.error('give pairs CONFIG CHECKPOINT; the number of files is odd')
    args.pairs = list(zip(args.models[::2], args.models[1::2]))
    if args.names and len(args.names) != len(args.pairs):
        parser.error(f'{len(args.names)} --names for {len(args.pairs)} checkpoints')
    unknown = set(args.probes or []) - set(PROBES)
    if unknown:
        parser.error(f'{sorted(unknown)} are no probes; there are {list(PROBES)}')
    if args.seed < 0:
        parser.error(f'--seed {args.seed}: give 0 or more')
    return args


def main() -> None:
    """Check everything, compute what is missing, write the report."""
    args = parse_args()
    started = time.monotonic()
    try:
        job = read_job(args)
        rows = make_manifest(job.videos, job.probes, args.seed, job.images or None)
        composer = ComposeProbe(str(job.root), job.masks, images_root_of(job))
        composer.check(rows)
        shown = shown_videos(job.videos)
        # Masks of another size than their videos show here, before anything is measured.
        clips = {(r.probe, r.video): composer.preview(r) for r in rows if r.video in shown}
        setting = setting_of(job)
        claim(args.out, setting, args.overwrite)
    except (OSError, ValueError) as error:
        sys.exit(f'error: {error}')
    manifest = args.out / 'manifest.jsonl'
    write_manifest(manifest, rows)
    setting['manifest_sha256'] = sha256_of(manifest)
    measured, scores = [], []
    for model in job.models:
        print(f'=== {model.name}', flush=True)
        found = measure(job, model, rows, manifest)
        measured.append(found[0])
        scores.append(found[1])
    report = bias_report(setting, measured, args.seed)
    write(args.out / 'report.json', json.dumps(report, indent=1))
    write(args.out / 'report.md', markdown_of(report))
    samples = samples_of(job, rows, clips, scores)
    write(args.out / 'report.html', html_of(report, samples))
    print(f'\n{(args.out / "report.md").read_text(encoding="utf-8")}')
    print(
        f'{args.out / "report.html"}, report.md, report.json ({time.monotonic() - started:.0f} s)'
    )


def samples_of(job: Job, rows: list, clips: dict, scores: list[np.ndarray]) -> list[Sample]:
    """Clips of each probe, with what the models said."""
    file = job.args.data.parent / 'classes.txt'
    lines = file.read_text(encoding='utf-8').splitlines() if file.is_file() else []
    names = {number: line.strip().replace('_', ' ') for number, line in enumerate(lines)}

    def name(label: int) -> str:
        return names.get(int(label), f'class {label}')

    samples = []
    for probe in PROBES:
        for index, row in enumerate(rows):
            if row.probe == probe and (row.probe, row.video) in clips:
                said = tuple(name(score[index].argmax()) for score in scores)
                partner = None if row.partner_label is None else name(row.partner_label)
                clip = clips[row.probe, row.video]
                samples.append(Sample(probe, clip, name(row.label), partner, said))
    return samples


if __name__ == '__main__':
    main()
