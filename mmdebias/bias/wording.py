"""The words of a bias report that follow from its numbers; the table of probes has the others."""

from typing import Any, NamedTuple

from .probes import PROBES, WHOLE, measures_by_name

BETTER = dict(higher='higher is better', lower='lower is better')
ARROWS = dict(higher='↑', lower='↓')


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
            whole = values[WHOLE]
            text = (
                f'The accuracy of {percent(whole["value"])} is not clearly above chance '
                f'({percent(whole["chance"])}): there is little to take apart.'
            )
            found.append((checkpoint['name'], text))
            continue
        parts = [_shares(values)]
        # Of many checkpoints a page of sentences would hide the answer.
        if len(report['checkpoints']) < 4:
            parts += _sentences(values)
        found.append((checkpoint['name'], ' '.join(part for part in parts if part)))
    return found


def percent(share: float) -> str:
    """Return a share with its sign, which no line break parts from it."""
    return f'{number(share)}\N{NO-BREAK SPACE}%'


def _guesses(values: dict[str, dict[str, Any]]) -> bool:
    whole = values.get(WHOLE)
    return whole is not None and whole['low'] <= whole['chance']


def _shares(values: dict[str, dict[str, Any]]) -> str:
    """Return the sentence of the accuracy, what is left of it, and the table's other shares."""
    if WHOLE not in values:
        return ''
    told = [
        (measure, values[name])
        for name, measure in measures_by_name().items()
        if measure.summary and name in values
    ]
    whole = values[WHOLE]['value']
    text = f'The accuracy is {percent(whole)}'
    left = [(measure, entry) for measure, entry in told if measure.telling]
    if left:
        measure, entry = max(left, key=lambda pair: pair[0].telling)
        text = _left(whole, entry, measure.summary)
    others = [f'{percent(e["value"])} {m.summary}' for m, e in told if not m.telling]
    text += ''.join(f', {share}' for share in others[:-1])
    text += ''.join(f', and {share}' for share in others[-1:])
    return f'{text}.'


def _left(whole: float, entry: dict[str, Any], behind: str) -> str:
    """Return the accuracy and what is left of it, which may be more."""
    left = percent(entry['value'])
    if entry['value'] <= whole:
        text = f'Of the accuracy of {percent(whole)}, {left} is left {behind}'
    else:
        text = f'The accuracy is {percent(whole)}, and {left} {behind}'
    return text if entry['chance'] is None else f'{text} (chance: {percent(entry["chance"])})'


def _sentences(values: dict[str, dict[str, Any]]) -> list[str]:
    """Return the sentences that the table has of whole probes, with the shares in them."""
    found = []
    for probe in PROBES.values():
        names = {measure.name: f'{probe.name}/{measure.name}' for measure in probe.measures}
        if probe.summary and values.keys() >= set(names.values()):
            shares = {key: percent(values[name]['value']) for key, name in names.items()}
            found.append(probe.summary.format(**shares))
    return found
