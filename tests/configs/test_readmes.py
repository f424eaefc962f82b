"""The READMEs name configs that are there; braces and stars are read as a shell does."""

import re

import pytest

from helpers.running import ROOT

READMES = [ROOT / 'README.md', *sorted((ROOT / 'configs').rglob('README.md'))]
# The guides write what they name, and a test of their own follows them.
PAGES = sorted((ROOT / 'docs').glob('*.md'))
# Written by who follows a guide or an example.
MADE = {'mine'}


def expanded(name):
    """``{a,b}_c.py`` to ``a_c.py`` and ``b_c.py``."""
    found = re.match(r'(.*?)\{([^{}]*)\}(.*)', name)
    if found is None:
        return [name]
    before, choices, after = found.groups()
    return [each for choice in choices.split(',') for each in expanded(before + choice + after)]


@pytest.mark.parametrize('readme', [*READMES, *PAGES], ids=lambda path: str(path.relative_to(ROOT)))
def test_configs_that_a_readme_names_are_there(readme):
    names = set(re.findall(r'[\w./{},*+-]+\.py\b', readme.read_text()))
    # NET and DATASET stand for names.
    names = {name.removeprefix('../') for name in names if not re.search('NET|DATASET', name)}
    names = {name for name in names if name.partition('/')[0] not in MADE}
    missing = [
        path
        for name in names
        for path in expanded(name)
        if not any(list((ROOT / folder).rglob(path)) for folder in ('configs', 'tools'))
        and not list(ROOT.glob(path))
    ]
    assert not missing
    assert names or readme in PAGES
