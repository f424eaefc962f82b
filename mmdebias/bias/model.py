"""What a report asks of a model, whatever the model comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from .embeddings import Embeddings
from .rows import ProbeRow
from .video_list import Video

LAYER = 'probe.pth'
"""The file of a linear layer; where it is, everything of the layer is."""


@dataclass(frozen=True)
class Model:
    """A model of MMAction2 to report on.

    Args:
        name: In the report.
        config: File of its config.
        checkpoint: Its file.
    """

    name: str
    config: Path
    checkpoint: Path


def of_a_config(name: str) -> str:
    """Return what a :class:`Model` is called in an error."""
    return f'The model {name}, of a config and a checkpoint,'


@dataclass(frozen=True)
class Showing:
    """The rows that a model is shown, and where what they show comes from.

    Args:
        rows: Of a manifest.
        manifest: Its file.
        data_root: Folder that the manifest's videos are relative to.
        masks: Config of a mask source, see :func:`mmdebias.bias.build_masks`.
        images_root: Folder that the manifest's pictures are relative to.
        time_limit: Seconds that reading a row may take; None is for ever.
        features_of: Numbers of the rows whose features are wanted, perhaps none.
        parts: Folder for outputs of some rows, so that a model goes on after an interruption; None
            keeps none.
    """

    rows: Sequence[ProbeRow]
    manifest: Path
    data_root: Path
    masks: dict[str, Any]
    images_root: str | None
    time_limit: float | None
    features_of: Sequence[int]
    parts: Path | None = None


class Answers(NamedTuple):
    """What a model says of the rows that it is shown.

    Args:
        scores: float32 ``[N, K]``, a row each.
        embeddings: Unit vectors of the rows of the probes in ``FELT``; none where it has none.
        features: Of the rows that were asked for, float32 ``[V, R, D]``; None where it has none.
    """

    scores: NDArray[np.float32]
    embeddings: Embeddings
    features: Tensor | None


class LoadedModel(Protocol):
    """A model that can be asked."""

    # Properties, as an attribute would have to be writable, and some models are frozen.
    @property
    def name(self) -> str:
        """Return its name in the report."""

    @property
    def key(self) -> str:
        """Name the model among all others: by it results are kept. '' where none are to be."""

    @property
    def identity(self) -> list[str]:
        """Return what tells it in the setting of a report, its name first."""

    @property
    def probed(self) -> bool:
        """Return whether it has no classes, so that the report trains a linear layer."""

    @property
    def span(self) -> int:
        """Return the frames that a video needs, so that no clip of it begins it anew; 0 where it is
        not known."""

    @property
    def together(self) -> int:
        """Return how many videos :meth:`features` shows it at once."""

    @property
    def has_features(self) -> bool:
        """Return whether :meth:`features` can be asked."""

    @property
    def classes(self) -> tuple[str, ...] | None:
        """Return the names of its scores, in their order; None where they are not known."""

    def facts(self) -> Mapping[str, object]:
        """Return where it comes from, for the JSON."""

    def check(self, videos: Sequence[Video], train: Sequence[Video]) -> int | None:
        """Raise ValueError where it cannot be shown videos, or has not their classes.

        Returns:
            The number of its scores; None where it has none, or they are not known.
        """

    def features(
        self, videos: Sequence[Video], rows: int | None, time_limit: float | None
    ) -> Iterator[Tensor]:
        """Yield features of each clip of whole videos.

        Args:
            videos: Whole paths, and classes, which have no part in it.
            rows: Keep this many of a video's clips, evenly spread; None keeps all.
            time_limit: Seconds that reading a video may take; None is for ever.

        Yields:
            Of each video unit vectors, float32 ``[R, D]``.
        """

    def write_layer(self, layer: tuple[Tensor, Tensor], folder: Path) -> None:
        """Write a linear layer on the features, weights ``[K, D]`` and biases ``[K]``.

        ``folder/LAYER`` comes last: where it is, all is.
        """

    def answers(self, showing: Showing, layer: Path | None) -> Answers:
        """Return scores and features of rows.

        Args:
            showing: The rows.
            layer: Folder of :meth:`write_layer`, where the model is probed.
        """
