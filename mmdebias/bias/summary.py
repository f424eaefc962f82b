"""A sentence for each model: what is left of its accuracy in front of another background.

The page, the Markdown, the terminal and ``report.json`` have the same one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .probes import PROBES, WHOLE, measures_by_name
from .wording import NBSP, number, percent

Entry = Mapping[str, Any]
"""``value``, ``low``, ``high`` (shares), and of a measure ``chance``, perhaps None."""
WIDE = 0.5  # of the accuracy: an interval wider than half of it tells no number


def telling_measure(names: Mapping[str, Any]) -> str | None:
    """Return which of some measures tells most of what is left without the video's background.

    Args:
        names: Of measures, such as 'scuba_videos/accuracy'.

    Returns:
        The one that is highest in ``telling`` of the table of probes; None where there is none.
    """
    known = measures_by_name()
    found = [name for name in names if name in known and known[name].telling]
    return max(found, key=lambda name: known[name].telling, default=None)


def guesses(values: Mapping[str, Entry]) -> bool:
    """Return whether a model's accuracy as filmed is not clearly above chance."""
    whole = values.get(WHOLE)
    return whole is not None and whole['chance'] is not None and whole['low'] <= whole['chance']


def summary_sentence(name: str, values: Mapping[str, Entry], kept: Entry | None = None) -> str:
    """Say what a model keeps of its accuracy when the background is another.

    Args:
        name: Of the model; the sentence begins with it.
        values: Its measures by name, as in the report.
        kept: What is left of the accuracy, a share of it (0 or more) with its 95 % interval, the
            number of videos as ``count``, and the measure as ``measure``; None where no measure
            says it, or the accuracy is 0.

    Returns:
        A sentence that says, before any share, where there is little to take a share of (the
        accuracy is near chance) or where the interval is too wide for a number; and beside the
        share, where it is no more than chance, or no clear loss.
    """
    whole = values.get(WHOLE)
    if whole is None:
        return f'{name} was not shown the videos as filmed, so what it keeps is not known.'
    if guesses(values):
        return (
            f'{name} is near chance as filmed ({_interval(whole)}; chance is '
            f'{percent(whole["chance"])}), so shares of its accuracy mean little.'
        )
    if kept is None:
        return (
            f'{name} has an accuracy of {_interval(whole)} as filmed; it was shown no other '
            'background.'
        )
    left = values[kept['measure']]
    behind = measures_by_name()[kept['measure']].summary
    of = f'of its accuracy of {percent(whole["value"])} {behind}'
    low, share, high = (_whole(kept[key]) for key in ('low', 'value', 'high'))
    if kept['high'] - kept['low'] > WIDE:
        return (
            f'{name} keeps something between {low} and {high}{NBSP}% {of}: '
            f'{kept["count"]:,} videos say no more.'
        )
    text = f'{name} keeps {share}{NBSP}% (95{NBSP}% interval {low} to {high}) {of}'
    if left['chance'] is not None:
        guessed = f'{_whole(left["chance"] / whole["value"])}{NBSP}%'
        if left['low'] <= left['chance']:
            return f'{text}: not clearly more than guessing, which would keep {guessed}.'
        text += f'; guessing would keep {guessed}'
    if kept['high'] >= 1:
        return f'{text}. That is no clear loss.'
    return f'{text}.'


def answers(report: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return, for each model, its name, its sentence, and what else the first lines say of it.

    Args:
        report: Of :func:`mmdebias.bias.numbers.put_together`.

    Returns:
        Names, sentences that begin with them, and one sentence or two more, or ''.
    """
    # Of many models a page of sentences would hide the answer.
    few = len(report['checkpoints']) < 4
    return [
        (
            entry['name'],
            entry['summary'],
            _more(values_of(report['measures'], entry['name'])) if few else '',
        )
        for entry in report['checkpoints']
    ]


def values_of(measures: Sequence[Mapping[str, Any]], name: str) -> dict[str, Entry]:
    """Return a model's entries of the measures of a report, by the measure's name."""
    return {
        measure['name']: entry
        for measure in measures
        for entry in measure['values']
        if entry['checkpoint'] == name
    }


def _more(values: Mapping[str, Entry]) -> str:
    """Return the other shares that the table of probes has for the first lines."""
    if guesses(values):
        return ''
    told = [
        f'{percent(values[name]["value"])} {measure.summary}'
        for name, measure in measures_by_name().items()
        if measure.summary and not measure.telling and name in values
    ]
    sentences = [f'Its accuracy is {" and ".join(told)}.'] if told else []
    for probe in PROBES.values():
        names = {measure.name: f'{probe.name}/{measure.name}' for measure in probe.measures}
        if probe.summary and values.keys() >= set(names.values()):
            shares = {key: percent(values[name]['value']) for key, name in names.items()}
            sentences.append(probe.summary.format(**shares))
    return ' '.join(sentences)


def _interval(entry: Entry) -> str:
    ends = f'{number(entry["low"])} to {number(entry["high"])}'
    return f'{percent(entry["value"])}, 95{NBSP}% interval {ends}'


def _whole(share: float) -> str:
    return f'{100 * share:.0f}'
