"""The clips of the page of a bias report, with what the models called them."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from mmdebias.ops.compositing import Picture

from .clip_pictures import Moving, fitting_pictures
from .page_tables import mark
from .wording import clip_title, probe_title

SMALL = 100  # pixels: frames below are shown larger than they are, with their pixels as squares
NAMED = 12  # models whose answers stand below a clip; of more, how many are right


@dataclass(frozen=True)
class Sample:
    """A clip that the models were shown, and their answers.

    Args:
        probe: As in the manifest.
        clip: RGB, uint8 ``[T, H, W, 3]``.
        label: Name of the class of what moves.
        partner: Name of the class of the other video in it, if there is one.
        answers: Class that each checkpoint names, in the report's order.
    """

    probe: str
    clip: Picture
    label: str
    partner: str | None
    answers: tuple[str, ...]


def clips_section(samples: Sequence[Sample], names: Sequence[str], budget: int) -> str:
    """Return the section of the clips.

    Clips play until the reader asks for stills, in the system's settings or with the box above the
    clips; paper has stills. It needs no script.

    Args:
        samples: Those of a probe one after the other.
        names: Of the models.
        budget: Bytes that the section may have. Clips become smaller, shorter and coarser to fit,
            and then fewer.

    Returns:
        The section; '' where there are no samples, or the budget allows none.
    """
    by_probe = [list(group) for _, group in groupby(samples, lambda sample: sample.probe)]
    for count in range(max(map(len, by_probe), default=0), 0, -1):
        shown = [group[:count] for group in by_probe]
        chosen = [sample for group in shown for sample in group]
        words = len(_section(shown, names, [Moving('', '')] * len(chosen)).encode())
        pictures = fitting_pictures([sample.clip for sample in chosen], budget - words)
        if pictures is not None:
            return _section(shown, names, pictures)
    return ''


def _section(
    by_probe: Sequence[Sequence[Sample]], names: Sequence[str], pictures: Sequence[Moving]
) -> str:
    left = iter(pictures)
    parts = []
    for group in by_probe:
        figures = '\n'.join(_figure(sample, names, next(left)) for sample in group)
        title = escape(probe_title(group[0].probe))
        parts.append(f'<h3>{title}</h3>\n<div class="clips">\n{figures}\n</div>')
    count = max(map(len, by_probe))
    same = 'The same video' if count == 1 else f'The same {count} videos'
    return (
        '<section>\n<h2>What the models were shown</h2>\n'
        f'<p class="note">{same} in each probe, and what each model called them: ✓ where that is '
        'the class of the actor that moves.</p>\n'
        '<input type="checkbox" id="still"><label for="still">Hold the clips still</label>\n'
        + '\n'.join(parts)
        + '\n</section>'
    )


def _figure(sample: Sample, names: Sequence[str], picture: Moving) -> str:
    height, width = sample.clip.shape[1:3]
    words = clip_title(sample.probe, sample.label, sample.partner)
    small = ' small' if max(height, width) < SMALL else ''
    alt = f'{probe_title(sample.probe)}: {words}'

    def image(kind: str, address: str, text: str) -> str:
        return (
            f'<img class="{kind}{small}" src="{address}" width="{width}" height="{height}" '
            f'alt="{escape(text)}">'
        )

    images = image('moving', picture.moving, alt) + image(
        'still', picture.still, f'{alt} (a frame)'
    )
    if picture.moving and picture.moving == picture.still:
        images = image('only', picture.still, alt)
    caption = f'{escape(words)}{_answers(sample, names)}'
    return f'<figure>{images}<figcaption>{caption}</figcaption></figure>'


def _answers(sample: Sample, names: Sequence[str]) -> str:
    right = [answer == sample.label for answer in sample.answers]
    if len(names) > NAMED:
        return f'<p>Right: {sum(right)} of {len(names)} models</p>'
    lines = ''.join(
        f'<li>{mark(index)}&nbsp;<span class="sr">{escape(name)}: </span>{_verdict(good)} '
        f'{escape(answer)}</li>'
        for index, (name, answer, good) in enumerate(zip(names, sample.answers, right))
    )
    return f'<ul>{lines}</ul>'


def _verdict(right: bool) -> str:
    kind, sign = ('right', '✓') if right else ('wrong', '✗')
    return f'<span class="{kind}" aria-hidden="true">{sign}</span><span class="sr">{kind},</span>'
