"""An environment without MMAction2, or another package, in a process of its own."""

import subprocess
import sys
from functools import cache
from importlib import metadata
from textwrap import dedent

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from helpers.running import ROOT, environment

OF_MMACTION2 = ('mmaction', 'mmengine', 'mmcv')
# Those of setup.py; what is installed here may have been told others.
REQUIRED = ('torch', 'av', 'matplotlib', 'numpy', 'opencv-python', 'pillow', 'scipy')
BEGINNING = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] in HIDDEN:
            raise ModuleNotFoundError(f'No module named {name!r}', name=name)

sys.meta_path.insert(0, Missing())
started = set(sys.modules)  # setuptools has a part of it imported wherever Python starts
"""
END = """
loaded = [name for name in sys.modules.keys() - started if name.partition('.')[0] in HIDDEN]
assert not loaded, loaded
"""


def run_without_mmaction2(program, *arguments):
    """Run a program where nothing can be imported but what ``pip install mmdebias`` brings; return
    what it printed.

    It fails, too, where MMAction2 or something else was imported all the same.
    """
    return run_without(tuple({*OF_MMACTION2, *not_required()}), program, *arguments)


@cache
def not_required():
    """The modules of all packages here that mmdebias does not require, nor what it requires."""
    wanted, waiting = {'mmdebias', *REQUIRED}, [*REQUIRED]
    while waiting:
        for text in metadata.requires(waiting.pop()) or ():
            one = Requirement(text)
            name = canonicalize_name(one.name)
            if name not in wanted and (one.marker is None or one.marker.evaluate({'extra': ''})):
                wanted.add(name)
                waiting.append(name)
    of = metadata.packages_distributions()
    return {
        module for module, names in of.items() if not wanted & set(map(canonicalize_name, names))
    }


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
