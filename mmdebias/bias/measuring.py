"""Measure a model; what was measured before is read."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.config import Config
from mmengine.runner import Runner
from numpy.typing import NDArray

from mmdebias.evaluation import load_classifier
from mmdebias.files import replacing, write_text
from mmdebias.provenance import digest, file_sha256

from .embeddings import Embeddings, KeepEmbeddings, felt_measure
from .frozen_features import (
    FeaturesOfRows,
    fit_rows,
    frozen_features,
    list_loader,
    predict_rows,
    rows_to_fit,
)
from .job import Job, LoadedModel
from .measures import Measure, bias_measures
from .numbers import Measured, scene_measure
from .probe_checkpoint import encoder_config, write_probe
from .probe_config import load_scores, probe_config
from .progress import Progress, announced
from .rows import ProbeRow
from .video_list import Video


def measure(
    job: Job, model: LoadedModel, rows: Sequence[ProbeRow], manifest: Path
) -> tuple[Measured, NDArray[np.float32]]:
    """Measure everything of a model.

    Args:
        job: The report's inputs.
        model: One of its models.
        rows: Of the manifest.
        manifest: Its file.

    Returns:
        The measures, and the scores of the rows, float32 ``[N, K]``.
    """
    facts = dict(
        config=str(model.config),
        checkpoint=str(model.checkpoint),
        sha256=model.sha256,
        kind='probe' if model.probed else 'classifier',
        type=model.cfg.model.type,
        backbone=model.cfg.model.backbone.type,
    )
    cfg, checkpoint = model.cfg, model.checkpoint
    if model.probed:
        cfg, checkpoint = _linear_layer(job, model)
        facts |= dict(
            train=[str(file) for file in job.train_lists],
            train_videos=len(job.train),
            probe=str(checkpoint.relative_to(job.out)),
        )
    scores, embeddings = _scores(job, model, cfg, checkpoint, rows, manifest)
    measures, scenes = bias_measures(rows, scores), None
    measures |= felt_measure(rows, embeddings)
    if job.scenes:
        measures |= _scene_probe(job, model)
        scenes = len(set(job.scenes.values()))
    return Measured(model.name, facts, measures, scores.shape[1], scenes), scores


def _linear_layer(job: Job, model: LoadedModel) -> tuple[Config, Path]:
    """Return config and checkpoint of a classifier: a linear layer on the model's encoder."""
    labels = [label for _, label in job.train]
    folder = job.out / 'probes' / digest(model.key, _list_key(job.train), labels)
    if not (folder / 'probe.pth').is_file():
        rows = _features(job, model, 'train', job.train, rows_to_fit(len(job.train)))
        with announced(f'Training a linear layer on features of {len(labels)} videos'):
            weights = fit_rows(rows, labels, max(labels) + 1)
            write_probe(model.cfg, model.checkpoint, weights, folder)
    return Config.fromfile(folder / 'probe.py'), folder / 'probe.pth'


def _scores(
    job: Job,
    model: LoadedModel,
    cfg: Config,
    checkpoint: Path,
    rows: Sequence[ProbeRow],
    manifest: Path,
) -> tuple[NDArray[np.float32], Embeddings]:
    """Return the scores of every row of the manifest, computed or read, and some embeddings.

    Where the scene probe will need features of the test videos, they are those of the rows that
    show the videos as they are: the same clips are not put through the net again.
    """
    trained = _list_key(job.train) if model.probed else ''
    key = digest(
        model.key, trained, file_sha256(manifest), _masks_key(job.masks), _list_key(job.files)
    )
    file, beside = job.out / 'scores' / f'{key}.npz', job.out / 'embeddings' / f'{key}.npz'
    if file.is_file() and beside.is_file():
        print(f'  Reusing {file}', flush=True)
        with np.load(beside, allow_pickle=False) as stored:
            known = dict(zip(stored['rows'].tolist(), stored['vectors']))
        return load_scores(file, len(rows)), known
    features = _features_file(job, model, job.whole_paths, None)
    unchanged = [number for number, row in enumerate(rows) if row.probe == 'original']
    listens = bool(job.scenes and unchanged) and not features.is_file()
    keep = KeepEmbeddings(rows)
    with replacing(file) as part:
        run = probe_config(
            cfg, manifest, job.root, job.masks, part, job.images_root, time_limit=job.time_limit
        )
        run.load_from = str(checkpoint)
        run.work_dir = str(job.out / 'logs')
        run.experiment_name = f'bias_report_{key}'
        run.log_level = 'ERROR'
        run.resume = False
        run.visualizer = None
        with announced(f'Scoring {len(rows)} videos'):
            runner = Runner.from_cfg(run)
            runner.register_hook(Progress(len(runner.test_dataloader.dataset)))
            runner.register_hook(keep)
            if listens:
                listener = FeaturesOfRows(unchanged)
                runner.register_hook(listener)
            runner.test()
    if listens:
        _write_features(features, listener.result())
    with replacing(beside) as part:
        np.savez(part, rows=list(keep.found), vectors=list(keep.found.values()))
    return load_scores(file, len(rows)), keep.found


def _features_file(job: Job, model: LoadedModel, videos: Sequence[Video], rows: int | None) -> Path:
    return job.out / 'features' / f'{digest(model.key, _list_key(videos), rows)}.npy'


def _write_features(file: Path, features: torch.Tensor) -> None:
    with replacing(file) as part:
        np.save(part, features.numpy())


def _features(
    job: Job, model: LoadedModel, side: str, videos: Sequence[Video], rows: int | None
) -> torch.Tensor:
    """Return the frozen features of a list's videos ``[V, R, D]``, computed or read."""
    file = _features_file(job, model, videos, rows)
    if file.is_file():
        return torch.from_numpy(np.load(file))
    cfg, checkpoint = model.cfg, model.checkpoint
    with announced(f'Features of {len(videos)} {side} videos'):
        if model.probed:
            cfg, net = encoder_config(cfg, checkpoint)
        else:
            net = load_classifier(cfg, checkpoint)
        device = 'cuda' if torch.cuda.is_available() else 'cpu'
        names = file.with_suffix('.txt')
        write_text(names, ''.join(f'{path} {label}\n' for path, label in videos))
        loader = list_loader(cfg, names, job.time_limit)
        bar = Progress(len(videos))
        found = frozen_features(net.to(device), loader, rows, bar.show)
        names.unlink()
    _write_features(file, found)
    return found


def _scene_probe(job: Job, model: LoadedModel) -> dict[str, Measure]:
    """Measure how well a linear layer names scenes from frozen features."""
    train, test = job.scenes_by_number(job.train), job.scenes_by_number(job.whole_paths)
    fitted = _features(job, model, 'train', job.train, rows_to_fit(len(job.train)))
    shown = _features(job, model, 'test', job.whole_paths, None)
    weights = fit_rows(fitted[list(train)], list(train.values()), max(job.scenes.values()) + 1)
    probabilities = predict_rows(shown[list(test)], *weights)
    names = [job.videos[index][0] for index in test]
    return scene_measure(names, probabilities.numpy(), list(test.values()))


def _list_key(videos: Iterable[Video]) -> str:
    """Return a digest of files by name and size: reading them would take as long as measuring."""
    return digest([[path, os.stat(path).st_size] for path, _ in videos])


def _masks_key(masks: dict[str, Any]) -> str:
    """Return a digest of the masks: the file of boxes, or names and sizes of the files."""
    if 'file' in masks:
        return file_sha256(masks['file'])
    files = sorted(Path(masks['folder']).glob('**/*')) if 'folder' in masks else []
    return digest(masks, [[str(path), path.stat().st_size] for path in files])
