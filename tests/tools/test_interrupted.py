"""Tools that run several trainings at a time end them, and themselves, when they are told to."""

import signal
import subprocess
import sys

import pytest

from helpers.endings import ended, linux_only
from helpers.running import ROOT, environment

pytestmark = [pytest.mark.slow, linux_only]

# Stands for a training: says its number, and ends in order.
TRAINING = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print('training', os.getpid(), flush=True)
time.sleep(60)
"""
# Where the tests run in a shell's background, they and what they start ignore SIGINT.
START = """
import importlib.util, os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from pathlib import Path
from types import SimpleNamespace
from mmdebias import runs
from mmdebias.processes import orderly_end
work = Path({work!r})
runs.find_tool = lambda name: work / 'training.py'
def training(*_):
    os.write(1, f'process {{os.getpid()}}\\n'.encode())  # whole, whatever else prints
    runs.run_tool('training.py', [], work / 'log', lambda line: line.strip(), show=False)
def tool(path):
    spec = importlib.util.spec_from_file_location('tool', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
"""
QUICKSTART = """
with orderly_end():
    tool({tool!r}).at_once(dict(a=training, b=training))
"""
STUDY = """
if __name__ == '__main__':
    study = tool({tool!r})
    study.run_one = training
    study.take_folder = study.make_toy = lambda *_, **__: None
    given = dict(methods=['fame'], seeds=[0, 1], num_bias_videos=0, num_shortcut_clips=0, jobs=1)
    with orderly_end():
        study.run_all(SimpleNamespace(**given), study.SCALES['cpu'], work)
"""


@pytest.mark.parametrize('signal_number', [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize(
    ('text', 'path', 'processes'),
    [(QUICKSTART, 'tools/quickstart.py', 4), (STUDY, 'tools/analysis/toy_study.py', 2)],
)
def test_nothing_goes_on_after_a_signal_to_the_tool_alone(
    tmp_path, text, path, processes, signal_number
):
    """A pool waits until what it runs is done, and its processes for what they are to do next."""
    (tmp_path / 'training.py').write_text(TRAINING)
    script = tmp_path / 'start.py'
    script.write_text((START + text).format(work=str(tmp_path), tool=str(ROOT / path)))
    process = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, text=True,
        env=environment(PYTHONPATH=str(ROOT)),
    )  # fmt: skip
    running = {int(process.stdout.readline().split()[1]) for _ in range(processes)}
    process.send_signal(signal_number)
    assert process.wait(20) != 0
    for number in running - {process.pid}:
        assert ended(number, 10)
