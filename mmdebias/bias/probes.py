"""The table of probes: what each shows, what it needs, what is measured on it, in which words.

Everything else in this package follows it: the rows of the manifest, the composing, the measures,
their order in the report, the summary, the Markdown and the page. A new probe is an entry here and
the function that composes it (:mod:`mmdebias.bias.composing`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mmdebias.ops.compositing import Picture

from . import composing
from .rows import ProbeRow

Scores = NDArray[np.floating]
Right = NDArray[np.bool_]
Answer = Callable[[Sequence[ProbeRow], Scores], Right]
STRIPES, IMAGES, VIDEOS, PARTNER = 'stripes', 'images', 'videos', 'partner'


@dataclass(frozen=True)
class BiasMeasure:
    """A number that a probe gives: a share of its videos.

    Args:
        name: Behind the probe's, as in 'action_swap/background_error'.
        better: 'higher', 'lower', or '' where neither is: some classes can be told from a still.
        group: Heading that it stands under in a report.
        title: A few words.
        sentence: Its meaning.
        answer: From the rows of the probe and their scores, float ``[N, K]``, to whether each
            counts, bool ``[N]``.
        chance: 'class' (one of the classes), 'pair' (one of two), 'scene' (one of the scenes) or ''
            where it depends on how one guesses.
        summary: Words behind its share in the sentence that a report begins with, as in 'when there
            is nothing but background'; '' keeps it out of that sentence.
        telling: Above 0 for a share that is left without the video's own background. Of these, the
            sentence has the one with the highest number only, and it has all others.
    """

    name: str
    better: str
    group: str
    title: str
    sentence: str
    answer: Answer
    chance: str = 'class'
    summary: str = ''
    telling: int = 0


@dataclass(frozen=True)
class Probe:
    """A way to show the videos.

    Args:
        name: Of its rows in a manifest.
        shows: Title of its clips.
        measures: In the order of the report.
        compose: Its frames, see :mod:`mmdebias.bias.composing`; None where nothing is composed.
        background: Of its rows: 'stripes', 'images' or 'videos' (a still, drawn for each video),
            'partner' (the partner's scene), or None (the video's own, or none at all).
        masks: Whether it needs masks of the foreground.
        partner: Role of a video of another class in it ('still figure', 'scene'), or '' for none.
        contrast: Of a probe without rows: those whose rows it compares, moving and still.
        summary: A sentence for the report's first lines, with the names of its measures in braces
            where their shares stand; '' for none.
        frozen: Whether all of its frames are one, so that all clips of a video are the same.
    """

    name: str
    shows: str
    measures: tuple[BiasMeasure, ...]
    compose: Callable[[composing.Stage, composing.Clip], list[Picture]] | None
    background: str | None = None
    masks: bool = True
    partner: str = ''
    contrast: tuple[str, str] | None = None
    summary: str = ''
    frozen: bool = False

    @property
    def still_background(self) -> str | None:
        """Return where a still background comes from: 'stripes', 'images', 'videos' or None."""
        return None if self.background == PARTNER else self.background


def names_the_class(rows: Sequence[ProbeRow], scores: Scores) -> Right:
    """Return whether the class of what moves scores highest, bool ``[N]``."""
    right: Right = scores.argmax(1) == [row.label for row in rows]
    return right


def names_the_partners_class(rows: Sequence[ProbeRow], scores: Scores) -> Right:
    """Return whether the class of the partner scores highest, bool ``[N]``."""
    right: Right = scores.argmax(1) == [row.partner_label for row in rows]
    return right


def prefers_what_moves(rows: Sequence[ProbeRow], scores: Scores) -> Right:
    """Return whether what moves scores above the partner, bool ``[N]``; a tie is not above."""
    every = np.arange(len(rows))
    moving, still = (np.array([getattr(r, k) for r in rows]) for k in ('label', 'partner_label'))
    right: Right = scores[every, moving] > scores[every, still]
    return right


def _accuracy(
    better: str, group: str, title: str, sentence: str, **more: Any
) -> tuple[BiasMeasure]:
    return (BiasMeasure('accuracy', better, group, title, sentence, names_the_class, **more),)


class Source(NamedTuple):
    """The words of a kind of still background.

    Args:
        title: Of its measures.
        behind: It, behind an actor.
        summary: See :class:`BiasMeasure`.
        telling: See :class:`BiasMeasure`.
    """

    title: str
    behind: str
    summary: str
    telling: int


OTHERS = 'when the background is another video’s'
# A scene that belongs to another action tells more than a picture that belongs to none.
SOURCES = {
    STRIPES: Source('Stripes', 'coloured stripes', 'when the background is stripes', 1),
    IMAGES: Source('A photograph', 'a photograph', 'when the background is a photograph', 2),
    VIDEOS: Source('Another video', 'a frame of another class’s video', OTHERS, 4),
}


def _scuba(source: str) -> Probe:
    title, behind, summary, telling = SOURCES[source]
    sentence = f'The actor moves in front of {behind}; the class is still the actor’s.'
    group = 'Another background (SCUBA)'
    measures = _accuracy('higher', group, title, sentence, summary=summary, telling=telling)
    shows = f'In front of {behind}'
    return Probe(f'scuba_{source}', shows, measures, composing.before_a_still, source)


def _scufo(source: str) -> Probe:
    title, behind, *_ = SOURCES[source]
    sentence = (
        'One frame of the same composed video, repeated: what is right here was read off a still.'
    )
    measures = _accuracy('lower', 'Another background, frozen (SCUFO)', title, sentence)
    shows = f'In front of {behind}, frozen'
    compose = composing.before_a_still_frozen
    return Probe(f'scufo_{source}', shows, measures, compose, source, frozen=True)


def _contrasted(source: str) -> Probe:
    sentence = 'Share of videos that are right when they move and wrong when they are frozen.'
    group = 'Another background, by motion'
    measures = _accuracy('higher', group, SOURCES[source].title, sentence, chance='')
    pair = f'scuba_{source}', f'scufo_{source}'
    return Probe(f'contrasted_{source}', '', measures, None, contrast=pair)


def _conflict(source: str) -> Probe:
    title, behind, *_ = SOURCES[source]
    group = 'A still figure of another class added'
    measures = (
        BiasMeasure(
            'moving',
            'higher',
            group,
            f'{title}: names what moves',
            'Share of answers that are the class of what moves.',
            names_the_class,
        ),
        BiasMeasure(
            'static',
            'lower',
            group,
            f'{title}: names what is still',
            'Share of answers that are the class of the still figure.',
            names_the_partners_class,
        ),
        BiasMeasure(
            'moving_over_static',
            'higher',
            group,
            f'{title}: moving above still',
            'Share of videos where the class of what moves scores above that of the still figure.',
            prefers_what_moves,
            'pair',
        ),
    )
    shows = f'In front of {behind}, with a still figure of another class'
    return Probe(
        f'conflict_{source}',
        shows,
        measures,
        composing.before_a_still,
        source,
        partner='still figure',
    )


SWAPPED = 'Actor of one class, scene of another'
PARTS = 'Parts of the video'
TABLE = (
    Probe(
        'original',
        'The video as it is',
        _accuracy(
            'higher',
            'As filmed',
            'Accuracy',
            'Share of the videos, as they are, whose class is named.',
        ),
        composing.as_filmed,
        masks=False,
    ),
    *map(_scuba, SOURCES),
    *map(_scufo, SOURCES),
    *map(_contrasted, SOURCES),
    Probe(
        'action_swap',
        'Actor in the scene of a video of another class',
        (
            BiasMeasure(
                'foreground_accuracy',
                'higher',
                SWAPPED,
                'Names the actor’s class',
                'The actor is put into the scene of a video of another class (action swap): share '
                'of answers that are the actor’s class.',
                names_the_class,
                summary=OTHERS,
                telling=3,
            ),
            BiasMeasure(
                'background_error',
                'lower',
                SWAPPED,
                'Names the scene’s class',
                'Share of the same answers that are the class of the scene’s own video.',
                names_the_partners_class,
            ),
        ),
        composing.in_the_partners_scene,
        PARTNER,
        partner='scene',
        summary='Shown an actor in the scene of another class, it names the actor’s class in '
        '{foreground_accuracy} and the scene’s in {background_error} of the videos.',
    ),
    *map(_conflict, SOURCES),
    Probe(
        'human_only',
        'Actor only',
        _accuracy(
            'higher', PARTS, 'Actor only', 'All but the actor is painted over with the mean colour.'
        ),
        composing.before_one_colour,
    ),
    Probe(
        'background_only',
        'Background only',
        _accuracy(
            'lower',
            PARTS,
            'Background only',
            'The actor is taken out: what is right here was read off the scene, or off what taking '
            'the actor out left behind.',
            summary='when there is nothing but background',
        ),
        composing.actor_taken_away,
    ),
    Probe(
        'static_frame',
        'One frame, repeated',
        _accuracy(
            '', PARTS, 'One frame', 'One frame, repeated: what is right here needed no motion.'
        ),
        composing.one_frame,
        masks=False,
        frozen=True,
    ),
    Probe(
        'scene_probe',
        '',
        _accuracy(
            'lower',
            'Frozen features',
            'Scene probe',
            'A linear layer is trained to name the scene from the frozen features: how much of the '
            'scene they hold. Of two models that are equally good at the action, lower is better. '
            'Where scene and action go together in its videos, features of the action help.',
            chance='scene',
        ),
        None,
    ),
    Probe(
        'sensitivity',
        '',
        (
            BiasMeasure(
                'scene_share',
                'lower',
                'Frozen features',
                'Scene against motion',
                'Not a share of videos: how far a video’s features move when its actor is put into '
                'another scene, against that and how far they move when it is frozen. 0 % feels '
                'only motion, 100 % only the scene; of both equally much, 50 %.',
                # Asked of the features, not of the scores; see :mod:`mmdebias.bias.embeddings`.
                names_the_class,
                chance='',
            ),
        ),
        None,
    ),
)
PROBES: dict[str, Probe] = {probe.name: probe for probe in TABLE}
WHOLE = 'original/accuracy'
"""The measure that the summary begins with: there is something to take apart where it is high."""


def composed_probes() -> list[str]:
    """Return the names of the probes that have rows in a manifest, in the order of the table."""
    return [name for name, probe in PROBES.items() if probe.compose is not None]


def measures_by_name() -> dict[str, BiasMeasure]:
    """Return the entries of all measures by names such as 'action_swap/background_error'."""
    return {f'{p.name}/{m.name}': m for p in PROBES.values() for m in p.measures}


def measure_order(name: str) -> int:
    """Return where a measure stands in a report; others come last."""
    order = list(measures_by_name())
    return order.index(name) if name in order else len(order)
