"""Two runs that the tests read: upstream without mmdebias, and two processes with it."""

import json
import os
import sys
from importlib import metadata
from pathlib import Path

import pytest

from helpers.running import ROOT, run

SCRIPTS = Path(__file__).parent / 'scripts'


def pytest_collection_modifyitems(items):
    """Tests that wait for the two runs below are slow."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent) and 'stock' in item.fixturenames:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope='session')
def broken_upstream():
    """Whether these are the releases whose own failures are asserted; others may have mended them.

    They are the ones that mmdebias/compat/__init__.py names, and the one before.
    """
    mmengine, mmaction2 = map(metadata.version, ('mmengine', 'mmaction2'))
    return mmengine in ('0.10.6', '0.10.7') and mmaction2 == '1.2.0'


@pytest.fixture(scope='session')
def needed(broken_upstream):
    """`needed(condition)`: upstream fails by itself, where that is known of this release."""

    def check(condition):
        assert condition or not broken_upstream

    return check


@pytest.fixture(scope='session')
def python():
    """`python(arguments, *folders)`: Python, without a GPU, that finds modules in the folders."""

    def run_python(arguments, *folders):
        path = [*map(str, folders), *filter(None, [os.environ.get('PYTHONPATH')])]
        env = dict(PYTHONPATH=os.pathsep.join(path), CUDA_VISIBLE_DEVICES='')
        return run([sys.executable, *arguments], cwd=SCRIPTS, env=env, timeout=240)

    return run_python


@pytest.fixture(scope='session')
def sandbox(tmp_path_factory):
    """For the scripts' output; has a package installed as `pip install -e` does it (PEP 660)."""
    folder = tmp_path_factory.mktemp('compat')
    (folder / 'checkout' / 'editable_dummy').mkdir(parents=True)
    (folder / 'checkout' / 'editable_dummy' / '__init__.py').touch()
    info = folder / 'site' / 'editable_dummy-1.0.dist-info'
    info.mkdir(parents=True)
    (info / 'METADATA').write_text('Metadata-Version: 2.1\nName: editable-dummy\nVersion: 1.0\n')
    (info / 'top_level.txt').write_text('editable_dummy\n')
    (info / 'RECORD').touch()
    return folder


@pytest.fixture(scope='session')
def stock(sandbox, python):
    """Outcomes of upstream where mmdebias is not imported; leaves a checkpoint in stock/."""
    python(['stock.py', sandbox], sandbox / 'checkout', sandbox / 'site')
    return json.loads((sandbox / 'stock.json').read_text())


@pytest.fixture(scope='session')
def mended(sandbox, stock, python):
    """Outcomes of two processes where mmdebias is imported."""
    launch = ['-m', 'torch.distributed.run', '--standalone', '--nproc_per_node', '2']
    python([*launch, 'mended.py', sandbox], ROOT)
    return json.loads((sandbox / 'mended.json').read_text())
