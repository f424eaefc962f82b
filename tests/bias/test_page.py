"""The page and the Markdown of a bias report."""

import base64
import io
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from mmdebias.bias import Sample
from mmdebias.bias.markdown import render_markdown
from mmdebias.bias.measures import Measure
from mmdebias.bias.numbers import Measured, put_together
from mmdebias.bias.page import render_page
from mmdebias.bias.wording import answers, points, words_for

NAMES = (
    'original/accuracy',
    *(f'{kind}_{source}/accuracy' for kind in ('scuba', 'scufo', 'contrasted')
      for source in ('stripes', 'images', 'videos')),
    *(f'conflict_videos/{what}' for what in ('moving', 'static', 'moving_over_static')),
    'action_swap/foreground_accuracy', 'action_swap/background_error',
    'human_only/accuracy', 'background_only/accuracy', 'static_frame/accuracy',
    'scene_probe/accuracy',
)  # fmt: skip
EVIL = '<script>alert("a")</script>'


def report_on(*names, warning=''):
    """A report of made-up measures of twenty videos."""
    rng = np.random.default_rng(0)
    videos = tuple(map(str, range(20)))
    measured = []
    for name in names:
        measures = {
            key: Measure(key, videos, (rng.random(20) < rng.random()).astype(float), 'higher')
            for key in NAMES
        }
        facts = dict(config='a.py', checkpoint='a.pth', sha256='ab' * 32, kind='classifier')
        measured.append(Measured(name, facts, measures, 8, 8))
    setting = dict(
        data='folder/test.txt', videos=20, classes=8, manifest_sha256='cd' * 32, seed=3,
        masks=dict(kind='boxes', description='boxes', warning=warning),
        versions=dict(torch='2.0'), scenes=dict(classes=8, train_videos=40, videos=20),
    )  # fmt: skip
    return put_together(setting, measured)


@pytest.fixture
def clip():
    return np.random.default_rng(0).integers(0, 255, (8, 20, 30, 3), dtype=np.uint8)


class Reader(HTMLParser):
    """Collects tags, addresses and text; complains of tags that are not closed in order."""

    EMPTY = ('meta', 'img', 'source', 'use', 'path')

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.addresses, self.text = [], [], [], []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.addresses += [v for k, v in attributes if k in ('src', 'srcset', 'href', 'xlink:href')]
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.EMPTY:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_the_page_needs_nothing_beside_it(clip):
    page = render_page(
        report_on('a', 'b'), [Sample('original', clip, 'wave', None, ('wave', 'run'))]
    )
    reader = Reader(page)
    assert reader.addresses
    assert all(address.startswith(('data:', '#')) for address in reader.addresses)
    assert {'script', 'link', 'iframe'}.isdisjoint(reader.tags)
    assert 'url(http' not in page and '@import' not in page
    assert 'name="viewport"' in page and 'prefers-color-scheme: dark' in page
    assert '@media print' in page


def test_names_are_text_and_no_markup(clip):
    sample = Sample('action_swap', clip, EVIL, EVIL, (EVIL,))
    page = render_page(report_on(EVIL), [sample])
    assert EVIL not in page and 'script' not in Reader(page).tags


def test_the_answer_comes_first_and_every_measure_has_its_sentence():
    report = report_on('a', 'b')
    text = ' '.join(Reader(render_page(report)).text)
    for name, sentence in answers(report):
        assert text.index(name) < text.index(sentence) < text.index('At a glance')
    for name in NAMES:
        words = words_for(name)
        assert words.sentence and words.sentence in text and words.group != 'Others'


@pytest.mark.parametrize(
    ('whole', 'left', 'sentence'),
    [
        (18, 2, 'Of the accuracy of 90.0 %, 10.0 % is left when the background is another video’s'),
        (10, 12, 'The accuracy is 50.0 %, and 60.0 % when the background is another video’s'),
    ],
)
def test_the_answer_is_what_is_left(whole, left, sentence):
    videos = tuple(map(str, range(20)))
    measures = {
        name: Measure(name, videos, (np.arange(20) < right).astype(float), 'higher')
        for name, right in (('original/accuracy', whole), ('scuba_videos/accuracy', left))
    }
    report = put_together({}, [Measured('a', {}, measures, 8)])
    ((name, answer),) = answers(report)
    assert name == 'a'
    assert answer.replace('\xa0', ' ') == f'{sentence} (chance: 12.5 %).'


def test_of_a_guess_nothing_is_left_to_take_apart():
    values = (np.arange(20) < 3).astype(float)
    measure = Measure('original/accuracy', tuple(map(str, range(20))), values, 'higher')
    report = put_together({}, [Measured('a', {}, {measure.name: measure}, 8)])
    ((_, answer),) = answers(report)
    assert 'of 15.0\xa0% is not clearly above chance (12.5\xa0%)' in answer


def test_links_to_meanings_lead_somewhere():
    page = render_page(report_on('a', 'b'))
    targets = set(re.findall(r'<a href="#([^"]+)"', page))
    assert len(targets) == len(NAMES)
    assert targets <= set(re.findall(r' id="([^"]+)"', page))


def test_the_drawing_follows_the_page_and_is_the_same_every_time():
    pages = [render_page(report_on('a', 'b', 'c', 'd', 'e', 'f', 'g')) for _ in range(2)]
    assert pages[0] == pages[1]
    drawing = re.search(r'<svg.*</svg>', pages[0], re.DOTALL)[0]
    assert 'var(--c0)' in drawing and 'var(--ink)' in drawing
    assert not re.search(r'(fill|stroke): #(?!fff)', drawing)


def test_warnings_of_masks_stand_out():
    assert '<section class="warning">' not in render_page(report_on('a'))
    report = report_on('a', warning='Boxes hold background.')
    page = render_page(report)
    assert page.index('<section class="warning">') < page.index('At a glance')
    assert 'Boxes hold background.' in render_markdown(
        report_on('a', warning='Boxes hold background.')
    )


def test_clips_move_unless_one_wants_none(clip):
    page = render_page(report_on('a'), [Sample('original', clip, 'wave', None, ('run',))])
    moving = re.search(r'<img src="data:image/webp;base64,([^"]+)"', page)[1]
    still = re.search(r'<source srcset="data:image/webp;base64,([^"]+)"', page)[1]
    moving, still = (Image.open(io.BytesIO(base64.b64decode(part))) for part in (moving, still))
    assert (moving.n_frames, moving.size) == (8, (30, 20))
    assert getattr(still, 'n_frames', 1) == 1
    assert 'prefers-reduced-motion' in page
    assert 'alt="The video as it is: wave"' in page


def test_markdown_has_a_row_for_each_measure():
    report = report_on('a', 'b|c')
    lines = render_markdown(report).splitlines()
    rows = [line for line in lines if line.startswith('| As filmed: Accuracy')]
    low, high = (100 * report['measures'][0]['values'][0][end] for end in ('low', 'high'))
    assert len(rows) == 2 and f'({low:.1f} to {high:.1f})' in rows[0]
    assert sum(line.startswith('| ') for line in lines) == 2 * (len(NAMES) + 1)
    assert any('b\\|c' in line for line in lines)


def test_differences_have_a_sign_but_for_none():
    assert [points(value) for value in (0.0101, -0.25, 0.0004, 0.0)] == [
        '+1.0', '−25.0', '0.0', '0.0',
    ]  # fmt: skip
