"""Do the methods do what their papers claim? A study on generated videos, from end to end.

Usage:
    python tools/analysis/toy_study.py --work-dir WORK [--scale cpu] [--methods moco,fame,...]
        [--seeds 0,1,2] [--jobs 2]

A puppet acts in front of scenes that have nothing to do with what it does. Each method pre-trains
the same small net on the same videos without labels, from its own config and with one recipe.
Then the net is frozen: what a linear classifier reads from its features says how much of the motion
and how much of the scene is in them. The claim of the debiasing papers is more of the first and
less of the second than MoCo's.

Writes WORK/study.md, study.json and study.png. Runs that finished are reused. Results, and how the
settings were chosen: tools/analysis/toy_study.md.
"""

import argparse
import dataclasses
import itertools
import json
import multiprocessing
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from pprint import pformat

import mmaction
import mmengine
import torch
from mmengine.config import Config
from torch import Tensor

import mmdebias
from mmdebias.apis import Encoder, embed, load_encoder
from mmdebias.datasets.toy import CLASSES, SCENES, ToyConfig, make_toy
from mmdebias.evaluation import fit_linear_classifier, retrieval_recall
from mmdebias.weights import read_checkpoint

ROOT = Path(__file__).resolve().parents[2]


@dataclasses.dataclass(frozen=True)
class Method:
    """A row of the table.

    Attributes:
        label: Its name in the table.
        config: The config it starts from, below configs/.
        options: What is set there besides.
    """

    label: str
    config: str
    options: dict = dataclasses.field(default_factory=dict)


WARP = dict(type='SpatialWarping')
CURED = dict(type='FAME', beta='adaptive', noise_floor=2)
# FAME's query view has colour augments behind the merging: the merging alone is exchanged.
METHODS = {
    'random': Method('random weights', 'moco/r3d_toy'),
    'moco': Method('MoCo', 'moco/r3d_toy'),
    'be': Method('BE', 'be/r3d_toy'),
    'fame': Method('FAME', 'fame/r3d_toy'),
    'dsm_triplet': Method('DSM, triplet', 'dsm/r3d_toy_triplet'),
    'dsm': Method('DSM', 'dsm/r3d_toy'),
    'fame_dsm_triplet': Method(
        "FAME on DSM's triplet",
        'dsm/r3d_toy_triplet',
        {'model.data_preprocessor.views.positive': [dict(type='FAME'), WARP]},
    ),
    'fame_cured': Method(
        'FAME, cured mask',
        'fame/r3d_toy',
        {'model.data_preprocessor.views.query.0': CURED},
    ),
    # Not a row of its own accord: with labels, it says what can be learnt at all.
    'supervised': Method('supervised, motion', 'supervised/r3d_toy'),
}
REFERENCES = ('supervised',)
BASELINE = 'moco'

# What the table shows of a run, and which way a debiasing method should move it.
COLUMNS = {
    'motion_probe': ('motion, probe', 1),
    'motion_retrieval': ('motion, R@1', 1),
    'scene_probe': ('scene, probe', -1),
    'scene_retrieval': ('scene, R@1', -1),
}
# Of the bias report: right on stripes behind the actor, on one frame, and with no actor at all.
BIAS_COLUMNS = {
    'bias:scuba_stripes/accuracy': ('motion on stripes', 1),
    'bias:static_frame/accuracy': ('motion, one frame', 0),
    'bias:background_only/accuracy': ('motion, no actor', 0),
}


