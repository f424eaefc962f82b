"""The bias report: from models and a list of videos to numbers, Markdown and a page."""

from __future__ import annotations

import contextlib
import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmdebias.datasets.reading_steps import TIME_LIMIT
from mmdebias.files import read_json, read_text, write_text
from mmdebias.ops.compositing import Picture

from .comparing import check_same_videos, compare_reports, match_models, read_stored
from .composer import Composer, forget_videos
from .job import Job, Masks, read_job
from .labelled import Label
from .manifest import make_manifest, manifest_text, write_manifest
from .markdown import render_markdown
from .measuring import measure
from .model import LoadedModel, Model
from .numbers import names_digest, put_together
from .page import Sample, render_page
from .probes import composed_probes
from .progress import announced
from .reading import check_whole_file
from .rows import ProbeRow
from .video_list import Video

SHOWN = 3  # videos whose probes are shown


@dataclass(frozen=True)
class BiasReport:
    """The measured numbers, and clips to show.

    Args:
        content: Ready for JSON, see :func:`mmdebias.bias.numbers.put_together`.
        samples: Clips of each probe with the models' answers.
    """

    content: dict[str, Any]
    samples: tuple[Sample, ...] = ()

    def value(self, model: str, measure: str) -> float:
        """Return a measure of a model, a share in [0, 1].

        Raises:
            KeyError: there is no such measure of that model.
        """
        for entry in self.content['measures']:
            for value in entry['values']:
                if (entry['name'], value['checkpoint']) == (measure, model):
                    return float(value['value'])
        raise KeyError(f'The report has no {measure} of {model}.')

    def markdown(self) -> str:
        """Return sentences and tables."""
        return render_markdown(self.content)

    def page(self) -> str:
        """Return one HTML page that needs nothing beside it."""
        return render_page(self.content, self.samples)

    def write(self, folder: str | Path) -> None:
        """Write ``report.json``, ``report.md`` and ``report.html``."""
        folder = Path(folder)
        write_text(folder / 'report.json', json.dumps(self.content, indent=1))
        write_text(folder / 'report.md', self.markdown())
        write_text(folder / 'report.html', self.page())


