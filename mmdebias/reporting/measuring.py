"""Measuring a checkpoint; what was measured before is read."""

import os
from functools import partial
from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config
from mmengine.runner import Runner

from mmdebias.evaluation import bias_measures, load_classifier, load_scores, probe_config
from mmdebias.evaluation.bias_report import Measured, scene_measure
from mmdebias.evaluation.frozen_features import (
    fit_rows,
    frozen_features,
    list_loader,
    predict_rows,
    rows_to_fit,
)
from mmdebias.evaluation.probe_checkpoint import encoder_config, write_probe
from mmdebias.evaluation.video_list import Video

from .job import Job, Model, images_root_of, labelled, whole_paths
from .keeping import digest, list_key, sha256_of, write
from .progress import Progress, said


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
