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


@pytest.mark.slow
@pytest.mark.parametrize('page', ['clip_flow', 'paper_table'])
def test_the_tables_of_methods_have_all_of_them(built, page):
    text = (built / f'{page}.html').read_text(encoding='utf-8')
    titles = [method.title for method in METHODS.values()]

    assert [title for title in titles if re.search(rf'<td><p>{title}\b', text)] == titles


def test_the_front_page_names_every_method():
    readme = (ROOT / 'README.md').read_text(encoding='utf-8')

    for name, method in METHODS.items():
        row = rf'^\| {method.title}\b[^|\n]*\|[^|\n]*\| \[`configs/{name}`\]'
        assert re.search(row, readme, re.M), name


def test_the_picture_is_what_its_script_draws():
    script = ROOT / 'docs' / 'clip_flow.py'
    assert script.with_suffix('.svg').read_text() == runpy.run_path(str(script))['draw']()