def bias_report(
    models: Sequence[Model | LoadedModel],
    videos: str | Path | Sequence[str | Path],
    labels: Sequence[Label] | None = None,
    masks: Masks = None,
    *,
    out: str | Path | None = None,
    data_root: str | Path | None = None,
    images: str | Path | None = None,
    train: Sequence[str | Path] = (),
    train_labels: Sequence[Label] | None = None,
    scenes: Sequence[str | Path] | Mapping[str, Label] = (),
    classes: Sequence[str] | None = None,
    probes: Sequence[str] | None = None,
    max_videos: int | None = None,
    seed: int = 0,
    cfg_options: Mapping[str, object] | None = None,
    overwrite: bool = False,
    time_limit: float | None = TIME_LIMIT,
    compare: str | Path | None = None,
) -> BiasReport:
    """Measure how much of video models is background.

    Before anything is measured, all that can be told quickly is checked: models with a black clip,
    files by their names, test videos by their indexes, training videos for having been cut, masks
    for being those of their videos. What only decoding shows ends the report where it is met, with
    the name of the video. Scores, features and linear layers are kept
    in ``out``: an interrupted report goes on with the clips it was at, and models that were
    measured are read. Each video is decoded once for all probes, as far as 2 GiB of frames go.

    Args:
        models: Made by :func:`from_module`, :func:`from_torchscript`, :func:`from_onnx` or
            :func:`from_hugging_face`, or MMAction2's, a :class:`Model` each. What returns features
            gets a linear layer that is trained on those of ``train``.
        videos: A list of lines ``path label``, a CSV with a header (path, label, perhaps scene), a
            folder with a folder a class, or paths of videos.
        labels: Of paths, numbers of classes (of the models' scores) or names.
        masks: A folder of mask files, a file of boxes (.json), 'motion', or
            ``dict(type='files', folder=...)``, ``dict(type='boxes', file=...)``,
            ``dict(type='motion')`` with further arguments; None takes the folder ``masks`` of the
            data root.
        out: Folder of the report; None writes none, and keeps nothing behind this call.
        data_root: Folder that the paths are relative to; None is the list's;
            of paths, the deepest that holds all.
        images: Folder of pictures to put behind actors.
        train: Lists, CSVs or folders of labelled videos that linear layers are trained on; with
            ``train_labels`` the videos themselves.
        train_labels: Of the videos ``train``.
        scenes: Lists ``path scene`` of ``train`` and ``videos``, or a dict of paths to scenes; none
            takes those of the CSVs, or ``scene_labels/NAME`` beside each list, where all have one.
        classes: Names of scores, in their order, of models that do not know them, where labels are
            names.
        probes: Some of :func:`mmdebias.bias.composed_probes`; None asks all that can be.
        max_videos: As many of the list, evenly by class.
        seed: Of all draws, 0 or more.
        cfg_options: Merged into every config.
        overwrite: Replace another report in ``out``; scores that both have are reused.
        time_limit: Seconds that reading a video may take; one that takes longer ends the report
            with its name. None is for ever.
        compare: The ``report.json`` of a report of the same videos, whose models of the same name
            are compared, see :func:`mmdebias.bias.comparing.compare_reports`.

    Returns:
        The report; ``report.write(folder)`` writes it, as is done for ``out``.

    Raises:
        FileNotFoundError: a list, a video, a mask, a config or a checkpoint is not there.
        FileExistsError: ``out`` holds the report of another setting.
        TypeError: one name or path where a list belongs, or something that is no
            model; labels with a list that has its own.
        ValueError: something does not fit; the message names it.
    """
    # Read first: it may be the report that is replaced.
    stored = None if compare is None else read_stored(compare)
    with contextlib.ExitStack() as stack:
        forget_videos()  # of whatever was looked at before: files may be others now
        stack.callback(forget_videos)
        if out is None:
            out = stack.enter_context(tempfile.TemporaryDirectory())
        job = read_job(
            models,
            videos,
            out,
            labels=labels,
            masks=masks,
            data_root=data_root,
            images=images,
            train=train,
            train_labels=train_labels,
            scenes=scenes,
            classes=classes,
            probes=probes,
            max_videos=max_videos,
            seed=seed,
            cfg_options=cfg_options,
            time_limit=time_limit,
        )
        if stored is not None:
            match_models([model.name for model in job.models], stored, str(compare))
        if not job.scenes:
            print('No scene probe: it needs train and the scenes of both lists.', flush=True)
        rows = make_manifest(job.videos, job.probes, job.seed, job.images or None)
        clips = _preview(job, rows)
        setting = job.setting()
        # Not among what decides whose folder it is: the list's own digest is.
        lists = dict(
            videos_sha256=_videos_digest(job),
            manifest_sha256=hashlib.sha256(manifest_text(rows).encode()).hexdigest(),
        )
        if stored is not None:
            check_same_videos(setting | lists, stored, str(compare))
        _take_folder(job.out, setting, overwrite)
        setting |= lists
        manifest = job.out / 'manifest.jsonl'
        write_manifest(manifest, rows)
        measured, scores = [], []
        for model in job.models:
            print(f'=== {model.name}', flush=True)
            found = measure(job, model, rows, manifest)
            measured.append(found[0])
            scores.append(found[1])
        content = put_together(setting, measured, job.seed)
        if stored is not None:
            content['comparison'] = compare_reports(content, stored, str(compare))
        report = BiasReport(content, tuple(_samples(job, rows, clips, scores)))
        report.write(job.out)
        return report


def _videos_digest(job: Job) -> str:
    """Return a digest of the videos and their classes, in whatever order, by name if they have."""
    labels = dict(enumerate(job.names or ()))
    return names_digest(sorted([path, str(labels.get(n, n))] for path, n in job.videos))


