"""The detector of shortcuts as a command, on few clips."""

import json
import runpy
import sys

import pytest

from helpers.running import ROOT
from mmdebias.analysis import shortcuts as module

TOOL = ROOT / 'tools' / 'analysis' / 'shortcuts.py'
FAME = ROOT / 'configs' / 'fame' / 'r3d_toy.py'
FEW = ['--num-train', '64', '--num-test', '64']


@pytest.fixture
def tool(monkeypatch, capsys):
    """``tool(*arguments)``: what it printed, and how it ended."""

    def run(*arguments):
        monkeypatch.setattr(sys, 'argv', [str(TOOL), *map(str, arguments)])
        try:
            runpy.run_path(str(TOOL), run_name='__main__')
        except SystemExit as stop:
            return capsys.readouterr().out, stop.code
        return capsys.readouterr().out, 0

    return run


def test_a_config_is_checked(tool, few_videos, tmp_path):
    videos = ['--data', few_videos / 'train.txt', '--out', tmp_path]
    printed, code = tool('--config', FAME, *videos, *FEW, '--check')
    (rows,) = json.loads((tmp_path / 'shortcuts.json').read_text()).values()
    assert len(rows) == 12 and {row['count'] for row in rows} == {64}
    told = [row for row in rows if row['is_shortcut']]
    assert code == bool(told) and printed.count('shortcut: ') == len(told)
    assert '| key or another video, 50.0 % | still noise | ' in printed
    for row in rows:
        assert row['low'] <= row['right'] <= row['high']


def test_a_shortcut_is_named_and_fails_the_check(tool, few_videos, monkeypatch):
    # Nets that are always right, in place of training.
    monkeypatch.setattr(
        module, '_learn', lambda question, pictures, labels, epochs: 1.0 + 0 * labels[1]
    )
    arguments = ['--config', FAME, FAME.parent.parent / 'moco' / 'r3d_toy.py']
    arguments += ['--data', few_videos / 'train.txt', *FEW]
    printed, code = tool(*arguments, '--check')
    assert code == 1 and tool(*arguments)[1] == 0
    assert (
        'fame/r3d_toy.py: key or another video is told from single frames of still noise' in printed
    )
    assert printed.count('| yes |') == 2  # a row of the summary for each config


def test_wrong_input_is_one_message(tool, few_videos):
    video = few_videos / '00.mp4'
    assert tool('--config', 'no.py', '--data', video)[1].startswith('error: --config: there is no')
    supervised = ROOT / 'configs' / 'supervised' / 'r3d_toy.py'
    message = tool('--config', supervised, '--data', video)[1]
    assert 'give a config of pre-training' in message
