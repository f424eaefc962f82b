"""The words of a bias report that follow from its numbers; the table of probes has the others."""

from typing import Any, NamedTuple

from .probes import PROBES, measures_by_name

BETTER = dict(higher='higher is better', lower='lower is better')
ARROWS = dict(higher='↑', lower='↓')
NBSP = '\N{NO-BREAK SPACE}'


class Words(NamedTuple):
    """The words of a measure, see :class:`mmdebias.bias.probes.BiasMeasure`."""

    group: str
    title: str
    sentence: str


def words_for(name: str) -> Words:
    """Return the group, title and sentence of a measure; an unknown name is its own title."""
    known = measures_by_name().get(name)
    return Words(known.group, known.title, known.sentence) if known else Words('Others', name, '')


def probe_title(name: str) -> str:
    """Return the title of a probe's clips."""
    return PROBES[name].shows if name in PROBES else name


def clip_title(probe: str, label: str, partner: str | None) -> str:
    """Return the class of what moves in a clip, and that of what was added."""
    return label if partner is None else f'{label} · {PROBES[probe].partner}: {partner}'


def masks_sentence(masks: dict[str, Any]) -> str:
    """Return which masks cut the actors out, and what to beware of."""
    if masks.get('kind') == 'none':
        return 'No actor was cut out: these probes need no masks.'
    sentence = f'The actors were cut out with {masks["description"]}.'
    return f'{sentence} {masks["warning"]}'.strip()


def number(share: float) -> str:
    """Return a share as a percentage with one decimal."""
    return f'{100 * share:.1f}'


def points(difference: float) -> str:
    """Return a difference of shares in percentage points, signed with a real minus."""
    text = f'{100 * difference:+.1f}'
    return '0.0' if text in ('+0.0', '-0.0') else text.replace('-', '−')


def percent(share: float) -> str:
    """Return a share with its sign, which no line break parts from it."""
    return f'{number(share)}{NBSP}%'
