"""An environment without MMAction2, or another package, in a process of its own."""

import subprocess
import sys
from textwrap import dedent

from helpers.running import ROOT, environment

OF_MMACTION2 = ('mmaction', 'mmengine', 'mmcv')
BEGINNING = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] in HIDDEN:
            raise ModuleNotFoundError(f'No module named {name!r}', name=name)

sys.meta_path.insert(0, Missing())
"""
END = """
loaded = [name for name in sys.modules if name.partition('.')[0] in HIDDEN]
assert not loaded, loaded
"""


def run_without_mmaction2(program, *arguments):
    """Run a program where MMAction2, MMEngine and mmcv cannot be imported; return what it printed.

    It fails, too, where one of them was imported all the same.
    """
    return run_without(OF_MMACTION2, program, *arguments)


def run_without(packages, program, *arguments):
    """Run a program where none of ``packages``, a tuple of names, can be imported; as above."""
    text = f'HIDDEN = {packages}\n{BEGINNING}{dedent(program)}{END}'
    done = subprocess.run(
        [sys.executable, '-c', text, *map(str, arguments)],
        env=environment(PYTHONPATH=str(ROOT)),
        cwd='/',
        capture_output=True,
        text=True,
    )
    assert not done.returncode, done.stdout + done.stderr
    return done.stdout