@dataclasses.dataclass(frozen=True)
class Settings:
    """What all methods share; toy_study.md says how the numbers were chosen.

    Args:
        videos: To train on, with labels hidden while pre-training and shown to the probes.
        test_videos: To test the probes on.
        size: Pixels of a crop's side. The videos are a quarter larger.
        clip_len: Frames of a clip, every other frame of the video.
        actors: Looks that all videos share. With one look a video, the clothes would give it away.
        actor_least: Least standing height of the actor, as a share of the frame's.
        actor_most: Greatest.
        epochs: Of pre-training.
        batch_size: Videos a step.
        lr: Greatest rate of AdamW, after a tenth of the steps; then a cosine to nought.
        weight_decay: Of AdamW.
        queue_size: Keys of MoCo's queue.
        momentum: Of the key encoder.
        temperature: Of the contrastive losses.
        directions: 1 keeps MoCo and FAME from learning in both directions, as BE and DSM do not.
        beta: Share of the frame that FAME keeps.
        probe_clips: Clips whose features are averaged to a video's.
    """

    videos: int = 3072
    test_videos: int = 1024
    size: int = 32
    clip_len: int = 8
    actors: int = 6
    actor_least: float = 0.72
    actor_most: float = 0.84
    epochs: int = 12
    batch_size: int = 64
    lr: float = 5e-4
    weight_decay: float = 0.05
    queue_size: int = 512
    momentum: float = 0.996
    temperature: float = 0.2
    directions: int = 2
    beta: float = 0.3
    probe_clips: int = 2

    def toy(self) -> ToyConfig:
        """The videos: a camera on a tripod, steady light, motions and scenes independent."""
        return ToyConfig(
            videos=self.videos,
            test_videos=self.test_videos,
            bias=1 / len(CLASSES),
            size=(self.size * 5 // 4 // 2 * 2,) * 2,
            actors=self.actors,
            actor_size=(self.actor_least, self.actor_most),
            shake=0,
            lighting=0,
        )


SCALES = {
    'minutes': Settings(videos=256, test_videos=128, epochs=4, batch_size=32, queue_size=128),
    'cpu': Settings(),
    'gpu': Settings(videos=16384, test_videos=2048, size=64, epochs=40, queue_size=4096),
}


def parse_args() -> tuple[argparse.Namespace, Settings]:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--work-dir', type=Path, default=ROOT / 'work_dirs' / 'toy_study')
    parser.add_argument('--scale', choices=SCALES, default='cpu', help='settings to start from')
    methods = [name for name in METHODS if name not in REFERENCES]
    parser.add_argument('--methods', type=names, default=methods, help=f'of {", ".join(METHODS)}')
    parser.add_argument('--seeds', type=numbers, default=[0, 1, 2], help='0,1,2 for example')
    parser.add_argument('--jobs', type=int, default=1, help='runs at the same time')
    parser.add_argument(
        '--bias-videos', type=int, default=256, help='test videos of the bias reports; 0: none'
    )
    for field in dataclasses.fields(Settings):
        option = '--' + field.name.replace('_', '-')
        parser.add_argument(option, type=type(field.default), help=f'for example {field.default}')
    args = parser.parse_args()
    given = {f.name: getattr(args, f.name) for f in dataclasses.fields(Settings)}
    given = {name: value for name, value in given.items() if value is not None}
    return args, dataclasses.replace(SCALES[args.scale], **given)


def names(text: str) -> list[str]:
    """Methods, named with commas between them."""
    given = text.split(',')
    unknown = [name for name in given if name not in METHODS]
    if unknown:
        raise argparse.ArgumentTypeError(f'{unknown} are no methods; there are {list(METHODS)}')
    return given


def numbers(text: str) -> list[int]:
    """Whole numbers with commas between them."""
    return [int(part) for part in text.split(',')]


def main() -> None:
    """Run what is missing, then write the table and the plot."""
    args, settings = parse_args()
    work = args.work_dir.resolve()
    claim(work, settings)
    make_toy(work / 'data' / 'toy', settings.toy(), progress=sys.stderr.isatty())
    os.environ['MMDEBIAS_DATA'] = str(work / 'data')
    # All methods once before any twice: a study that is stopped has compared them.
    runs = [(method, seed) for seed in args.seeds for method in args.methods]
    one = partial(run_one, settings, work, args.bias_videos)
    results = []
    # Spawned: a forked process would share its parent's threads' locks.
    with ProcessPoolExecutor(args.jobs, multiprocessing.get_context('spawn')) as pool:
        for result in pool.map(one, *zip(*runs)):
            shown = ', '.join(f'{name} {100 * result[name]:.1f} %' for name in COLUMNS)
            print(f'{result["method"]}, seed {result["seed"]}: {shown}', flush=True)
            results.append(result)
    study = dict(setting=setting_of(settings, args), rows=rows_of(results), runs=results)
    (work / 'study.json').write_text(json.dumps(study, indent=1) + '\n')
    (work / 'study.md').write_text(markdown_of(study))
    draw(study['rows'], work / 'study.png')
    print(f'\n{(work / "study.md").read_text()}\n{work / "study.md"}, study.json, study.png')


def claim(work: Path, settings: Settings) -> None:
    """Note the settings in the work directory; stop where it holds those of another study."""
    path, asked = work / 'settings.json', dataclasses.asdict(settings)
    there = json.loads(path.read_text()) if path.exists() else asked
    changed = {name: value for name, value in asked.items() if there.get(name) != value}
    if changed:
        there = {name: there.get(name) for name in changed}
        sys.exit(f'{work} was begun with {there}, not {changed}: give another --work-dir')
    work.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asked, indent=1) + '\n')


