"""No page or source holds the marks of a merge."""

import subprocess

import pytest

from helpers.running import ROOT

MARKS = ('<' * 7 + ' ', '>' * 7 + ' ')


def test_no_marks_of_a_merge():
    if not (ROOT / '.git').exists():
        pytest.skip('this is no checkout: which files belong to it is not known')
    names = subprocess.run(
        ['git', 'ls-files'], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    marked = []
    for name in names:
        path = ROOT / name
        if path.suffix in ('.py', '.md', '.sh', '.toml', '.yml', '.txt', '.json', '.cff', '.html'):
            lines = path.read_text(encoding='utf-8').splitlines()
            marked += [name for line in lines if line.startswith(MARKS)]
    assert not marked
