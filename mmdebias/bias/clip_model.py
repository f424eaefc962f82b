"""Any model that takes clips, as a model of a bias report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from mmdebias.datasets.reading_steps import drawn_right, within
from mmdebias.files import replacing
from mmdebias.ops.compositing import Picture
from mmdebias.provenance import digest
from mmdebias.video import VideoReadError

from .answering import gather_answers, once
from .clip_spec import ClipSpec, check_clip
from .clips import clip_indices, to_clips, to_input
from .composer import NEUTRAL, Composer
from .frozen_features import predict_rows, some_rows
from .model import LAYER, Answers, Showing
from .outputs import Kind, Outputs, check_finite, class_probabilities, read_outputs, stacked, there
from .parts import in_batches, kept, read_parts, unfinished
from .progress import Progress
from .reading import read_frames, video_path
from .rows import ProbeRow
from .video_list import Video, check_classes, check_training

Run = Callable[[Tensor], Any]
"""From clips as the spec has them, ``[N, ...]`` on the CPU, to what :func:`read_outputs` reads."""
Shown = tuple[str, Callable[[], Tensor]]
"""What is shown, and a function that reads its clips, uint8 ``[R, 3, T, H, W]``."""


@dataclass(frozen=True)
class ClipModel:
    """A model that takes clips; a :class:`mmdebias.bias.model.LoadedModel`.

    :func:`from_module`, :func:`from_torchscript`, :func:`from_onnx` and :func:`from_hugging_face`
    make them.

    Args:
        name: In the report.
        clip: The clips that it takes.
        load: Returns the function that is called with clips; it is called when the model is needed,
            so that of several models one is in memory.
        source: What it is and where it comes from, for the report.
        output: 'scores' of classes, or 'features', on which the report trains a linear layer.
        classes: Names of the scores, in their order; None where labels are numbers of scores.
        fingerprint: Differs for different models: by it results are kept. '' keeps none.
        of_files: Whether the fingerprint is the SHA-256 of files.
        batch_size: Clips that it takes at once.
        has_features: Whether it returns features, beside scores or alone.
        note: What else the report is to say of its clips.
    """

    name: str
    clip: ClipSpec
    load: Callable[[], Run] = field(repr=False)
    source: str
    output: Kind = 'scores'
    classes: tuple[str, ...] | None = field(default=None, repr=False)
    fingerprint: str = ''
    of_files: bool = True
    batch_size: int = 8
    has_features: bool = False
    note: str = ''
    # What it returned first, by kind: later clips have to get as many.
    _widths: dict[str, int] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_clip(self.name, self.clip)
        if self.output not in ('scores', 'features'):
            raise ValueError(f"output={self.output!r} must be 'scores' or 'features'.")
        if self.batch_size < 1:
            raise ValueError(f'batch_size={self.batch_size} must be 1 or more.')
        if self.output == 'features':
            object.__setattr__(self, 'has_features', True)

    @property
    def key(self) -> str:
        """Name the model and its clips; '' where nothing is to be kept."""
        if not self.fingerprint:
            return ''
        # Without features nothing was kept that the measures of features could be read from.
        return digest(self.fingerprint, repr(self.clip), self.output, self.has_features)

    @property
    def identity(self) -> list[str]:
        """Return its name, what it is and the clips that it is shown."""
        return [self.name, self.fingerprint or self.source, self.output, str(self.clip)]

    @property
    def span(self) -> int:
        """Return the frames that a video needs, so that no clip of it begins it anew."""
        return self.clip.span

    @property
    def together(self) -> int:
        """Return how many videos it is shown at once."""
        return max(self.batch_size // self.clip.clips, 1)

    @property
    def probed(self) -> bool:
        """Return whether the report trains a linear layer on its features."""
        return self.output == 'features'

    def facts(self) -> Mapping[str, object]:
        """Return where it comes from."""
        return dict(
            source=self.source,
            clip=f'{self.clip} ({self.note})' if self.note else str(self.clip),
            sha256=self.fingerprint if self.of_files else '',
            kind='probe' if self.probed else 'classifier',
        )

    def check(self, videos: Sequence[Video], train: Sequence[Video]) -> int | None:
        """Show it one black clip, and return the number of its scores.

        Raises:
            ValueError: it does not take clips of the spec, returns something else than scores or
                features, or has not the classes of the videos.
        """
        if self.probed:
            check_training(videos, train, f'{self.name} has no classes (it returns features)')
        self._widths.clear()  # a module may have been changed since another report
        black = torch.zeros(1, 3, self.clip.frames, *self.clip.height_and_width).byte()
        found = self._ask(self.load(), black)
        if found.scores is None or self.probed:
            return None
        classes = found.scores.shape[1]
        check_classes(videos, classes, self.name)
        return classes

    def features(
        self, videos: Sequence[Video], rows: int | None, time_limit: float | None
    ) -> Iterator[Tensor]:
        """Yield features of the clips of each of whole videos, unit vectors ``[R, D]``."""
        shown = [(path, partial(self._read, Path(path), _as_is)) for path, _ in videos]
        for found in self._outputs(shown, time_limit, lambda done: None):
            yield F.normalize(some_rows(there(found.features), rows), dim=1)

    def write_layer(self, layer: tuple[Tensor, Tensor], folder: Path) -> None:
        """Write weights ``[K, D]`` and biases ``[K]``."""
        weights, biases = layer
        with replacing(folder / LAYER) as part:
            torch.save(dict(weights=weights, biases=biases), part)

    def answers(self, showing: Showing, layer: Path | None) -> Answers:
        """Show it all rows, each composed while it is read."""
        composer = self._composer(showing)
        found = read_parts(showing.parts)
        batches = unfinished(in_batches(len(showing.rows), self.together), found)
        left = [number for batch in batches for number in batch]
        shown = [
            (f'{row.probe} of {row.video}', partial(self._compose, composer, row))
            for row in (showing.rows[number] for number in left)
        ]
        bar, first = Progress(len(showing.rows)), len(showing.rows) - len(left)
        bar.show(first)
        rest = self._outputs(shown, showing.time_limit, lambda done: bar.show(first + done))
        found.update(kept(zip(left, rest), batches, showing.parts))
        outputs = [found[number] for number in range(len(showing.rows))]
        if layer is not None:
            stored = torch.load(layer / LAYER, weights_only=True)
            features = stacked(part.features for part in outputs)
            scores = predict_rows(features, stored['weights'], stored['biases']).numpy()
        else:
            scores = class_probabilities(stacked(part.scores for part in outputs))
        return gather_answers(showing, scores, [part.features for part in outputs])

    def _composer(self, showing: Showing) -> Composer:
        normalised = self.clip.normalisation
        colour = NEUTRAL if normalised is None else [255 * value for value in normalised[0]]
        return Composer(str(showing.data_root), showing.masks, showing.images_root, colour)

    def _compose(self, composer: Composer, row: ProbeRow) -> Tensor:
        path = video_path(composer.data_root, row.video)
        return self._read(path, partial(composer.compose, row))

    def _read(self, path: Path, compose: Callable[..., Sequence[Picture]]) -> Tensor:
        """Return the clips of a video, uint8 ``[R, 3, T, H, W]``."""
        frames, indices, total = read_frames(path, partial(clip_indices, self.clip))
        return to_clips(compose(frames, indices, total), self.clip)

    def _outputs(
        self, shown: Sequence[Shown], time_limit: float | None, progress: Callable[[int], None]
    ) -> Iterator[Outputs]:
        """Yield the outputs of all that is shown, of its clips ``[R, K]`` and ``[R, D]``."""
        run = self.load()
        for first in range(0, len(shown), self.together):
            some = shown[first : first + self.together]
            read = [once(_read_in_time(one, time_limit)) for one in some]
            clips = torch.cat(read)
            parts = [self._ask(run, part) for part in torch.split(clips, self.batch_size)]
            sizes = [len(own) for own in read]
            scores, features = (self._rows(list(values), sizes) for values in zip(*parts))
            for (name, _), own, vectors in zip(some, scores, features):
                for kind, values in (('scores', own), ('features', vectors)):
                    if values is not None:
                        check_finite(values, kind, self.name, name)
                yield Outputs(own, vectors)
            progress(first + len(some))

    def _rows(
        self, values: Sequence[Tensor | None], sizes: Sequence[int]
    ) -> Sequence[Tensor | None]:
        """Return the rows of each of the videos of a batch, a row for each of its clips."""
        found = [part for part in values if part is not None]
        if not found:
            return [None] * len(sizes)
        parts: Sequence[Tensor] = torch.split(torch.cat(found), list(sizes))
        return [one.expand(self.clip.clips, -1) for one in parts]

    @torch.inference_mode()
    def _ask(self, run: Run, clips: Tensor) -> Outputs:
        given = to_input(clips, self.clip)
        try:
            found = run(given)
        except Exception as error:
            reason = _reason(error)
            raise ValueError(
                f'{self.name} does not take clips {list(given.shape)} of {given.dtype}: {reason}; '
                f'give the clip spec that it was trained with (this is {self.clip}).'
            ) from error
        outputs = read_outputs(found, self.output, len(clips), self.name)
        outputs = outputs if self.has_features else Outputs(outputs.scores, None)
        self._check_widths(outputs)
        return outputs

    def _check_widths(self, outputs: Outputs) -> None:
        """Raise ValueError where there are more or fewer scores, or features, than before."""
        for kind, values in outputs._asdict().items():
            if values is None:
                continue
            first = self._widths.setdefault(kind, values.shape[1])
            if values.shape[1] != first:
                raise ValueError(
                    f'{self.name} returns {values.shape[1]} {kind} for some clips, and returned '
                    f'{first} for others: it must return as many for each, in the same order.'
                )


def _read_in_time(shown: Shown, time_limit: float | None) -> Tensor:
    name, read = shown
    try:
        clips: Tensor = within(time_limit, partial(drawn_right, read))
    except ImportError:
        raise
    except Exception as error:
        reason = (str(error).strip() or '?').splitlines()[0]
        raise VideoReadError(f'{name}: {type(error).__name__}: {reason}') from error
    return clips


def _reason(error: Exception) -> str:
    """Return the line of an error that says what is wrong."""
    lines = (str(error).strip() or type(error).__name__).splitlines()
    # TorchScript's begins with where it happened.
    return lines[-1] if 'TorchScript interpreter' in lines[0] else lines[0]


def _as_is(frames: Sequence[Picture], *_: object) -> Sequence[Picture]:
    return frames
