"""Measure a model; what was measured before is read."""

import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mmdebias.files import replacing
from mmdebias.provenance import digest, file_sha256

from .embeddings import Embeddings, felt_measure
from .frozen_features import fit_rows, predict_rows, rows_to_fit
from .job import Job
from .measures import Measure, bias_measures
from .model import LAYER, Answers, LoadedModel, Showing
from .numbers import Measured, scene_measure
from .outputs import Outputs, stacked
from .parts import in_batches, kept, read_parts, unfinished
from .progress import Progress, announced
from .rows import ProbeRow
from .scores import load_scores
from .short_videos import warn_of_short
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
    facts, layer = dict(model.facts()), None
    if model.probed:
        layer = _linear_layer(job, model)
        facts |= dict(
            train=[one.source for one in job.train_sets],
            train_videos=len(job.train),
            probe=str((layer / LAYER).relative_to(job.out)),
        )
    short = warn_of_short(model.name, model.span, job.whole_paths, job.time_limit)
    if short:
        facts['short_videos'] = len(short)
    scores, embeddings = _scores(job, model, layer, rows, manifest)
    if model.name in job.columns:
        scores = scores[:, job.columns[model.name]]
    measures, scenes = bias_measures(rows, scores), None
    measures |= felt_measure(rows, embeddings)
    if job.scenes and model.has_features:
        measures |= _scene_probe(job, model)
        scenes = len(set(job.scenes.values()))
    return Measured(model.name, facts, measures, scores.shape[1], scenes), scores


def _linear_layer(job: Job, model: LoadedModel) -> Path:
    """Return the folder of a linear layer on the model's features, trained or found."""
    labels = [label for _, label in job.train]
    folder = job.out / 'probes' / digest(model.key, _list_key(job.train), labels)
    if not (model.key and (folder / LAYER).is_file()):
        rows = _features(job, model, 'train', job.train, rows_to_fit(len(job.train)))
        with announced(f'Training a linear layer on features of {len(labels)} videos'):
            model.write_layer(fit_rows(rows, labels, max(labels) + 1), folder)
    return folder


def _scores(
    job: Job,
    model: LoadedModel,
    layer: Path | None,
    rows: Sequence[ProbeRow],
    manifest: Path,
) -> tuple[NDArray[np.float32], Embeddings]:
    """Return the scores of every row of the manifest, computed or read, and some embeddings.

    Where the scene probe will need features of the test videos, they are those of the rows that
    show the videos as they are: the same clips are not put through the net again.
    """
    # The layer is named by what it was trained on, labels included.
    trained = '' if layer is None else layer.name
    key = digest(
        model.key, trained, file_sha256(manifest), _masks_key(job.masks), _list_key(job.files)
    )
    file, beside = job.out / 'scores' / f'{key}.npz', job.out / 'embeddings' / f'{key}.npz'
    if model.key and file.is_file() and beside.is_file():
        print(f'  Reusing {file}', flush=True)
        _forget_parts(job, key)  # of a run that was killed before it had done so
        with np.load(beside, allow_pickle=False) as stored:
            known = dict(zip(stored['rows'].tolist(), stored['vectors']))
        return load_scores(file, len(rows)), known
    features = _features_file(job, model, job.whole_paths, None)
    unchanged = [number for number, row in enumerate(rows) if row.probe == 'original']
    listens = bool(job.scenes and unchanged) and not (model.key and features.is_file())
    showing = Showing(
        rows=rows,
        manifest=manifest,
        data_root=job.root,
        masks=job.masks,
        images_root=job.images_root,
        time_limit=job.time_limit,
        features_of=unchanged if listens else [],
        parts=_parts_folder(job, key) if model.key else None,
    )
    with announced(f'Scoring {len(rows)} videos'):
        found = model.answers(showing, layer)
    _keep(found, features, file, beside)
    _forget_parts(job, key)
    return found.scores, found.embeddings


def _keep(found: Answers, features: Path, scores: Path, embeddings: Path) -> None:
    """Write what a model answered; the embeddings last, which say that all is there."""
    if found.features is not None:
        _write_features(features, found.features)
    with replacing(scores) as part:
        np.savez_compressed(part, scores=found.scores)
    with replacing(embeddings) as part:
        vectors: Any = list(found.embeddings.values())
        np.savez(part, rows=list(found.embeddings), vectors=vectors)


def _features_file(job: Job, model: LoadedModel, videos: Sequence[Video], rows: int | None) -> Path:
    return job.out / 'features' / f'{digest(model.key, _list_key(videos), rows)}.npy'


def _write_features(file: Path, features: Tensor) -> None:
    with replacing(file) as part:
        np.save(part, features.numpy())


def _features(
    job: Job, model: LoadedModel, side: str, videos: Sequence[Video], rows: int | None
) -> Tensor:
    """Return the frozen features of a list's videos ``[V, R, D]``, computed or read."""
    file = _features_file(job, model, videos, rows)
    if model.key and file.is_file():
        _forget_parts(job, file.stem)
        return torch.from_numpy(np.load(file))
    parts = _parts_folder(job, file.stem) if model.key else None
    with announced(f'Features of {len(videos)} {side} videos'):
        found = read_parts(parts)
        batches = unfinished(in_batches(len(videos), model.together), found)
        bar = Progress(len(videos))
        bar.show(len(found))
        left = [number for batch in batches for number in batch]
        asked = model.features([videos[n] for n in left], rows, job.time_limit) if left else ()
        outputs = (Outputs(None, features) for features in asked)
        for number, one in kept(zip(left, outputs), batches, parts):
            found[number] = one
            bar.show(len(found))
        features = stacked(found[number].features for number in range(len(videos)))
    _write_features(file, features)
    _forget_parts(job, file.stem)
    return features


def _parts_folder(job: Job, key: str) -> Path:
    return job.out / 'parts' / key


def _forget_parts(job: Job, key: str) -> None:
    """Remove what was kept of an answer that is whole by now."""
    shutil.rmtree(_parts_folder(job, key), ignore_errors=True)


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
    """Return a digest of the masks: the file of boxes, or names, sizes and times of the files."""
    if 'file' in masks:
        return file_sha256(masks['file'])
    files = sorted(Path(masks['folder']).glob('**/*')) if 'folder' in masks else []
    stats = [(path, path.stat()) for path in files]
    return digest(masks, [[str(path), stat.st_size, stat.st_mtime_ns] for path, stat in stats])
