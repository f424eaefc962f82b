"""The words of a bias report that follow from its numbers; the table of probes has the others."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from .probes import PROBES, measures_by_name

OF_BACKGROUND = dict(stripes='stripes', images='a photograph', videos='another video’s')
BETTER = dict(higher='higher is better', lower='lower is better')
ARROWS = dict(higher='↑', lower='↓')
# Measures of what is left without the video's own background, the most telling first.
REPLACED = (
    'scuba_videos/accuracy',
    'action_swap/foreground_accuracy',
    'scuba_images/accuracy',
    'scuba_stripes/accuracy',
)


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
    sentence = f'The actors were cut out with {masks["description"]}.'
    return f'{sentence} {masks["warning"]}'.strip()


def number(share: float) -> str:
    """Return a share as a percentage with one decimal."""
    return f'{100 * share:.1f}'


def points(difference: float) -> str:
    """Return a difference of shares in percentage points, signed with a real minus."""
    text = f'{100 * difference:+.1f}'
    return '0.0' if text in ('+0.0', '-0.0') else text.replace('-', '−')


def answers(report: dict[str, Any]) -> list[tuple[str, str]]:
    """Say for each checkpoint, in a sentence or two, how much of it is background.

    Returns:
        Names and sentences.
    """
    found = []
    for checkpoint in report['checkpoints']:
        values = {
            measure['name']: entry
            for measure in report['measures']
            for entry in measure['values']
            if entry['checkpoint'] == checkpoint['name']
        }
        if _guesses(values):
            whole = values['original/accuracy']
            text = (
                f'The accuracy of {percent(whole["value"])} is not clearly above chance '
                f'({percent(whole["chance"])}): there is little to take apart.'
            )
            found.append((checkpoint['name'], text))
            continue
        # Of many checkpoints a page of sentences would hide the answer.
        parts = [_left(values), _swapped(values) if len(report['checkpoints']) < 4 else '']
        found.append((checkpoint['name'], ' '.join(part for part in parts if part)))
    return found


def replaced_measure(names: Iterable[str]) -> str | None:
    """Return the measure that says best what is left without the background."""
    return next((name for name in REPLACED if name in names), None)


def percent(share: float) -> str:
    """Return a share with its sign, which no line break parts from it."""
    return f'{number(share)}\N{NO-BREAK SPACE}%'


def _guesses(values: dict[str, dict[str, Any]]) -> bool:
    whole = values.get('original/accuracy')
    return whole is not None and whole['low'] <= whole['chance']


def _left(values: dict[str, dict[str, Any]]) -> str:
    replaced = replaced_measure(values)
    if 'original/accuracy' not in values:
        return ''
    whole = values['original/accuracy']['value']
    if replaced is None:
        return f'The accuracy is {percent(whole)}.'
    left, chance = (values[replaced][key] for key in ('value', 'chance'))
    source = PROBES[replaced.partition('/')[0]].background
    behind = f'when the background is {OF_BACKGROUND.get(source or "", "another video’s")}'
    if left <= whole:
        text = f'Of the accuracy of {percent(whole)}, {percent(left)} is left {behind}'
    else:
        text = f'The accuracy is {percent(whole)}, and {percent(left)} {behind}'
    text += f' (chance: {percent(chance)})'
    if 'background_only/accuracy' in values:
        alone = percent(values['background_only/accuracy']['value'])
        text += f', and {alone} when there is nothing but background'
    return text + '.'


def _swapped(values: dict[str, dict[str, Any]]) -> str:
    if 'action_swap/background_error' not in values:
        return ''
    right, wrong = (
        percent(values[f'action_swap/{key}']['value'])
        for key in ('foreground_accuracy', 'background_error')
    )
    return (
        f'Shown an actor in the scene of another class, it names the actor’s class in {right} and '
        f'the scene’s in {wrong} of the videos.'
    )