def run_one(settings: Settings, work: Path, bias_videos: int, method: str, seed: int) -> dict:
    """Pre-train, probe and report, or read what an earlier call found."""
    folder = work / f'{method}_seed{seed}'
    result = folder / 'result.json'
    if not result.exists():
        folder.mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        pretrain(method, seed, settings, folder)
        trained = time.monotonic()
        found = dict(method=method, seed=seed, **probe(folder, work / 'data' / 'toy'))
        ended = time.monotonic()
        minutes = dict(train=(trained - started) / 60, probe=(ended - trained) / 60)
        result.write_text(json.dumps(dict(found, minutes=minutes), indent=1) + '\n')
    found = json.loads(result.read_text())
    return found | (bias_of(folder, work / 'data' / 'toy', bias_videos) if bias_videos else {})


def pretrain(method: str, seed: int, settings: Settings, folder: Path) -> None:
    """Write the configs of a run and weights.pth, what pre-training made of the net."""
    torch.manual_seed(seed)
    cfg = study_config(method, seed, settings)
    write_config(cfg, folder / 'config.py')
    # The same net as something that reads features: this is what the probes and the report take.
    cfg.test_dataloader = dict(
        batch_size=8, num_workers=0, dataset=dict(pipeline=probe_pipeline(settings))
    )
    write_config(cfg, folder / 'encoder.py')
    if method == 'random':
        weights = load_encoder(cfg).state_dict()
    else:
        weights = read_checkpoint(train(folder, settings.epochs))['state_dict']
    weights = {name: value for name, value in weights.items() if name.startswith('backbone.')}
    torch.save(dict(state_dict=weights), folder / 'weights.pth')


