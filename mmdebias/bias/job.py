"""The inputs of a bias report, read and checked before anything takes long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from mmdebias.datasets.reading_steps import TIME_LIMIT, check_time_limit
from mmdebias.files import check_folder
from mmdebias.optional import need_mmaction2
from mmdebias.provenance import versions

from .backgrounds import list_images
from .labelled import Label, Labelled, class_names, number_scenes, numbered, read_labelled
from .masks import build_masks
from .model import LoadedModel, Model, of_a_config
from .probes import IMAGES, PROBES, composed_probes
from .score_order import check_models
from .video_list import Video, check_classes, read_scenes, some_videos

Masks = Mapping[str, Any] | str | Path | None
"""A mask source: its config, or a folder of files, a file of boxes (.json), 'motion'; None takes
the folder ``masks`` of the data root."""


@dataclass(frozen=True)
class Job:
    """Everything that a report is made from.

    Args:
        models: Which fit the list.
        test: The test videos.
        videos: Of these, or some of them, with numbers of classes.
        train_sets: Videos that linear layers are trained on.
        train: All of theirs, with whole paths.
        names: Of the classes, by number, where labels are names.
        columns: By model, the order of its scores that brings them into the order of ``names``.
        scenes: By whole path; empty where there is no scene probe.
        masks: Config of the mask source, see :func:`build_masks`.
        images_folder: Of the pictures that are put behind actors, or None.
        images: Pictures, relative to it.
        probes: Names of the probes.
        out: Folder of the report.
        seed: Of all draws.
        options: Merged into every config.
        time_limit: Seconds that reading a video may take; it decides no number.
    """

    models: list[LoadedModel]
    test: Labelled
    videos: list[Video]
    train_sets: list[Labelled]
    train: list[Video]
    names: tuple[str, ...] | None
    columns: dict[str, list[int]]
    scenes: dict[Path, int]
    masks: dict[str, Any]
    images_folder: Path | None
    images: list[str]
    probes: list[str]
    out: Path
    seed: int = 0
    options: dict[str, Any] = field(default_factory=dict)
    time_limit: float | None = TIME_LIMIT

    @property
    def root(self) -> Path:
        """Return the folder that the test videos are relative to."""
        return self.test.root

    @property
    def images_root(self) -> str | None:
        """Return the folder of the pictures, None where there are none."""
        return str(self.images_folder) if self.images else None

    @property
    def whole_paths(self) -> list[Video]:
        """Return the test videos with whole paths."""
        return [(str((self.root / path).resolve()), label) for path, label in self.videos]

    @property
    def files(self) -> list[Video]:
        """Return the videos and pictures that rows may show."""
        folder = self.images_folder or Path()
        return [*self.whole_paths, *((str(folder / name), 0) for name in self.images)]

    def scenes_by_number(self, videos: Sequence[Video]) -> dict[int, int]:
        """Return the scenes of some videos by their number among them.

        Raises:
            ValueError: none of the videos has one.
        """
        found = {
            index: self.scenes[path]
            for index, path in enumerate(Path(path).resolve() for path, _ in videos)
            if path in self.scenes
        }
        if not found:
            raise ValueError(
                f'scenes names no video of the list with {videos[0][0]}: give the scenes of the '
                'training list and of the test list.'
            )
        return found

    def setting(self) -> dict[str, Any]:
        """Return what decides the numbers, ready for JSON."""
        source = build_masks(self.masks, str(self.root))
        kind = dict(kind=self.masks['type'])
        return dict(
            data=self.test.source,
            data_sha256=self.test.sha256,
            data_root=str(self.root),
            videos=len(self.videos),
            classes=len({label for _, label in self.videos}),
            probes=list(self.probes),
            masks=dict(kind, description=source.description, warning=source.warning),
            images=self.images_root,
            train=[one.source for one in self.train_sets],
            scenes=self._scene_sizes(),
            seed=self.seed,
            checkpoints=[model.identity for model in self.models],
            options={str(key): str(value) for key, value in self.options.items()},
            versions=dict(versions(), numpy=np.__version__),
        )

    def _scene_sizes(self) -> dict[str, Any] | None:
        """Return how many scenes, and videos of either side, the scene probe has."""
        if not self.scenes:
            return None
        sides = self.scenes_by_number(self.train), self.scenes_by_number(self.whole_paths)
        return dict(
            classes=len(set(self.scenes.values())),
            train_videos=len(sides[0]),
            videos=len(sides[1]),
        )


def read_job(
    models: Sequence[Model | LoadedModel],
    videos: str | Path | Sequence[str | Path],
    out: str | Path,
    *,
    labels: Sequence[Label] | None = None,
    masks: Masks = None,
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
    time_limit: float | None = TIME_LIMIT,
) -> Job:
    """Read and check lists, configs and checkpoints; the arguments are :func:`bias_report`'s.

    Raises:
        FileNotFoundError: something is not there.
        NotADirectoryError: ``out`` is a file.
        TypeError: one name or path where a list belongs, or something that is no model.
        ValueError: something does not fit.
    """
    _check_lists(models=models, train=train, scenes=scenes, probes=probes, classes=classes)
    _check_choices(train, scenes, probes, seed)
    test = read_labelled(videos, labels, data_root)
    sides = _train_sets(train, train_labels)
    options = dict(cfg_options or {})
    loaded = [load_model(model, options) for model in models]
    _check_names([model.name for model in loaded])
    possible = [
        p for p in composed_probes() if images is not None or PROBES[p].background != IMAGES
    ]
    found_masks = _find_masks(masks, test.root, possible if probes is None else probes)
    if labels is not None and data_root is None:
        test = _named_as_masks(test, found_masks)
    names = class_names([test, *sides])
    chosen = numbered(test, names)
    check_classes(chosen, of=test.source)
    if max_videos is not None:
        chosen = some_videos(chosen, max_videos, seed)
    trained = [
        (str((one.root / path).resolve()), label)
        for one in sides
        for path, label in numbered(one, names)
    ]
    pictures = [] if images is None else list_images(images)
    columns = check_models(loaded, chosen, trained, names, classes)
    return Job(
        models=loaded,
        test=test,
        videos=chosen,
        train_sets=sides,
        train=trained,
        names=names,
        columns=columns,
        scenes=_find_scenes(scenes, test, sides),
        masks=found_masks,
        images_folder=None if images is None else Path(images),
        images=pictures,
        probes=list(possible if probes is None else probes),
        out=check_folder(out),
        seed=seed,
        options=options,
        time_limit=check_time_limit(time_limit),
    )


def load_model(model: Model | LoadedModel, options: Mapping[str, Any]) -> LoadedModel:
    """Return a model that can be asked.

    Args:
        model: One of MMAction2's, or one that can be asked already.
        options: Merged into a config of MMAction2.

    Raises:
        MissingPackageError: MMAction2 is not installed.
    """
    if not isinstance(model, Model):
        return model
    need_mmaction2(of_a_config(model.name))
    from .mmaction2.model import load_config_model

    return load_config_model(model, dict(options))


def _train_sets(train: Sequence[str | Path], labels: Sequence[Label] | None) -> list[Labelled]:
    """Return what linear layers are trained on: of lists one each, of videos with labels one."""
    if labels is not None:
        return [read_labelled(train, labels, argument='train')]
    return [read_labelled(file, argument='train') for file in train]


def _check_lists(**arguments: Any) -> None:
    """Raise where one name or one path stands for a list, whose letters would be its entries."""
    for name, value in arguments.items():
        if isinstance(value, (str, Path)):
            raise TypeError(f'{name}={str(value)!r} must be a list: write {name}=[{str(value)!r}].')
    models = arguments['models']
    if not isinstance(models, Sequence):
        kind = type(models).__name__
        raise TypeError(f'models is a {kind} and must be a list: write models=[...], of one, too.')
    if arguments['probes'] is not None and not arguments['probes']:
        raise ValueError('probes is empty: name one or more, or leave it out for all that can be.')
    for model in models:
        if not isinstance(model, Model) and not hasattr(model, 'answers'):
            raise TypeError(
                f'models has {model!r}: each must be mmdebias.bias.Model(name, config, '
                'checkpoint), or made by from_module, from_torchscript, from_onnx or '
                'from_hugging_face.'
            )


def _check_choices(
    train: Sequence[str | Path],
    scenes: Sequence[str | Path] | Mapping[str, Label],
    probes: Sequence[str] | None,
    seed: int,
) -> None:
    """Raise where something that was chosen cannot be."""
    if scenes and not train:
        raise ValueError(
            f'scenes={[str(value) for value in scenes]} needs train, the list that the layer which '
            'names scenes is trained on: give both or neither.'
        )
    unknown = [name for name in probes or () if name not in composed_probes()]
    if unknown:
        raise ValueError(f'probes={unknown} are not known; there are {composed_probes()}.')
    if seed < 0:
        raise ValueError(f'seed={seed} must be 0 or more.')


def _check_names(names: Sequence[str]) -> None:
    if not names:
        raise ValueError('models is empty: name one or more.')
    if not all(isinstance(name, str) and name.strip() for name in names):
        raise ValueError(f'The models have the names {list(names)}: give each one, a text.')
    if len(set(names)) < len(names):
        raise ValueError(f'The models have the names {list(names)}: give each its own.')


def _named_as_masks(test: Labelled, masks: Mapping[str, Any]) -> Labelled:
    """Return videos of a program under their whole paths, if their masks are found so alone.

    Their names begin below the folder that holds all, which may be what a mask is named by.
    """
    if not masks:
        return test
    source = build_masks(dict(masks), str(test.root))
    whole = tuple((test.root / path).as_posix() for path in test.paths)
    for paths in (test.paths, whole):
        try:
            source.check(paths)
        except ValueError:
            continue
        return replace(test, paths=paths)
    return test


def _find_masks(masks: Masks, root: Path, probes: Sequence[str]) -> dict[str, Any]:
    """Return the config of the mask source; by default the folder ``masks`` of the data root, or
    none where no probe needs any."""
    if masks is None:
        if not (root / 'masks').is_dir():
            if not any(PROBES[probe].masks for probe in probes):
                return dict(type='none')
            raise FileNotFoundError(
                f'There are no masks in {root / "masks"}: give masks, a folder, boxes or motion.'
            )
        return dict(type='files', folder=str(root / 'masks'))
    if isinstance(masks, Mapping):
        return dict(masks)
    if masks == 'motion':
        return dict(type='motion')
    if not isinstance(masks, (str, Path)):
        raise TypeError(
            f'masks={masks!r} must be a folder of mask files, a file of boxes (.json), "motion", '
            'or a dict, such as dict(type="files", folder=...).'
        )
    file = Path(masks)
    if file.suffix.lower() == '.json':
        return dict(type='boxes', file=str(file))
    return dict(type='files', folder=str(file))


def _find_scenes(
    scenes: Sequence[str | Path] | Mapping[str, Label],
    test: Labelled,
    train_sets: Sequence[Labelled],
) -> dict[Path, int]:
    """Return the scenes of all videos, where there is something to train a probe on."""
    if not train_sets:
        return {}
    sets = (*train_sets, test)
    if isinstance(scenes, Mapping):
        return number_scenes({Path(path).resolve(): scene for path, scene in scenes.items()})
    if scenes:
        return read_scenes(scenes)
    told = {path: scene for one in sets for path, scene in one.scenes.items()}
    if told:
        return number_scenes(told)
    lists = [Path(one.source) for one in sets]
    beside = [file.parent / 'scene_labels' / file.name for file in lists]
    return read_scenes(beside) if all(file.is_file() for file in beside) else {}
