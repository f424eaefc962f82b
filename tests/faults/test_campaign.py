"""A small campaign of faults, as a test: a kill of each job and ten bad inputs.

Not in the usual run, see ``norecursedirs`` in pyproject.toml; the whole campaign is
``bash tools/run_tests.sh --faults``.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
CAMPAIGN = Path(__file__).with_name('campaign.py')


def test_nothing_is_lost(tmp_path):
    command = [sys.executable, CAMPAIGN, '--out', tmp_path, '--kills', '6', '--bad-inputs', '10']
    done = subprocess.run([*command, '--only', 'kills,inputs'], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:]
    found = json.loads((tmp_path / 'faults.json').read_text())
    assert [one['survived'] for one in found['kills']] == [1] * 6
    assert len(found['answers']) == 10
    assert '| **all** | 6 | 6 | 0 |' in (tmp_path / 'faults.md').read_text()
