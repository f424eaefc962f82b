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
import contextlib
import hashlib
import json
import logging
import os
import platform
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import mmaction
import mmengine
import numpy as np
import torch
from mmengine.config import Config, DictAction
from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmengine.utils import ProgressBar

import mmdebias
from mmdebias.apis import load_encoder
from mmdebias.datasets.bias import (
    PROBES,
    ComposeProbe,
    build_masks,
    list_images,
    make_manifest,
    write_manifest,
)
from mmdebias.evaluation import bias_measures, load_scores, probe_config
from mmdebias.evaluation.bias_report import Measured, bias_report, scene_measure
from mmdebias.evaluation.classifiers import load_classifier
from mmdebias.evaluation.frozen_features import (
    fit_rows,
    frozen_features,
    list_loader,
    predict_rows,
    rows_to_fit,
)
from mmdebias.evaluation.probe_checkpoint import encoder_config, needs_probe, write_probe
from mmdebias.evaluation.video_list import (
    Video,
    check_classes,
    read_scenes,
    read_video_list,
    some_videos,
)
from mmdebias.visualization.bias import Sample, html_of, markdown_of

SHOWN = 3  # videos whose probes are shown


@dataclass
class Model:
    """A checkpoint of the command line."""

    name: str
    config: Path
    checkpoint: Path
    cfg: Config
    sha256: str
    probed: bool
    key: str = field(init=False)

    def __post_init__(self) -> None:
        self.key = digest(self.cfg.to_dict(), self.sha256)


@dataclass
class Job:
    """Everything that was asked for, read and checked."""

    args: argparse.Namespace
    models: list[Model]
    root: Path
    videos: list[Video]
    train: list[Video]  # whole paths
    scenes: dict[Path, int]
    masks: dict | None
    images: list[str]
    probes: list[str]


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


# What was asked for


def read_job(args: argparse.Namespace) -> Job:
    """Read and check lists, configs and checkpoints.

    Raises:
        FileNotFoundError: Something is not there.
        ValueError: Something does not fit.
    """
    root = args.data_root or args.data.parent
    videos = read_video_list(args.data, root)
    check_classes(videos, of=str(args.data))
    if args.videos is not None:
        videos = some_videos(videos, args.videos, args.seed)
    train = [
        (str((file.parent / path).resolve()), label)
        for file in args.train
        for path, label in read_video_list(file)
    ]
    images = [] if args.images is None else list_images(args.images)
    probes = args.probes or [p for p in PROBES if images or not p.endswith('_images')]
    models = read_models(args)
    for model in models:
        check_model(model, videos, train)
    job = Job(
        args, models, root, videos, train, scenes_of(args), masks_of(args, root), images, probes
    )
    if not job.scenes:
        print('No scene probe: it needs --train and the scenes of both lists.', flush=True)
    return job


def read_models(args: argparse.Namespace) -> list[Model]:
    """Configs, hashes and names."""
    names = args.names or names_of([checkpoint for _, checkpoint in args.pairs])
    models = []
    for name, (config, checkpoint) in zip(names, args.pairs):
        for path in (config, checkpoint):
            if not path.is_file():
                raise FileNotFoundError(f'there is no file {path}')
        if config.suffix not in ('.py', '.json', '.yaml', '.yml'):
            raise ValueError(f'{config} is no config: give pairs CONFIG CHECKPOINT')
        cfg = Config.fromfile(config)
        cfg.merge_from_dict(args.cfg_options)
        models.append(Model(name, config, checkpoint, cfg, sha256_of(checkpoint), needs_probe(cfg)))
    if len(set(names)) < len(names):
        raise ValueError(f'checkpoints have the names {names}: give each its own with --names')
    return models


def names_of(checkpoints: list[Path]) -> list[str]:
    """The shortest ends of paths that tell checkpoints apart: mostly a run's folder."""
    paths = [checkpoint.resolve() for checkpoint in checkpoints]
    candidates = (
        [path.parent.name for path in paths],
        [path.stem for path in paths],
        [f'{path.parent.name}/{path.stem}' for path in paths],
    )
    return next((names for names in candidates if len(set(names)) == len(names)), candidates[-1])