def study_config(method: str, seed: int, settings: Settings) -> Config:
    """A method's config with the study's videos, clips and recipe."""
    cfg = Config.fromfile(ROOT / 'configs' / f'{METHODS[method].config}.py')
    cfg.merge_from_dict(METHODS[method].options, allow_list_keys=True)
    loader = cfg.train_dataloader
    loader.update(batch_size=settings.batch_size, num_workers=0, persistent_workers=False)
    loader.drop_last = True
    for step in steps(loader.dataset.pipeline):
        if step.type == 'DecordInit':
            step.type = 'DecodeOnce'
        elif step.type == 'DecordDecode':
            step.type = 'ArrayDecode'
        elif step.type == 'Resize':
            step.scale = (settings.size, settings.size)
        elif step.type in ('SampleViews', 'SampleFrames'):
            step.clip_len = settings.clip_len
    for step in steps(cfg.model.data_preprocessor):
        if step.type == 'RandomGaussianBlur':
            # Twenty-three pixels and up to two are meant for frames of 112.
            step.kernel_size = (settings.size * 23 // 112 // 2 * 2 + 1,) * 2
            step.sigma = (0.1, 2 * settings.size / 112)
        elif step.type == 'FAME' and step.get('beta') != 'adaptive':
            step.beta = settings.beta
    if cfg.model.type == 'MoCoRecognizer':
        cfg.model.update(queue_size=settings.queue_size, momentum=settings.momentum)
        cfg.model.head.temperature = settings.temperature
        cfg.model.symmetric = cfg.model.symmetric and settings.directions == 2
    # In some hundred steps SGD, which the papers use, does not learn the motions even with labels.
    optimizer = dict(type='AdamW', lr=settings.lr, weight_decay=settings.weight_decay)
    cfg.optim_wrapper = dict(type='OptimWrapper', optimizer=optimizer)
    total = settings.epochs * (settings.videos // settings.batch_size)
    warm = max(total // 10, 1)
    cfg.param_scheduler = [
        dict(type='LinearLR', start_factor=0.04, end=warm, by_epoch=False),
        dict(type='CosineAnnealingLR', T_max=total - warm, begin=warm, by_epoch=False),
    ]
    cfg.train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=settings.epochs)
    for name in ('val', 'test'):
        for part in ('dataloader', 'cfg', 'evaluator'):
            cfg[f'{name}_{part}'] = None
    cfg.default_hooks.checkpoint.max_keep_ckpts = 1
    cfg.randomness = dict(seed=seed, diff_rank_seed=True)
    return cfg


def write_config(cfg: Config, path: Path) -> None:
    """As cfg.dump, which would sort the keys: the order of views means something."""
    lines = [
        f'{key} = {pformat(value, sort_dicts=False, width=100)}\n'
        for key, value in cfg.to_dict().items()
    ]
    path.write_text(''.join(lines))


def steps(config: object) -> Iterator[dict]:
    """Every dict with a type in nested dicts and lists."""
    if isinstance(config, dict):
        if 'type' in config:
            yield config
        config = list(config.values())
    if isinstance(config, (list, tuple)):
        for part in config:
            yield from steps(part)


def train(folder: Path, epochs: int) -> Path:
    """Train by tools/train.py, or go on training; returns the last checkpoint."""
    # A folder of its own: MMEngine writes the config there once more, with its keys sorted.
    place = folder / 'train'
    last, marker = place / f'epoch_{epochs}.pth', place / 'last_checkpoint'
    # The marker is written when a checkpoint is whole.
    there = Path(marker.read_text()).name if marker.exists() else None
    if there != last.name:
        resume = ['--resume'] if there else []
        config = folder / 'config.py'
        run(folder / 'train.log', 'tools/train.py', config, '--work-dir', place, *resume)
    return last


def probe(folder: Path, toy: Path) -> dict:
    """What can be read from frozen features, each a share of the test videos."""
    encoder = load_encoder(folder / 'encoder.py', folder / 'weights.pth')
    device = 'cuda' if torch.cuda.is_available() else None
    train, test = (features_of(toy, split, encoder, device) for split in ('train', 'test'))
    found = {}
    for name, classes in (('motion', CLASSES), ('scene', SCENES)):
        weights, biases = fit_linear_classifier(train['features'], train[name], len(classes))
        rows = torch.nn.functional.normalize(test['features'], dim=1)
        right = (rows @ weights.T + biases).argmax(1) == test[name]
        recall = retrieval_recall(train['features'], train[name], test['features'], test[name])
        found[f'{name}_probe'] = right.double().mean().item()
        found[f'{name}_retrieval'] = recall[1]
    return found


def probe_pipeline(settings: Settings) -> list[dict]:
    """The middle of the frame, a few clips spread over the video."""
    sample = dict(type='SampleFrames', clip_len=settings.clip_len, frame_interval=2)
    return [
        dict(type='DecordInit'),
        dict(sample, num_clips=settings.probe_clips, test_mode=True),
        dict(type='DecordDecode'),
        dict(type='Resize', scale=(-1, settings.size * 8 // 7)),
        dict(type='CenterCrop', crop_size=settings.size),
        dict(type='FormatShape', input_format='NCTHW'),
    ]


def features_of(toy: Path, split: str, encoder: Encoder, device: str | None) -> dict[str, Tensor]:
    """Features [N, C] of a split's videos, and their labels [N]."""
    lines = [line.split() for line in (toy / f'{split}.txt').read_text().splitlines()]
    scenes = (toy / 'scene_labels' / f'{split}.txt').read_text().splitlines()
    features = embed([toy / video for video, _ in lines], encoder, 64, device)
    return dict(
        features=torch.from_numpy(features),
        motion=torch.tensor([int(label) for _, label in lines]),
        scene=torch.tensor([int(line.split()[1]) for line in scenes]),
    )


def bias_of(folder: Path, toy: Path, videos: int) -> dict:
    """Numbers of the bias report on a run, written to its folder by tools/bias_report.py."""
    out = folder / f'bias_{videos}'
    if not (out / 'report.json').exists():
        run(
            folder / 'bias.log', 'tools/bias_report.py', folder / 'encoder.py',
            folder / 'weights.pth', '--names', folder.name, '--data', toy / 'test.txt',
            '--train', toy / 'train.txt', '--videos', videos, '--out', out,
        )  # fmt: skip
    report = json.loads((out / 'report.json').read_text())
    return {f'bias:{m["name"]}': m['values'][0]['value'] for m in report['measures']}


def run(log: Path, script: str, *arguments: object) -> None:
    """Run one of the project's scripts; what it says is logged."""
    command = [sys.executable, str(ROOT / script), *map(str, arguments)]
    with log.open('a') as file:
        status = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT).returncode
    if status:
        # Not sys.exit: this may be a worker of the pool, which passes on exceptions.
        raise RuntimeError(f'{log.read_text()[-3000:]}\n{script} failed; its log is {log}')


def setting_of(settings: Settings, args: argparse.Namespace) -> dict:
    """What makes the numbers."""
    return dict(
        settings=dataclasses.asdict(settings),
        seeds=args.seeds,
        bias_videos=args.bias_videos,
        chance=1 / len(CLASSES),
        device=torch.cuda.get_device_name() if torch.cuda.is_available() else 'CPU',
        cores=len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count(),
        date=time.strftime('%Y-%m-%d'),
        versions=dict(
            mmdebias=mmdebias.__version__,
            mmaction2=mmaction.__version__,
            mmengine=mmengine.__version__,
            torch=torch.__version__,
            python=platform.python_version(),
        ),
    )


def rows_of(results: list[dict]) -> list[dict]:
    """A row a method: each measure's mean, spread and values, and whether it beats MoCo's.

    It does clearly if all of its seeds lie beyond all of MoCo's, on the side where they should. Of
    two methods that are equal, three seeds of each do that once in twenty times.
    """
    measures = {**COLUMNS, **BIAS_COLUMNS}
    found: dict[str, dict[str, list[float]]] = {}
    for result in results:
        row = found.setdefault(result['method'], {name: [] for name in measures if name in result})
        for name, values in row.items():
            values.append(result[name])
    return [
        dict(
            method=method,
            label=METHODS[method].label,
            measures={
                name: cell_of(values, found.get(BASELINE, {}).get(name), measures[name][1])
                for name, values in row.items()
            },
        )
        for method, row in found.items()
    ]


def cell_of(values: list[float], baseline: list[float] | None, sign: int) -> dict:
    """Mean and spread of a measure over seeds, and where it lies beside the baseline's."""
    spread = statistics.stdev(values) if len(values) > 1 else None
    cell = dict(mean=statistics.mean(values), std=spread, values=values)
    if baseline and values != baseline and sign:
        cell['gain'] = cell['mean'] - statistics.mean(baseline)
        gaps = [sign * (a - b) for a, b in itertools.product(values, baseline)]
        if min(len(values), len(baseline)) > 2:
            cell['clear'] = 'better' if min(gaps) > 0 else 'worse' if max(gaps) < 0 else 'no'
    return cell


def markdown_of(study: dict) -> str:
    """The table."""
    rows, setting = study['rows'], study['setting']
    known = {**COLUMNS, **BIAS_COLUMNS}
    names = [name for name in known if any(name in row['measures'] for row in rows)]
    lines = [
        '| | ' + ' | '.join(known[name][0] for name in names) + ' |',
        '|---' * (len(names) + 1) + '|',
    ]
    for row in rows:
        cells = [cell_text(row['measures'].get(name)) for name in names]
        lines.append(f'| {row["label"]} | ' + ' | '.join(cells) + ' |')
    versions = ', '.join(f'{name} {version}' for name, version in setting['versions'].items())
    lines += [
        '',
        f'Top-1 in %, mean ± standard deviation over seeds {setting["seeds"]}; chance is '
        f'{100 * setting["chance"]:.1f}. ▲: every seed above every seed of MoCo, ▼: below. '
        f'{setting["device"]}, {setting["cores"]} cores, {setting["date"]}; {versions}.',
    ]
    return '\n'.join(lines) + '\n'


def cell_text(cell: dict | None) -> str:
    """A measure of the table."""
    if cell is None:
        return ''
    spread = '' if cell['std'] is None else f' ± {100 * cell["std"]:.1f}'
    mark = '' if cell.get('clear') in (None, 'no') else ' ▲' if cell['gain'] > 0 else ' ▼'
    return f'{100 * cell["mean"]:.1f}{spread}{mark}'


def draw(rows: list[dict], path: Path) -> None:
    """Scene against motion: a point a run, a cross a method."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.6), layout='constrained')
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    chance = 100 / len(CLASSES)
    axes.axhline(chance, color='0.8', linewidth=1, zorder=0)
    axes.axvline(chance, color='0.8', linewidth=1, zorder=0)
    for number, row in enumerate(rows):
        x, y = (
            [100 * value for value in row['measures'][name]['values']]
            for name in ('scene_probe', 'motion_probe')
        )
        colour = f'C{number}'
        axes.scatter(x, y, color=colour, s=14, alpha=0.6, linewidths=0)
        middle = statistics.mean(x), statistics.mean(y)
        axes.scatter(*middle, color=colour, s=70, marker='+', label=row['label'])
    axes.set(xlabel='scene, linear probe (%)', ylabel='motion, linear probe (%)')
    axes.set_title('Frozen features; grey: chance; a dot a seed', fontsize=9)
    axes.legend(fontsize=8, frameon=False)
    figure.savefig(path, dpi=110)


if __name__ == '__main__':
    main()
