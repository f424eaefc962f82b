"""The inputs of a bias report, read and checked before anything takes long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from mmdebias.datasets.reading_steps import TIME_LIMIT, check_time_limit
from mmdebias.optional import need_mmaction2
from mmdebias.provenance import file_sha256, versions

from .backgrounds import list_images
from .masks import build_masks
from .model import LoadedModel, Model
from .probes import IMAGES, PROBES, composed_probes
from .video_list import Video, check_classes, read_scenes, read_video_list, some_videos


@dataclass(frozen=True)
class Job:
    """Everything that a report is made from.

    Args:
        models: Which fit the list.
        data: The list of the test videos.
        root: Folder that their paths are relative to.
        videos: Of the list, or some of them.
        train_lists: Lists that linear layers are trained on.
        train: Their videos, with whole paths.
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
    data: Path
    root: Path
    videos: list[Video]
    train_lists: list[Path]
    train: list[Video]
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
            data=str(self.data),
            data_sha256=file_sha256(self.data),
            data_root=str(self.root),
            videos=len(self.videos),
            classes=len({label for _, label in self.videos}),
            probes=list(self.probes),
            masks=dict(kind, description=source.description, warning=source.warning),
            images=self.images_root,
            train=[str(file) for file in self.train_lists],
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
    models: Sequence[Model],
    videos: str | Path,
    out: str | Path,
    *,
    masks: dict[str, Any] | None = None,
    data_root: str | Path | None = None,
    images: str | Path | None = None,
    train: Sequence[str | Path] = (),
    scenes: Sequence[str | Path] = (),
    probes: Sequence[str] | None = None,
    max_videos: int | None = None,
    seed: int = 0,
    cfg_options: Mapping[str, object] | None = None,
    time_limit: float | None = TIME_LIMIT,
) -> Job:
    """Read and check lists, configs and checkpoints; the arguments are :func:`bias_report`'s.

    Raises:
        FileNotFoundError: something is not there.
        TypeError: one name or path where a list belongs, or a model that is no :class:`Model`.
        ValueError: something does not fit.
    """
    _check_lists(models=models, train=train, scenes=scenes, probes=probes)
    if scenes and not train:
        raise ValueError(
            f'scenes={[str(file) for file in scenes]} needs train, the list that the layer which '
            'names scenes is trained on: give both or neither.'
        )
    data, options = Path(videos), dict(cfg_options or {})
    root = data.parent if data_root is None else Path(data_root)
    unknown = [name for name in probes or () if name not in composed_probes()]
    if unknown:
        raise ValueError(f'probes={unknown} are not known; there are {composed_probes()}.')
    if seed < 0:
        raise ValueError(f'seed={seed} must be 0 or more.')
    chosen = read_video_list(data, root)
    check_classes(chosen, of=str(data))
    if max_videos is not None:
        chosen = some_videos(chosen, max_videos, seed)
    train_lists = [Path(file) for file in train]
    trained = [
        (str((file.parent / path).resolve()), label)
        for file in train_lists
        for path, label in read_video_list(file)
    ]
    pictures = [] if images is None else list_images(images)
    possible = [p for p in composed_probes() if pictures or PROBES[p].background != IMAGES]
    loaded = [_load(model, options) for model in models]
    _check_names([model.name for model in loaded])
    for model in loaded:
        model.check(chosen, trained)
    return Job(
        models=loaded,
        data=data,
        root=root,
        videos=chosen,
        train_lists=train_lists,
        train=trained,
        scenes=_find_scenes(scenes, data, train_lists),
        masks=_find_masks(masks, root),
        images_folder=None if images is None else Path(images),
        images=pictures,
        probes=list(possible if probes is None else probes),
        out=Path(out),
        seed=seed,
        options=options,
        time_limit=check_time_limit(time_limit),
    )


def _check_lists(**arguments: Any) -> None:
    """Raise where one name or one path stands for a list, whose letters would be its entries."""
    for name, value in arguments.items():
        if isinstance(value, (str, Path)):
            raise TypeError(f'{name}={str(value)!r} must be a list: write {name}=[{str(value)!r}].')
    if arguments['probes'] is not None and not arguments['probes']:
        raise ValueError('probes is empty: name one or more, or leave it out for all that can be.')
    for model in arguments['models']:
        if not isinstance(model, Model):
            raise TypeError(
                f'models has {model!r}: each must be mmdebias.bias.Model(name, config, checkpoint).'
            )


def _load(model: Model, options: dict[str, Any]) -> LoadedModel:
    need_mmaction2(f'The model {model.name}, of a config and a checkpoint,')
    from .mmaction2.model import load_config_model

    return load_config_model(model, options)


def _check_names(names: Sequence[str]) -> None:
    if not names:
        raise ValueError('models is empty: name one or more.')
    if len(set(names)) < len(names):
        raise ValueError(f'The models have the names {list(names)}: give each its own.')


def _find_masks(masks: dict[str, Any] | None, root: Path) -> dict[str, Any]:
    """Return the config of the mask source; by default the folder ``masks`` of the data root."""
    if masks is not None:
        return masks
    if not (root / 'masks').is_dir():
        raise FileNotFoundError(
            f'There are no masks in {root / "masks"}: give masks, a folder, boxes or motion.'
        )
    return dict(type='files', folder=str(root / 'masks'))


def _find_scenes(
    lists: Sequence[str | Path], data: Path, train_lists: Sequence[Path]
) -> dict[Path, int]:
    """Return the scenes of all videos, where there is something to train a probe on."""
    if not train_lists:
        return {}
    beside = [file.parent / 'scene_labels' / file.name for file in (*train_lists, data)]
    found = lists or (beside if all(file.is_file() for file in beside) else [])
    return read_scenes(found) if found else {}