def check_model(model: Model, videos: list[Video], train: list[Video]) -> None:
    """Raise where a checkpoint is not the config's, or the model not of the list's classes."""
    if model.probed:
        if not train:
            raise ValueError(
                f'{model.name} has no classes (its model is {model.cfg.model.type}): give --train, '
                'the list that a linear layer on its frozen features is trained on'
            )
        untrained = sorted({label for _, label in videos} - {label for _, label in train})
        if untrained:
            raise ValueError(
                f'--train has no video of class {", ".join(map(str, untrained[:5]))}, which --data '
                'has: give the training list of the same classes'
            )
        load_encoder(model.cfg, model.checkpoint)
    else:
        classes = model.cfg.model.cls_head.get('num_classes')
        if classes is not None:
            check_classes(videos, classes, f'{model.name} ({model.config})')
        load_classifier(model.cfg, model.checkpoint)


def masks_of(args: argparse.Namespace, root: Path) -> dict:
    """Config of the mask source."""
    if args.boxes is not None:
        if not args.boxes.is_file():
            raise FileNotFoundError(f'there is no file of boxes {args.boxes}')
        return dict(type='boxes', file=str(args.boxes))
    if args.motion_masks:
        return dict(type='motion')
    folder = args.masks or root / 'masks'
    if not folder.is_dir():
        raise FileNotFoundError(
            f'there are no masks in {folder}: give --masks DIR, --boxes FILE or --motion-masks'
        )
    return dict(type='files', folder=str(folder))


def scenes_of(args: argparse.Namespace) -> dict[Path, int]:
    """Scenes of all videos, where there is something to train a probe on."""
    lists = args.scenes
    if not lists:
        beside = [file.parent / 'scene_labels' / file.name for file in (*args.train, args.data)]
        lists = beside if all(file.is_file() for file in beside) else []
    return read_scenes(lists) if lists and args.train else {}


def images_root_of(job: Job) -> str | None:
    """Folder of the pictures."""
    return str(job.args.images) if job.images else None


def shown_videos(videos: list[Video]) -> list[str]:
    """Videos of different classes, spread over the list."""
    by_class = {label: path for path, label in reversed(videos)}
    firsts = [path for path, _ in videos if path in by_class.values()]
    paths = firsts if len(firsts) >= SHOWN else [path for path, _ in videos]
    return [paths[i] for i in np.linspace(0, len(paths) - 1, min(SHOWN, len(paths))).astype(int)]


def setting_of(job: Job) -> dict:
    """What decides the numbers."""
    args, source = job.args, build_masks(job.masks, str(job.root))
    versions = dict(
        mmdebias=mmdebias.__version__,
        mmaction2=mmaction.__version__,
        mmengine=mmengine.__version__,
        torch=torch.__version__,
        numpy=np.__version__,
        python=platform.python_version(),
    )
    return dict(
        data=str(args.data),
        data_sha256=sha256_of(args.data),
        data_root=str(job.root),
        videos=len(job.videos),
        classes=len({label for _, label in job.videos}),
        probes=list(job.probes),
        masks=dict(kind=job.masks['type'], description=source.description, warning=source.warning),
        images=images_root_of(job),
        train=[str(file) for file in args.train],
        scenes=scene_sizes(job),
        seed=args.seed,
        checkpoints=[[model.name, model.sha256] for model in job.models],
        options={str(key): str(value) for key, value in args.cfg_options.items()},
        versions=versions,
    )


def scene_sizes(job: Job) -> dict | None:
    """How many scenes, and videos of either side, the scene probe has."""
    if not job.scenes:
        return None
    sides = labelled(job, job.train), labelled(job, whole_paths(job))
    return dict(
        classes=len(set(job.scenes.values())),
        train_videos=len(sides[0]),
        videos=len(sides[1]),
    )


def claim(out: Path, setting: dict, overwrite: bool) -> None:
    """Take a folder for this report.

    Raises:
        FileExistsError: It holds the report of another setting.
    """
    file = out / 'setting.json'
    asked = json.loads(json.dumps(setting))
    if file.is_file() and not overwrite:
        there = json.loads(file.read_text(encoding='utf-8'))
        other = [key for key in asked if there.get(key) != asked[key]]
        if other:
            key = other[0]
            raise FileExistsError(
                f'{out} holds another report ({", ".join(other)} differ: {key} is '
                f'{there.get(key)!r} there and {asked[key]!r} here): give another --out, or '
                '--overwrite; scores that both have are reused'
            )
    elif not file.is_file() and (out / 'report.json').exists():
        raise FileExistsError(f'{out} holds a report.json of something else: give another --out')
    out.mkdir(parents=True, exist_ok=True)
    write(file, json.dumps(asked, indent=1))


