"""The READMEs name configs that are there; braces and stars are read as a shell does."""

import re

import pytest

from helpers.running import ROOT
from mmdebias.methods import METHODS

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


def is_there(path, folder):
    """Whether a page in a folder names a file by a path that leads there.

    From the project's folder, from the page's or from ``configs``. A config's bare name would say
    nothing elsewhere: eight folders have an ``r3d_toy.py``. The tools' names tell them apart.
    """
    if any(ROOT.glob(path)) or any(folder.glob(path)):
        return True
    return any((ROOT / 'configs').glob(path) if '/' in path else (ROOT / 'tools').rglob(path))


@pytest.mark.parametrize(
    ('path', 'folder', 'found'),
    [
        ('r3d_toy.py', 'configs/be', True),
        ('r3d_toy.py', 'docs', False),
        ('be/r3d_toy.py', 'docs', True),
        ('configs/be/r3d_toy.py', 'docs', True),
        ('low_shot/r3d_toy.py', 'docs', False),
        ('*_released.py', 'configs/moco', False),
        ('make_toy.py', 'docs', True),
    ],
)
def test_a_config_is_named_with_its_folder(path, folder, found):
    assert is_there(path, ROOT / folder) is found


MEASURED = '## Measured with this code\n'


@pytest.mark.parametrize('folder', METHODS)
def test_what_was_measured_names_its_command(folder):
    text = (ROOT / 'configs' / folder / 'README.md').read_text()
    if MEASURED not in text:
        pytest.skip(f'nothing was measured of {folder}')
    section = text[text.index(MEASURED) + len(MEASURED) :].partition('\n## ')[0]
    assert re.search(r'(bash|python) tools/\w+', section)
    if '| loss,' in section:
        # Videos, net and seeds; and a row is a config, not a story.
        # A set of its own each time: make_toy.py refuses a folder that holds another.
        made = re.findall(r'make_toy\.py --out (\S+)/toy --num-videos', section)
        assert made and made == re.findall(r'^export MMDEBIAS_DATA=(\S+)$', section, re.MULTILINE)
        assert len(set(made)) == len(made)
        assert 'for seed in 0 1 2' in section and '--seed $seed' in section
        rows = re.findall(r'^\| (?!run|config|---)(.*?) \|', section, re.MULTILINE)
        assert rows and all(re.match(r'`\w+\.py`', row) for row in rows)


@pytest.mark.parametrize('readme', [*READMES, *PAGES], ids=lambda path: str(path.relative_to(ROOT)))
def test_configs_that_a_readme_names_are_there(readme):
    # Addresses are of other projects.
    text = re.sub(r'https?://[^\s)]+', '', readme.read_text())
    names = set(re.findall(r'[\w./{},*+-]+\.py\b', text))
    # NET and DATASET stand for names.
    names = {name.removeprefix('../') for name in names if not re.search('NET|DATASET', name)}
    names = {name for name in names if name.partition('/')[0] not in MADE}
    missing = [
        path for name in names for path in expanded(name) if not is_there(path, readme.parent)
    ]
    assert not missing
    assert names or readme in PAGES
