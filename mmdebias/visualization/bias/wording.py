"""What the measures of a bias report are called, and what each means in one sentence."""

from collections.abc import Iterable
from dataclasses import dataclass

BACKGROUNDS = dict(
    stripes='coloured stripes', images='a photograph', videos='a frame of another class’s video'
)
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


@dataclass(frozen=True)
class Wording:
    """Words for a measure.

    Args:
        group: Heading that it stands under.
        title: A few words.
        sentence: What it means.
    """

    group: str
    title: str
    sentence: str


FIXED = {
    'original/accuracy': Wording(
        'As filmed', 'Accuracy', 'Share of the videos, as they are, whose class is named.'
    ),
    'action_swap/foreground_accuracy': Wording(
        'Actor of one class, scene of another',
        'Names the actor’s class',
        'The actor is put into the scene of a video of another class (action swap): share of '
        'answers that are the actor’s class.',
    ),
    'action_swap/background_error': Wording(
        'Actor of one class, scene of another',
        'Names the scene’s class',
        'Share of the same answers that are the class of the scene’s own video.',
    ),
    'human_only/accuracy': Wording(
        'Parts of the video',
        'Actor only',
        'All but the actor is painted over with the mean colour.',
    ),
    'background_only/accuracy': Wording(
        'Parts of the video',
        'Background only',
        'The actor is taken out: what is right here was read off the scene, or off what taking '
        'the actor out left behind.',
    ),
    'static_frame/accuracy': Wording(
        'Parts of the video',
        'One frame',
        'One frame, repeated: what is right here needed no motion.',
    ),
    'scene_probe/accuracy': Wording(
        'Frozen features',
        'Scene probe',
        'A linear layer is trained to name the scene from the frozen features: how much of the '
        'scene they hold. Of two models that are equally good at the action, lower is better. '
        'Where scene and action go together in its videos, features of the action help.',
    ),
}


def wording_of(name: str) -> Wording:
    """The words for a measure; a name that is not known is its own title."""
    if name in FIXED:
        return FIXED[name]
    probe, _, what = name.partition('/')
    kind, _, source = probe.partition('_')
    if source not in BACKGROUNDS:
        return Wording('Others', name, '')
    title = dict(stripes='Stripes', images='A photograph', videos='Another video')[source]
    behind = BACKGROUNDS[source]
    if kind == 'scuba':
        return Wording(
            'Another background (SCUBA)',
            title,
            f'The actor moves in front of {behind}; the class is still the actor’s.',
        )
    if kind == 'scufo':
        return Wording(
            'Another background, frozen (SCUFO)',
            title,
            'One frame of the same composed video, repeated: what is right here was read off a '
            'still.',
        )
    if kind == 'contrasted':
        return Wording(
            'Another background, by motion',
            title,
            'Share of videos that are right when they move and wrong when they are frozen.',
        )
    words = dict(
        moving=('names what moves', 'Share of answers that are the class of what moves.'),
        static=('names what is still', 'Share of answers that are the class of the still figure.'),
        moving_over_static=(
            'moving above still',
            'Share of videos where the class of what moves scores above that of the still figure.',
        ),
    )[what]
    return Wording('A still figure of another class added', f'{title}: {words[0]}', words[1])


PROBES = dict(
    original='The video as it is',
    action_swap='Actor in the scene of a video of another class',
    human_only='Actor only',
    background_only='Background only',
    static_frame='One frame, repeated',
)


def probe_title(probe: str) -> str:
    """What the clips of a probe show."""
    kind, _, source = probe.partition('_')
    if source not in BACKGROUNDS:
        return PROBES.get(probe, probe)
    behind = BACKGROUNDS[source]
    return dict(
        scuba=f'In front of {behind}',
        scufo=f'In front of {behind}, frozen',
        conflict=f'In front of {behind}, with a still figure of another class',
    )[kind]


def clip_title(probe: str, label: str, partner: str | None) -> str:
    """What a clip of a probe shows: the class of what moves, and that of what was added."""
    if partner is None:
        return label
    return f'{label} · {"scene" if probe == "action_swap" else "still figure"}: {partner}'


def masks_sentence(masks: dict) -> str:
    """Which masks cut the actors out, and what to beware of."""
    sentence = f'The actors were cut out with {masks["description"]}.'
    return f'{sentence} {masks["warning"]}'.strip()


def number(share: float) -> str:
    """A share as a percentage with one decimal."""
    return f'{100 * share:.1f}'


def points(difference: float) -> str:
    """A difference of shares in percentage points, signed with a real minus."""
    text = f'{100 * difference:+.1f}'
    return '0.0' if text in ('+0.0', '-0.0') else text.replace('-', '−')


def answers(report: dict) -> list[tuple[str, str]]:
    """For each checkpoint, in a sentence or two, how much of it is background.

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
    """The measure that says best what is left without the background."""
    return next((name for name in REPLACED if name in names), None)


def percent(share: float) -> str:
    """A share with its sign, which no line break parts from it."""
    return f'{number(share)}\N{NO-BREAK SPACE}%'


def _guesses(values: dict[str, dict]) -> bool:
    whole = values.get('original/accuracy')
    return whole is not None and whole['low'] <= whole['chance']


def _left(values: dict[str, dict]) -> str:
    replaced = replaced_measure(values)
    if 'original/accuracy' not in values:
        return ''
    whole = values['original/accuracy']['value']
    if replaced is None:
        return f'The accuracy is {percent(whole)}.'
    left, chance = (values[replaced][key] for key in ('value', 'chance'))
    source = replaced.split('/')[0].partition('_')[2]
    behind = f'when the background is {OF_BACKGROUND.get(source, "another video’s")}'
    if left <= whole:
        text = f'Of the accuracy of {percent(whole)}, {percent(left)} is left {behind}'
    else:
        text = f'The accuracy is {percent(whole)}, and {percent(left)} {behind}'
    text += f' (chance: {percent(chance)})'
    if 'background_only/accuracy' in values:
        alone = percent(values['background_only/accuracy']['value'])
        text += f', and {alone} when there is nothing but background'
    return text + '.'


def _swapped(values: dict[str, dict]) -> str:
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