# Measuring


def measure(job: Job, model: Model, rows: list, manifest: Path) -> tuple[Measured, np.ndarray]:
    """Everything that is measured of a checkpoint, and its scores ``[N, K]``."""
    facts = dict(
        config=str(model.config),
        checkpoint=str(model.checkpoint),
        sha256=model.sha256,
        kind='probe' if model.probed else 'classifier',
        type=model.cfg.model.type,
        backbone=model.cfg.model.backbone.type,
    )
    features = partial(features_of, job, model)
    cfg, checkpoint = model.cfg, model.checkpoint
    if model.probed:
        cfg, checkpoint = probe_of(job, model, features)
        facts |= dict(
            train=[str(file) for file in job.args.train],
            train_videos=len(job.train),
            probe=str(checkpoint.relative_to(job.args.out)),
        )
    scores = scores_of(job, model, cfg, checkpoint, len(rows), manifest)
    measures, scenes = bias_measures(rows, scores), None
    if job.scenes:
        measures |= scene_probe(job, features)
        scenes = len(set(job.scenes.values()))
    return Measured(model.name, facts, measures, scores.shape[1], scenes), scores


def probe_of(job: Job, model: Model, features: partial) -> tuple[Config, Path]:
    """A linear layer on a self-supervised checkpoint: config and checkpoint of a classifier."""
    labels = [label for _, label in job.train]
    folder = job.args.out / 'probes' / digest(model.key, list_key(job.train), labels)
    if not (folder / 'probe.pth').is_file():
        rows = features('train', job.train, rows_to_fit(len(job.train)))
        with said(f'Training a linear layer on features of {len(labels)} videos'):
            weights = fit_rows(rows, labels, max(labels) + 1)
            write_probe(model.cfg, model.checkpoint, weights, folder)
    return Config.fromfile(folder / 'probe.py'), folder / 'probe.pth'


def scores_of(
    job: Job, model: Model, cfg: Config, checkpoint: Path, rows: int, manifest: Path
) -> np.ndarray:
    """Scores of every row of the manifest, computed or read."""
    trained = list_key(job.train) if model.probed else ''
    key = digest(model.key, trained, sha256_of(manifest), masks_key(job), list_key(all_files(job)))
    file = job.args.out / 'scores' / f'{key}.npz'
    if file.is_file():
        print(f'  Reusing {file}', flush=True)
        return load_scores(file, rows)
    part = file.with_name(f'part-{file.name}')
    file.parent.mkdir(parents=True, exist_ok=True)
    run = probe_config(cfg, manifest, job.root, job.masks, part, images_root_of(job))
    run.load_from = str(checkpoint)
    run.work_dir = str(job.args.out / 'logs')
    run.experiment_name = f'bias_report_{key}'
    run.log_level = 'ERROR'
    run.resume = False
    run.visualizer = None
    with said(f'Scoring {rows} videos'):
        runner = Runner.from_cfg(run)
        runner.register_hook(Progress(len(runner.test_dataloader.dataset)))
        runner.test()
    os.replace(part, file)
    return load_scores(file, rows)


def features_of(job: Job, model: Model, side: str, videos: list, rows: int | None) -> torch.Tensor:
    """Frozen features of a list's videos ``[V, R, D]``, computed or read."""
    key = digest(model.key, list_key(videos), rows)
    file = job.args.out / 'features' / f'{key}.npy'
    if file.is_file():
        return torch.from_numpy(np.load(file))
    file.parent.mkdir(parents=True, exist_ok=True)
    cfg, checkpoint = model.cfg, model.checkpoint
    with said(f'Features of {len(videos)} {side} videos'):
        if model.probed:
            cfg, net = encoder_config(cfg, checkpoint)
        else:
            net = load_classifier(cfg, checkpoint)
        device = 'cuda' if torch.cuda.is_available() else 'cpu'
        names = file.with_suffix('.txt')
        write(names, ''.join(f'{path} {label}\n' for path, label in videos))
        loader = list_loader(cfg, names)
        bar = Progress(len(videos))
        found = frozen_features(net.to(device), loader, rows, bar.show)
        names.unlink()
    with (part := file.with_suffix('.part')).open('wb') as stream:
        np.save(stream, found.numpy())
    os.replace(part, file)
    return found


