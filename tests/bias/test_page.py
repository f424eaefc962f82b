"""The page and the Markdown of a bias report."""

import base64
import io
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmdebias.bias import Sample
from mmdebias.bias import page as page_module
from mmdebias.bias.dot_plot import COLOURS, marker
from mmdebias.bias.markdown import render_markdown
from mmdebias.bias.measures import Measure
from mmdebias.bias.numbers import Measured, put_together
from mmdebias.bias.page import LIMIT, render_page
from mmdebias.bias.summary import answers
from mmdebias.bias.wording import points, words_for

NAMES = (
    'original/accuracy',
    *(f'{kind}_{source}/accuracy' for kind in ('scuba', 'scufo', 'contrasted')
      for source in ('stripes', 'images', 'videos')),
    *(f'conflict_videos/{what}' for what in ('moving', 'static', 'moving_over_static')),
    'action_swap/foreground_accuracy', 'action_swap/background_error',
    'human_only/accuracy', 'background_only/accuracy', 'static_frame/accuracy',
    'scene_probe/accuracy', 'sensitivity/scene_share',
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

    EMPTY = ('meta', 'img', 'input', 'use', 'path')

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
    for name, sentence, more in answers(report):
        rest = f'{sentence.removeprefix(name)} {more}'
        assert text.index(name) < text.index(rest) < text.index('At a glance')
    for name in NAMES:
        words = words_for(name)
        assert words.sentence and words.sentence in text and words.group != 'Others'


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


def picture(page, kind):
    """The first picture of a kind, opened."""
    address = re.search(rf'<img class="{kind}[^"]*" src="data:image/webp;base64,([^"]+)"', page)
    return Image.open(io.BytesIO(base64.b64decode(address[1])))


def test_clips_play_until_one_wants_them_still(clip):
    page = render_page(report_on('a'), [Sample('original', clip, 'wave', None, ('run',))])
    moving, still = picture(page, 'moving'), picture(page, 'still')
    assert (moving.n_frames, moving.size, moving.info['loop']) == (8, (30, 20), 0)
    assert getattr(still, 'n_frames', 1) == 1 and still.size == (30, 20)
    assert 'prefers-reduced-motion' in page and '#still:checked ~ .clips img.moving' in page
    assert '<input type="checkbox" id="still"><label for="still">' in page
    assert 'alt="The video as it is: wave"' in page


def test_a_frozen_clip_is_one_picture(clip):
    frozen = np.repeat(clip[:1], 8, 0)
    page = render_page(report_on('a'), [Sample('static_frame', frozen, 'wave', None, ('run',))])
    assert page.count('<img ') == 1 and picture(page, 'only').size == (30, 20)
    assert 'What the models were shown' not in render_page(report_on('a'))


def test_the_page_stays_below_its_limit():
    """Clips get smaller, then fewer, then none; a page without any is as large as it is."""
    report, rng = report_on('a', 'b'), np.random.default_rng(0)
    clips = rng.integers(0, 255, (3, 6, 40, 60, 3), dtype=np.uint8)
    samples = [
        Sample(probe, clip, 'wave', None, ('wave', 'run'))
        for probe in ('original', 'human_only')
        for clip in clips
    ]
    bare = len(render_page(report).encode())
    counts = []
    for room in (1_000_000, 60_000, 25_000, 0):
        page = render_page(report, samples, limit=bare + room)
        assert len(page.encode()) <= bare + room
        counts.append((page.count('<img class="moving'), len(page.encode()) - bare))
    (best, size), (smaller, _), (fewer, _), (none, _) = counts
    assert best == smaller == 6 and 0 < fewer < 6 and none == 0
    assert size > 60_000 and LIMIT == 5_000_000


def test_a_page_of_many_models_stays_below_its_limit(clip):
    report = report_on('a')
    names = [f'model {number}' for number in range(300)]
    (first,) = report['checkpoints']
    report['checkpoints'] = [dict(first, name=name) for name in names]
    for measure in report['measures'][3:]:
        measure['values'] = []
    report['measures'] = report['measures'][:4]
    for measure in report['measures']:
        (entry,) = measure['values'] or [dict(value=0.5, low=0, high=1, chance=0.1)]
        measure['values'] = [dict(entry, checkpoint=name) for name in names]
    page = render_page(report, [Sample('original', clip, 'wave', None, ('wave',) * 300)])
    assert len(page.encode()) < LIMIT
    assert 'The first 24 models.' in page and 'Right: 300 of 300 models' in page


def contrast(one, other):
    """The contrast of two colours as WCAG 2 defines it."""

    def luminance(colour):
        digits = colour[1:] if len(colour) == 7 else ''.join(2 * digit for digit in colour[1:])
        parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return np.dot(linear, (0.2126, 0.7152, 0.0722))

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_all_text_stands_out_in_light_dark_and_print():
    style = (Path(page_module.__file__).parent / 'style.css').read_text()
    palettes = [
        dict(re.findall(r'--(\w+): (#[0-9a-f]+)', block))
        for block in re.findall(r':root \{([^}]*)\}', style)
    ]
    assert len(palettes) == 3
    for palette in palettes:
        for name in ('ink', 'muted', 'good', 'bad', *(f'c{index}' for index in range(6))):
            for ground in ('paper', 'wash'):
                found = contrast(palette[name], palette[ground])
                assert found >= 4.5, (name, ground, palette[name], found)


def test_the_page_can_be_read_out_and_needs_no_mouse(clip):
    sample = Sample('original', clip, 'wave', None, ('wave', 'run'))
    page = render_page(report_on('a', 'b'), [sample])
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    levels = [int(level) for level in re.findall(r'<h([1-6])[ >]', page)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    # The drawing has words, and the numbers are a table with heads for rows and columns.
    assert (
        '<svg role="img" aria-label="Dots with 95 % intervals, from 0 to 100 %, of a, b: ' in page
    )
    assert page.count('<th scope="row">') == 2 * len(NAMES) and '<th>' not in page
    assert page.count('<div class="scroll" role="region" tabindex="0" aria-label=') == 2
    assert all(' alt="' in image for image in re.findall(r'<img [^>]*>', page))
    # What marks and colours say to the eye is also said in words.
    text = ''.join(Reader(page).text)
    assert 'a: ✓right, wave' in text and 'b: ✗wrong, run' in text
    assert re.search(r'Accuracy\xa0↑, higher is better', text)
    marks = re.findall(r'<span class="mark"[^>]*>', page)
    assert marks and all('aria-hidden="true"' in mark for mark in marks)


def test_drawings_fit_on_paper_and_share_no_names():
    page = render_page(report_on('a', 'b', 'c'))
    drawings = re.findall(r'<svg[^>]*>', page)
    heights = [float(re.search(r'viewBox="0 0 \S+ (\S+)"', one)[1]) / 72 for one in drawings]
    assert len(drawings) > 1 and max(heights) <= 8.5  # inches: those of a sheet
    names = re.findall(r' id="([^"]+)"', page)
    assert len(set(names)) == len(names)


def test_marks_differ():
    looks = {(marker(index), index % COLOURS) for index in range(36)}
    assert len(looks) == 36


def test_a_stored_report_is_a_column_of_differences():
    report = report_on('a', 'b')
    assert 'stored' not in render_page(report)
    entry = dict(checkpoint='a', against='old', before=0.5, value=0.25, low=0.1, high=0.4, count=20)
    report['comparison'] = dict(
        file='stored.json', models=[['a', 'old']], notes=['seed 1, here 3'],
        measures=[
            dict(name='original/accuracy', better='higher', differences=[dict(entry, paired=True)])
        ],
    )  # fmt: skip
    page, markdown = render_page(report), render_markdown(report)
    assert '<h2>Against stored.json</h2>' in page and 'since old' in page
    assert '+25.0<small>+10.0 to +40.0</small><small>was 50.0</small>' in page
    assert '| As filmed: Accuracy | ↑ | +25.0 (+10.0 to +40.0; was 50.0) |' in markdown
    assert 'Different there: seed 1, here 3.' in page and 'paired difference' in markdown
    report['comparison']['measures'][0]['differences'] = [dict(entry, paired=False)]
    assert '+10.0 to +40.0*' in render_page(report)
    assert 'two independent samples' in render_markdown(report)


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
