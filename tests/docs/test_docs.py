"""The documentation builds, and warnings are errors."""

import re
import runpy
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from helpers.guides import ROOT
from mmdebias.methods import METHODS


@pytest.fixture(scope='module')
def built(tmp_path_factory):
    out = tmp_path_factory.mktemp('docs')
    options = ['-W', '--keep-going', '-q', '-b', 'html', '-d', str(out / 'doctrees')]
    command = [sys.executable, '-m', 'sphinx', *options, str(ROOT / 'docs'), str(out / 'html')]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert not done.returncode, done.stderr
    return out / 'html'


class Links(HTMLParser):
    """The addresses and the anchors of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.anchors = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.anchors.add(attrs.get('id'))
        self.links += [attrs[name] for name in ('href', 'src') if attrs.get(name)]


@pytest.mark.slow
def test_every_link_within_the_docs_leads_somewhere(built):
    pages = {path: Links(path.read_text(encoding='utf-8')) for path in built.rglob('*.html')}
    broken = []
    for page, content in pages.items():
        for link in content.links:
            if re.match(r'[a-z]+:|#$', link):
                continue
            file, _, anchor = link.partition('#')
            target = (page.parent / file.partition('?')[0]).resolve() if file else page
            known = not anchor or target not in pages or anchor in pages[target].anchors
            if not target.is_file() or not known:
                broken.append(f'{page.name}: {link}')
    assert broken == []


@pytest.mark.slow
def test_the_reference_has_what_ops_offers(built):
    from mmdebias import ops

    page = (built / '_api' / 'ops.html').read_text()
    missing = [
        name for name in ops.__all__ if not re.search(rf'id="mmdebias\.ops\..*\.{name}"', page)
    ]
    assert missing == []


def first_cells(page, heading):
    """Return the first cells of the table below a heading, without its head."""
    section = re.split(r'^#+ ', (ROOT / page).read_text(encoding='utf-8'), flags=re.M)
    (text,) = [part for part in section if part.startswith(f'{heading}\n')]
    return [row.split('|')[1].strip() for row in re.findall(r'^\|.*', text, re.M)[2:]]


@pytest.mark.parametrize(
    ('page', 'heading'),
    [
        ('docs/clip_flow.md', 'Where the methods differ'),
        ('docs/paper_table.md', 'What belongs together'),
    ],
)
def test_a_table_of_methods_has_all_of_them_in_their_order(page, heading):
    found = [re.match(r'[\w -]*\w', cell)[0] for cell in first_cells(page, heading)]

    assert found == [method.title for method in METHODS.values()]


def test_a_table_names_the_place_of_each_methods_paper():
    cells = first_cells('docs/paper_table.md', 'What belongs together')

    for cell, method in zip(cells, METHODS.values()):
        assert method.paper.rpartition(', ')[2] in cell


def test_the_front_pages_name_every_method():
    readme = (ROOT / 'README.md').read_text(encoding='utf-8')
    index = (ROOT / 'docs/index.md').read_text(encoding='utf-8')

    for name, method in METHODS.items():
        row = rf'^\| {method.title}\b[^|\n]*\|[^|\n]*\| \[`configs/{name}`\]'
        assert re.search(row, readme, re.M), name
        assert re.search(rf'\b{method.title}\b', index), name


def test_the_picture_is_what_its_script_draws():
    script = ROOT / 'docs' / 'clip_flow.py'
    assert script.with_suffix('.svg').read_text() == runpy.run_path(str(script))['draw']()
