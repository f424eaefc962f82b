"""The sentence that says of a model how much of it is background."""

import numpy as np
import pytest

from mmdebias.bias.markdown import render_markdown
from mmdebias.bias.measures import Measure
from mmdebias.bias.numbers import Measured, put_together
from mmdebias.bias.summary import answers, summary_sentence, telling_measure

WHOLE, OTHER = 'original/accuracy', 'scuba_videos/accuracy'


def entry(value, low, high, chance=0.125):
    return dict(value=value, low=low, high=high, chance=chance)


def kept(value, low, high, count=160):
    return dict(measure=OTHER, value=value, low=low, high=high, count=count)


def sentence(values, share=None):
    return summary_sentence('net', values, share).replace('\xa0', ' ')


GOOD = entry(0.944, 0.89, 0.97)


@pytest.mark.parametrize(
    ('values', 'share', 'expected'),
    [
        (
            {WHOLE: GOOD, OTHER: entry(0.4, 0.3, 0.5)},
            kept(0.42, 0.34, 0.51),
            'net keeps 42 % (95 % interval 34 to 51) of its accuracy of 94.4 % when the background '
            'is another video’s; guessing would keep 13 %.',
        ),
        (
            {WHOLE: GOOD, OTHER: entry(0.113, 0.07, 0.17)},
            kept(0.12, 0.08, 0.18),
            'net keeps 12 % (95 % interval 8 to 18) of its accuracy of 94.4 % when the background '
            'is another video’s: not clearly more than guessing, which would keep 13 %.',
        ),
        (
            {WHOLE: GOOD, OTHER: entry(0.92, 0.86, 0.96)},
            kept(0.975, 0.93, 1.02),
            'net keeps 98 % (95 % interval 93 to 102) of its accuracy of 94.4 % when the '
            'background is another video’s; guessing would keep 13 %. That is no clear loss.',
        ),
        (
            {WHOLE: GOOD, OTHER: entry(0.5, 0.2, 0.8)},
            kept(0.53, 0.2, 0.9, count=12),
            'net keeps something between 20 and 90 % of its accuracy of 94.4 % when the background '
            'is another video’s: 12 videos say no more.',
        ),
        (
            {WHOLE: entry(0.15, 0.1, 0.21), OTHER: entry(0.14, 0.1, 0.2)},
            kept(0.93, 0.5, 1.5),
            'net is near chance as filmed (15.0 %, 95 % interval 10.0 to 21.0; chance is 12.5 %), '
            'so shares of its accuracy mean little.',
        ),
        (
            {WHOLE: GOOD},
            None,
            'net has an accuracy of 94.4 %, 95 % interval 89.0 to 97.0 as filmed; it was shown no '
            'other background.',
        ),
        (
            {OTHER: entry(0.4, 0.3, 0.5)},
            None,
            'net was not shown the videos as filmed, so what it keeps is not known.',
        ),
    ],
    ids=['loss', 'chance', 'no loss', 'few videos', 'near chance', 'no probe', 'not as filmed'],
)
def test_the_sentence_says_what_the_intervals_allow(values, share, expected):
    assert sentence(values, share) == expected


def test_the_scene_of_another_action_tells_more_than_a_picture():
    names = ['scuba_images/accuracy', OTHER, 'action_swap/foreground_accuracy', WHOLE]
    assert telling_measure(dict.fromkeys(names)) == OTHER
    assert telling_measure({WHOLE: 1}) is None


def report_on(whole, left, videos=200, classes=8):
    """A report of a net that is right on the first ``whole`` and ``left`` videos."""
    names = tuple(map(str, range(videos)))
    measures = {
        name: Measure(name, names, (np.arange(videos) < right).astype(float), 'higher')
        for name, right in ((WHOLE, whole), (OTHER, left), ('background_only/accuracy', whole))
    }
    setting = dict(
        data='test.txt', videos=videos, classes=classes, manifest_sha256='0' * 64, seed=0,
        masks=dict(description='boxes', warning=''), versions={},
    )  # fmt: skip
    facts = dict(config='a.py', checkpoint='a.pth', sha256='0' * 64, kind='classifier')
    return put_together(setting, [Measured('net', facts, measures, classes)])


def test_report_and_markdown_have_the_same_sentence():
    report = report_on(180, 45)
    (net,) = report['checkpoints']
    assert net['kept']['value'] == 0.25 and net['kept']['count'] == 200
    assert 0.18 < net['kept']['low'] < 0.25 < net['kept']['high'] < 0.33
    ((name, text, more),) = answers(report)
    assert text == net['summary'] and text.startswith('net keeps 25\xa0% (95\xa0% interval ')
    assert more == 'Its accuracy is 90.0\xa0% when there is nothing but background.'
    assert f'**net**{text.removeprefix(name)} {more}\n' in render_markdown(report)


def test_of_a_guess_nothing_is_left_to_take_apart():
    ((_, text, more),) = answers(report_on(30, 20))
    assert 'near chance as filmed' in text and more == ''
    assert report_on(0, 20)['checkpoints'][0]['kept'] is None
