"""Measure what motion adds to a still frame, class by class (DSM Fig. 1, BE Fig. 4).

Usage:
    python tools/analysis/static_gain.py probe --train LIST --data LIST [--data-root DIR]
        --model NAME CONFIG CHECKPOINT [--model ...] [--baseline NAME] [--out OUT.png]
    python tools/analysis/static_gain.py classifiers --model static CONFIG CHECKPOINT
        --model normal CONFIG CHECKPOINT [--model baseline CONFIG CHECKPOINT] [--out OUT.png]

Both take `--static-test`, see below.

`probe` fits a linear classifier on frozen features of normal clips and another on clips of one
repeated frame; both are tested on normal clips (DSM). `classifiers` takes a classifier trained on
such clips (`StaticClip` in its config) and one trained as usual, and tests both on the test list
of the second one's config. A baseline adds BE's figure: the gain over it, against the static
accuracy, which is that of the baseline's static probe, or of the static classifier. BE writes
"static video classification"; with `--static-test` static probes and classifiers are tested on
clips of one repeated frame, too.
"""

import argparse
import copy
import json
from pathlib import Path

import numpy as np
import torch
from comparing import Model, add_models, read_models
from mmengine.config import Config
from mmengine.registry import DefaultScope
from mmengine.runner import Runner

from mmdebias.analysis import (
    GainPanel,
    correlate,
    draw_gains,
    find_sampling,
    per_class_accuracy,
    relative_gain,
    window_pipeline,
)
from mmdebias.apis import Encoder, embed
from mmdebias.cli import Parser, output_file, run_command
from mmdebias.datasets import TolerantVideoDataset
from mmdebias.evaluation import fit_linear_classifier, load_classifier
from mmdebias.files import existing_file, write_text

# DSM: "nearly 24% of the categories show less than 5% or no improvement".
LITTLE = 0.05
STATIC = dict(type='StaticClip')


def main() -> None:
    """Run the chosen one of the two comparisons."""
    parser = Parser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest='command', required=True)
    probe = commands.add_parser('probe', help='linear probes of encoders')
    probe.add_argument('--train', type=Path, required=True, help='list of videos and labels')
    probe.add_argument('--data', type=Path, required=True, help='list to test on')
    probe.add_argument('--data-root', type=Path, help="default: the lists' folders")
    add_models(probe)
    probe.add_argument('--baseline', help='name of the model that the others are compared with')
    probe.add_argument('--clips', type=int, default=1, help='averaged of each video')
    probe.add_argument('--seed', type=int, default=0, help='of the frames that are repeated')
    trained = commands.add_parser('classifiers', help='classifiers trained on one and the other')
    add_models(trained)
    for command in (probe, trained):
        command.add_argument(
            '--static-test',
            action='store_true',
            help='test what was trained on static clips on such',
        )
        command.add_argument('--classes', type=Path, help='names of the classes, one a line')
        command.add_argument('--out', type=output_file, default=Path('work_dirs/static_gain.png'))
    args = parser.parse_args()
    names = None
    if args.classes:
        existing_file('--classes', args.classes, 'give the names of the classes, one a line')
        names = [line.strip() for line in args.classes.read_text().split('\n') if line.strip()]
    accuracies = probed(args) if args.command == 'probe' else trained_apart(args)
    panels = make_panels(accuracies, args.baseline if args.command == 'probe' else 'baseline')
    write(args.out, accuracies, panels, names)


def make_panels(
    accuracies: dict[str, dict[str, np.ndarray]], baseline: str
) -> dict[str, GainPanel]:
    """Return DSM's figure of each model and, against a baseline, BE's."""
    panels = {}
    for name, of in accuracies.items():
        if 'static' not in of:
            continue
        gain = relative_gain(of['normal'], of['static'])
        panels[name] = GainPanel(
            of['static'], gain, correlate(gain, of['static']),
            'trained on static clips: top-1, %', 'gain of normal clips, %',
        )  # fmt: skip
    for name, of in accuracies.items():
        if baseline in accuracies and name != baseline:
            gain = relative_gain(of['normal'], accuracies[baseline]['normal'])
            static = accuracies[baseline].get('static', of.get('static'))
            panels[f'{name} over {baseline}'] = GainPanel(
                static, gain, correlate(gain, static),
                'trained on static clips: top-1, %', f'gain over {baseline}, %',
            )  # fmt: skip
    return panels


