"""Trainings and tests that a tool runs: the command, its log, what is run again and what is not."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from helpers.running import ROOT
from mmdebias import runs


@pytest.fixture
def tools(monkeypatch):
    """The commands that were run, ``(script, arguments)``; every training makes an epoch."""
    called = []

    def run_tool(script, arguments, log, **output):
        arguments = [str(argument) for argument in arguments]
        called.append((script, arguments))
        work = log.parent / arguments[arguments.index('--work-dir') + 1]
        (work / '20261127').mkdir(parents=True, exist_ok=True)
        if 'train' in script:
            torch.save({}, work / 'epoch_1.pth')
            (work / 'last_checkpoint').write_text(f'{work}/epoch_1.pth')
        else:
            (work / '20261127' / 'metrics.json').write_text('{"acc/top1": 0.5}')

    monkeypatch.setattr(runs, 'run_tool', run_tool)
    return called


def test_a_training_that_has_ended_is_not_run_again(tools, tmp_path):
    for _ in range(2):
        last = runs.train(
            'a.py', tmp_path, ['train_cfg.max_epochs=1'], load_from='my runs, 2/b.pth'
        )
    assert last == tmp_path / 'epoch_1.pth'
    ((script, arguments),) = tools
    assert script == 'train.py'
    assert arguments == [
        'a.py', '--work-dir', str(tmp_path), '--load-from', 'my runs, 2/b.pth',
        '--cfg-options', 'train_cfg.max_epochs=1',
    ]  # fmt: skip


def test_other_options_go_on_from_the_last_checkpoint(tools, tmp_path):
    runs.train('a.py', tmp_path, ['train_cfg.max_epochs=1'], load_from='b.pth')
    runs.train('a.py', tmp_path, ['train_cfg.max_epochs=2'], load_from='b.pth')
    assert tools[1][1][3:] == ['--resume', '--cfg-options', 'train_cfg.max_epochs=2']


def test_an_interrupted_training_is_resumed(tools, tmp_path):
    torch.save({}, tmp_path / 'epoch_1.pth')  # and no marker: it was stopped before that
    runs.train('a.py', tmp_path)
    assert '--resume' in tools[0][1]


def test_a_training_of_which_the_end_is_damaged_is_resumed(tools, tmp_path, capsys):
    runs.train('a.py', tmp_path)
    torch.save({}, tmp_path / 'epoch_0.pth')
    (tmp_path / 'epoch_1.pth').write_bytes(b'')
    runs.train('a.py', tmp_path)
    assert '--resume' in tools[1][1]
    assert 'epoch_0.pth, the newest whole checkpoint there' in capsys.readouterr().out
    for name in ('epoch_0.pth', 'epoch_1.pth'):
        (tmp_path / name).write_bytes(b'')
    with pytest.raises(runs.ToolError, match=r'no checkpoint in .* is whole'):
        runs.train('a.py', tmp_path)


def test_several_processes_go_through_the_launcher(tools, tmp_path):
    runs.train('a.py', tmp_path, arguments=['--auto-scale-lr'], gpus=2)
    found = runs.test('a.py', 'b.pth', tmp_path, gpus=4)
    assert found == {'acc/top1': 0.5}
    assert [script for script, _ in tools] == ['dist_train.sh', 'dist_test.sh']
    assert tools[0][1] == ['a.py', '2', '--work-dir', str(tmp_path), '--auto-scale-lr']
    assert tools[1][1] == ['a.py', 'b.pth', '4', '--work-dir', str(tmp_path)]


def test_a_tool_is_shown_logged_and_picked_from(tmp_path, capsys):
    runs.run_tool(
        'data/make_toy.py', ['--help'], tmp_path / 'new' / 'log', lambda line: line[:5].upper()
    )
    out = capsys.readouterr().out
    assert out.startswith('$ python tools/data/make_toy.py --help\n') and '\nUSAGE' in out
    assert 'usage: make_toy.py' in (tmp_path / 'new' / 'log').read_text()
    assert runs.find_tool('train.py') == ROOT / 'tools' / 'train.py'


def test_a_tool_that_fails_says_why(tmp_path):
    with pytest.raises(runs.ToolError, match=r'exit status 2.*log is .*(?s:.)*--motions'):
        runs.run_tool('data/make_toy.py', ['--out', tmp_path, '--motions', 'no'], tmp_path / 'log')
    with pytest.raises(FileNotFoundError, match=r'no tools/none\.py'):
        runs.find_tool('none.py')


def test_what_a_training_was_asked_is_kept(tools, tmp_path):
    runs.train('a.py', tmp_path, ['b=1'])
    found = json.loads((tmp_path / 'finished').read_text())
    assert found == dict(asked=['a.py', 'b=1'], last='epoch_1.pth')
    (tmp_path / 'finished').write_text('{"asked"')
    runs.train('a.py', tmp_path, ['b=1'])
    assert len(tools) == 2


@pytest.mark.parametrize('asked', [None, 'ACTIVE'])
def test_threads_that_wait_sleep_unless_asked_otherwise(asked, monkeypatch):
    """Spinning, they take time from the thread that they wait for, beside a busy program."""
    monkeypatch.delenv('OMP_WAIT_POLICY', raising=False)
    if asked:
        monkeypatch.setenv('OMP_WAIT_POLICY', asked)
    lines = []
    show = 'import os; print(os.environ["OMP_WAIT_POLICY"])'
    assert runs.run([sys.executable, '-c', show], lines.append) == 0
    assert lines == [f'{asked or "PASSIVE"}\n']


def test_lines_of_two_threads_stay_whole(monkeypatch):
    written = []
    monkeypatch.setattr(sys, 'stdout', SimpleNamespace(write=written.append, flush=lambda: None))
    monkeypatch.setattr(runs, '_newest', lambda folder: Path('epoch_1.pth'))
    monkeypatch.setattr(runs, 'read_json', lambda file: dict(asked=['a.py'], last='epoch_1.pth'))
    runs.train('a.py', 'work')
    assert written == ['Reusing epoch_1.pth\n']  # in one piece, end included
