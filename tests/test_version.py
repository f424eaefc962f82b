"""One version, wherever it is written."""

import re
from pathlib import Path

import yaml

import mmdebias

ROOT = Path(__file__).parents[1]


def test_version_is_the_same_everywhere():
    setup = re.search(r"version='(.+)'", (ROOT / 'setup.py').read_text())[1]
    citation = yaml.safe_load((ROOT / 'CITATION.cff').read_text())['version']
    released = re.findall(r'^## (\d\S+)', (ROOT / 'CHANGELOG.md').read_text(), re.M)[0]
    assert {setup, citation, released} == {mmdebias.__version__}