def write(
    out: Path, accuracies: dict, panels: dict[str, GainPanel], names: list[str] | None
) -> None:
    """Write a table, a file of all numbers, and the picture."""
    print('| | top-1 static, % | top-1 normal, % | mean gain, % | gain < 5 % | correlation |')
    print('|---|---|---|---|---|---|')
    report = {}
    for title, panel in panels.items():
        known = panel.gain[np.isfinite(panel.gain)]
        of = accuracies[title.split(' over ')[0]]
        little = f'{(known < LITTLE).sum()} of {len(known)} classes' if len(known) else '-'
        mean = f'{100 * known.mean():.1f}' if len(known) else '-'
        print(
            f'| {title} | {100 * np.nanmean(panel.static):.1f} '
            f'| {100 * np.nanmean(of["normal"]):.1f} | {mean} | {little} | {panel.correlation} |'
        )
        report[title] = dict(
            static=listed(panel.static),
            normal=listed(of['normal']),
            gain=listed(panel.gain),
            rho=number(panel.correlation.rho),
            p_value=number(panel.correlation.p_value),
            classes=panel.correlation.classes,
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    write_text(out.with_suffix('.json'), json.dumps(report, indent=1) + '\n')
    print(draw_gains(out, panels, names))


def probed(args: argparse.Namespace) -> dict[str, dict[str, np.ndarray]]:
    """Return accuracy by class of each model's two probes, on normal clips."""
    models = read_models(args)
    if args.baseline is not None and args.baseline not in [model.name for model in models]:
        raise ValueError(f'--baseline {args.baseline} is none of the models: name one of them')
    given = (('--train', args.train), ('--data', args.data))
    lists = [read_list(argument, path, args.data_root) for argument, path in given]
    labels = [torch.tensor([label for _, label in videos]) for videos in lists]
    classes = int(max(one.max() for one in labels)) + 1
    if classes < 2:
        raise ValueError('the lists have one class: there is nothing to tell apart')
    accuracies = {}
    for model in models:
        encoder = model.encoder(args.device)
        normal, test = (features(videos, encoder, args) for videos in lists)
        static = features(lists[0], encoder, args, STATIC)
        tests = dict(normal=test, static=test)
        if args.static_test:
            tests['static'] = features(lists[1], encoder, args, STATIC)
        accuracies[model.name] = {}
        for name, trained_on in (('static', static), ('normal', normal)):
            weights, biases = fit_linear_classifier(trained_on, labels[0], classes)
            scores = torch.nn.functional.normalize(tests[name], dim=1) @ weights.T + biases
            accuracies[model.name][name] = per_class_accuracy(
                scores.argmax(1).numpy(), labels[1].numpy(), classes
            )
    return accuracies


def features(
    videos: list[tuple[str, int]], encoder: Encoder, args: argparse.Namespace, *static: dict
) -> torch.Tensor:
    """Return features of a video's middle clip, or of several; of one frame with ``static``."""
    sampling = find_sampling(encoder.pipeline)
    if sampling.get('clip_len', 1) > 1:  # a 2D net's segments are one clip as they are
        sampling['num_clips'] = args.clips
    reader = copy.copy(encoder)
    reader.pipeline = window_pipeline(encoder.pipeline, [sampling, *static])
    np.random.seed(args.seed)
    return torch.from_numpy(embed([path for path, _ in videos], reader))


def read_list(argument: str, path: Path, root: Path | None) -> list[tuple[str, int]]:
    """Return files and labels of a list; raises ValueError where it has no labels."""
    existing_file(argument, path, 'give a list of lines "path label"')
    dataset = TolerantVideoDataset(
        str(path.absolute()), pipeline=[], test_mode=True, data_root=str(root or path.parent)
    )
    videos = [(info['filename'], info['label']) for info in dataset.load_data_list()]
    if any(label is None or label < 0 for _, label in videos):
        raise ValueError(f'{path} has no labels, and gains are by class')
    return videos


def trained_apart(args: argparse.Namespace) -> dict[str, dict[str, np.ndarray]]:
    """Return accuracy by class of classifiers, on the test list of the normal one's config."""
    models = {model.name: model for model in read_models(args)}
    if not {'static', 'normal'} <= models.keys() <= {'static', 'normal', 'baseline'}:
        raise ValueError(
            f"the models are {list(models)}: name one 'static', one 'normal' and, if there is one, "
            "the 'baseline'"
        )
    cfg = models['normal'].cfg
    still = copy.deepcopy(cfg)
    if args.static_test:
        dataset = still.test_dataloader.dataset
        if not isinstance(dataset.pipeline, dict):
            raise ValueError('--static-test freezes a pipeline with named steps; this is a list')
        dataset.pipeline['freeze'] = STATIC
    found = {
        name: predicted(model, still if name == 'static' else cfg, args.device)
        for name, model in models.items()
    }
    accuracies = dict(normal=dict(normal=found['normal'], static=found['static']))
    if 'baseline' in found:
        accuracies['baseline'] = dict(normal=found['baseline'])
    return accuracies


@torch.inference_mode()
def predicted(model: Model, tested: Config, device: str) -> np.ndarray:
    """Return the accuracy of a classifier by class."""
    classifier = load_classifier(model.cfg, model.checkpoint).to(device)
    np.random.seed(0)  # of the frames that are repeated
    with DefaultScope.overwrite_default_scope('mmaction'):
        loader = Runner.build_dataloader(tested.test_dataloader, seed=0)
    samples = [sample for batch in loader for sample in classifier.test_step(batch)]
    found = np.array([int(sample.pred_label) for sample in samples])
    labels = np.array([int(sample.gt_label) for sample in samples])
    return per_class_accuracy(found, labels, int(model.cfg.model.cls_head.num_classes))


def listed(values: np.ndarray) -> list:
    """Return numbers for JSON, which has no NaN."""
    return [number(value) for value in values]


def number(value: float) -> float | None:
    """Return a number for JSON, which has no NaN."""
    return round(float(value), 6) if np.isfinite(value) else None


if __name__ == '__main__':
    run_command(main)