def scene_probe(job: Job, features: partial) -> dict:
    """Accuracy of a linear layer that names scenes from frozen features."""
    train, test = labelled(job, job.train), labelled(job, whole_paths(job))
    fitted = features('train', job.train, rows_to_fit(len(job.train)))
    shown = features('test', whole_paths(job), None)
    weights = fit_rows(fitted[list(train)], list(train.values()), max(job.scenes.values()) + 1)
    probabilities = predict_rows(shown[list(test)], *weights)
    names = [job.videos[index][0] for index in test]
    return scene_measure(names, probabilities, list(test.values()))


def labelled(job: Job, videos: list[Video]) -> dict[int, int]:
    """Scenes by the numbers of the videos that have one.

    Raises:
        ValueError: None has.
    """
    found = {
        index: job.scenes[path]
        for index, path in enumerate(Path(path).resolve() for path, _ in videos)
        if path in job.scenes
    }
    if not found:
        raise ValueError(
            f'--scenes name no video of the list with {videos[0][0]}: give scenes of --train and '
            'of --data'
        )
    return found


def whole_paths(job: Job) -> list[Video]:
    """The test videos."""
    return [(str((job.root / path).resolve()), label) for path, label in job.videos]


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


# Digests, files and what is printed


def digest(*parts: object) -> str:
    """A short name for what decides a result."""
    text = json.dumps([mmdebias.__version__, torch.__version__, *parts], default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def sha256_of(path: Path) -> str:
    """Of a file."""
    whole = hashlib.sha256()
    with path.open('rb') as file:
        while part := file.read(1 << 20):
            whole.update(part)
    return whole.hexdigest()


def list_key(videos: Iterable[Video]) -> str:
    """Of files by name and size: reading them all would take as long as measuring."""
    return digest([[path, os.stat(path).st_size] for path, _ in videos])


def all_files(job: Job) -> list[Video]:
    """Videos and pictures that rows may show."""
    pictures = [(str(job.args.images / name), 0) for name in job.images]
    return [*whole_paths(job), *pictures]


def masks_key(job: Job) -> str:
    """Of the masks: the boxes, or names and sizes of the files."""
    if 'file' in job.masks:
        return sha256_of(Path(job.masks['file']))
    folder = Path(job.masks.get('folder', ''))
    files = sorted(folder.glob('**/*')) if 'folder' in job.masks else []
    return digest(job.masks, [[str(path), path.stat().st_size] for path in files])


def write(path: Path, text: str) -> None:
    """Write a file that is whole or not there."""
    part = path.with_name(f'.{path.name}.part')
    part.write_text(text, encoding='utf-8')
    os.replace(part, path)


class Progress(Hook):
    """A bar on a terminal; nothing in a log."""

    def __init__(self, total: int) -> None:
        self.bar = ProgressBar(total, file=sys.stderr) if sys.stderr.isatty() else None

    def show(self, done: int) -> None:
        """Move the bar to a number of videos."""
        if self.bar is not None:
            self.bar.update(done - self.bar.completed)

    def after_test_iter(
        self, runner: Runner, batch_idx: int, data_batch: dict | None = None, outputs: object = None
    ) -> None:
        """Move the bar by a batch."""
        if self.bar is not None:
            self.bar.update(len(outputs))


@contextlib.contextmanager
def said(what: str) -> Iterator[None]:
    """Say what is done and how long it took; MMEngine's own lines are kept out of the way."""
    print(f'  {what} ...', end='', flush=True)
    start, logger = time.monotonic(), logging.getLogger('mmengine')
    level = logger.level
    logger.setLevel(logging.ERROR)
    with open(os.devnull, 'w') as nowhere, contextlib.redirect_stdout(nowhere):
        yield
    logger.setLevel(level)
    print(f' {time.monotonic() - start:.0f} s', flush=True)


if __name__ == '__main__':
    main()
