"""What was asked for, read and checked before anything takes long."""

import argparse
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from mmengine.config import Config

from mmdebias.apis import load_encoder
from mmdebias.datasets.bias import PROBES, build_masks, list_images
from mmdebias.evaluation import load_classifier
from mmdebias.evaluation.probe_checkpoint import needs_probe
from mmdebias.evaluation.video_list import (
    Video,
    check_classes,
    read_scenes,
    read_video_list,
    some_videos,
)

from .keeping import digest, sha256_of, versions, write

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
        versions=dict(versions(), numpy=np.__version__),
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