def _preview(job: Job, rows: Sequence[ProbeRow]) -> dict[tuple[str, str], Picture]:
    """Check what the rows need, and compose the clips that are shown, by probe and video."""
    composer = Composer(str(job.root), job.masks, job.images_root)
    composer.check(rows)
    with announced(f'Checking {len(job.videos)} videos and their masks'):
        composer.check_contents(rows, job.time_limit)
        for path, _ in job.train:
            check_whole_file(Path(path))
    shown = _shown_videos(job.videos)
    return {(r.probe, r.video): composer.preview(r) for r in rows if r.video in shown}


def _shown_videos(videos: Sequence[Video]) -> list[str]:
    """Return some videos of different classes, spread over the list."""
    by_class = {label: path for path, label in reversed(videos)}
    firsts = [path for path, _ in videos if path in by_class.values()]
    paths = firsts if len(firsts) >= SHOWN else [path for path, _ in videos]
    return [paths[i] for i in np.linspace(0, len(paths) - 1, min(SHOWN, len(paths))).astype(int)]


def _take_folder(out: Path, setting: dict[str, Any], overwrite: bool) -> None:
    """Write the setting into the folder of this report.

    Raises:
        FileExistsError: it holds the report of another setting.
    """
    file = out / 'setting.json'
    asked = json.loads(json.dumps(setting))
    if file.is_file() and not overwrite:
        there = read_json(file)
        if not isinstance(there, dict):
            raise FileExistsError(
                f'{file} is damaged, so that whose report this is cannot be told: give another '
                'folder, or overwrite; scores are reused.'
            )
        other = [key for key in asked if there.get(key) != asked[key]]
        if other:
            key = other[0]
            raise FileExistsError(
                f'{out} holds another report ({", ".join(other)} differ: {key} is '
                f'{there.get(key)!r} there and {asked[key]!r} here): give another folder, or '
                'overwrite; scores that both have are reused.'
            )
    elif not file.is_file() and (out / 'report.json').exists():
        raise FileExistsError(f'{out} holds a report.json of something else: give another folder.')
    write_text(file, json.dumps(asked, indent=1))


def _samples(
    job: Job,
    rows: Sequence[ProbeRow],
    clips: Mapping[tuple[str, str], Picture],
    scores: Sequence[NDArray[np.float32]],
) -> list[Sample]:
    """Return the clips of each probe with the models' answers."""
    names = _class_names(job)

    def name(label: int) -> str:
        return names.get(int(label), f'class {label}')

    answered = [_score_names(job, model) for model in job.models]
    samples = []
    for probe in composed_probes():
        for index, row in enumerate(rows):
            if row.probe == probe and (row.probe, row.video) in clips:
                answers = tuple(
                    own.get(int(score[index].argmax()), name(score[index].argmax()))
                    for own, score in zip(answered, scores)
                )
                partner = None if row.partner_label is None else name(row.partner_label)
                clip = clips[row.probe, row.video]
                samples.append(Sample(probe, clip, name(row.label), partner, answers))
    return samples


def _class_names(job: Job) -> dict[int, str]:
    """Return names of classes by number: of the labels, or of ``classes.txt`` beside the list."""
    lines: Sequence[str] = job.names or ()
    file = Path(job.test.source).parent / 'classes.txt'
    if not lines and file.is_file():
        lines = read_text(file, 'save it as UTF-8, or take it away').splitlines()
    return {number: line.strip().replace('_', ' ') for number, line in enumerate(lines)}


def _score_names(job: Job, model: LoadedModel) -> dict[int, str]:
    """Return what a model calls its scores, in the order of the labels; empty where unknown."""
    if model.name not in job.columns or model.classes is None:
        return {}
    ours = dict(enumerate(job.names or ()))
    places = enumerate(job.columns[model.name])
    return {
        number: ours.get(number, model.classes[place]).replace('_', ' ') for number, place in places
    }
