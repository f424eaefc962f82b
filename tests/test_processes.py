"""Nothing is left running, and a folder has one writer."""

import os
import signal
import subprocess
import sys

import pytest

from helpers.endings import ended, linux_only
from helpers.running import ROOT, environment
from mmdebias.processes import FolderInUseError, sole_writer

# A child that says its number and sleeps on; what it is started with, and what its parent does.
CHILD = """
import os, sys, time
sys.path.insert(0, {root!r})
from mmdebias.processes import end_with_parent
end_with_parent()
print(os.getpid(), flush=True)
time.sleep(60)
"""


@pytest.fixture
def without_package(tmp_path):
    """``processes.py`` in a package of its own, which imports no torch."""
    (tmp_path / 'mmdebias').mkdir()
    (tmp_path / 'mmdebias' / '__init__.py').touch()
    text = (ROOT / 'mmdebias' / 'processes.py').read_text()
    (tmp_path / 'mmdebias' / 'processes.py').write_text(text)
    return str(tmp_path)


@linux_only
def test_a_child_ends_with_a_parent_that_is_killed(without_package):
    child = CHILD.format(root=without_package)
    parent = subprocess.Popen(
        [sys.executable, '-c', f'import subprocess, sys\n'
         f'subprocess.run([sys.executable, "-c", {child!r}])'],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    assert ended(pid)


@linux_only
def test_a_tool_that_is_told_to_end_ends_what_it_has_started(tmp_path):
    """By SIGTERM in order, its child first; by SIGKILL the child all the same."""
    script = tmp_path / 'tool.py'
    script.write_text(
        'import os, signal, sys, time\n'
        'def leave(*_):\n'
        '    time.sleep(.2)\n'
        '    print("child left", flush=True)\n'
        '    os._exit(0)\n'
        'signal.signal(signal.SIGTERM, leave)\n'
        'print("child", os.getpid(), flush=True)\n'
        'time.sleep(60)\n'
    )
    parent = (
        'import sys; from pathlib import Path; from mmdebias import runs\n'
        f'runs.find_tool = lambda name: Path({str(script)!r})\n'
        f'runs.run_tool("tool.py", [], {str(tmp_path / "log")!r}, lambda line: line, show=False)'
    )
    for number, code in ((signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)):
        process = subprocess.Popen(
            [sys.executable, '-c', parent], stdout=subprocess.PIPE, text=True,
            env=environment(PYTHONPATH=str(ROOT)),
        )  # fmt: skip
        pid = int(process.stdout.readline().split()[1])
        process.send_signal(number)
        assert process.wait(30) == code
        if number == signal.SIGTERM:
            assert ended(pid, 0.1)  # it has waited for it
        assert ended(pid)


def test_a_folder_has_one_writer_and_a_dead_one_holds_nothing(tmp_path):
    folder = tmp_path / 'new'
    with sole_writer(folder), sole_writer(tmp_path / 'other'):
        message = rf'new is being .* process {os.getpid()} on '
        with pytest.raises(FolderInUseError, match=message), sole_writer(folder):
            pass
    (folder / '.lock').write_text('process 1 on elsewhere, left behind')
    with sole_writer(folder):
        pass


@linux_only
def test_a_child_whose_parent_ended_while_it_was_importing_ends(without_package, tmp_path):
    """It has another parent by then, which does not end; a pool's worker would wait for ever."""
    script = tmp_path / 'spawns.py'
    script.write_text(
        'import os, time\n'
        'def child():\n'
        '    print(os.getpid(), flush=True)\n'
        '    time.sleep(1)\n'
        '    from mmdebias.processes import end_with_parent\n'
        '    end_with_parent()\n'
        '    time.sleep(60)\n'
        'if __name__ == "__main__":\n'
        '    import multiprocessing\n'
        '    multiprocessing.get_context("spawn").Process(target=child).start()\n'
    )
    parent = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, text=True,
        env=environment(PYTHONPATH=without_package),
    )  # fmt: skip
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    assert ended(pid)


@linux_only
def test_a_child_that_has_another_parent_than_started_it_ends(without_package):
    """As a rank whose launcher was killed while it was importing."""
    text = CHILD.format(root=without_package)
    assert 'end_with_parent()' in text
    for parent, ends in ((os.getpid(), False), (os.getpid() + 1, True)):
        child = text.replace('end_with_parent()', f'end_with_parent(parent={parent})')
        process = subprocess.Popen([sys.executable, '-c', child], stdout=subprocess.PIPE, text=True)
        assert bool(process.stdout.readline()) != ends
        process.kill()
        assert process.wait() == (-signal.SIGTERM if ends else -signal.SIGKILL)
