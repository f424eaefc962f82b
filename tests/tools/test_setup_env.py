"""tools/setup_env.sh: which environment it changes, and when it installs again."""

import shutil
import subprocess
import sys

import pytest

from helpers.running import ROOT, environment

# In the place of pip: it keeps what it was asked for.
PIP = """
import sys
from pathlib import Path

with Path(sys.prefix, 'asked.txt').open('a') as file:
    print(*sys.argv[1:], file=file)
"""


@pytest.fixture
def clone(tmp_path):
    """`clone(name)`: a folder with what the script reads."""

    def make(name):
        folder = tmp_path / name
        (folder / 'tools').mkdir(parents=True)
        for path in ['setup.py', 'tools/setup_env.sh', *(p.name for p in ROOT.glob('constr*'))]:
            shutil.copy(ROOT / path, folder / path)
        return folder

    return make


@pytest.fixture
def venv(tmp_path):
    """An environment that installs nothing."""
    folder = tmp_path / 'venv'
    subprocess.run([sys.executable, '-m', 'venv', '--without-pip', folder], check=True)
    (packages,) = folder.glob('lib/python*/site-packages')
    (packages / 'pip').mkdir()
    (packages / 'pip' / '__init__.py').touch()
    (packages / 'pip' / '__main__.py').write_text(PIP)
    return folder


def asked(venv):
    path = venv / 'asked.txt'
    return path.read_text().splitlines() if path.exists() else []


def source(folder, extras='test', active=None, **variables):
    """Run it as the two commands do, in an active environment or in none."""
    text = 'set -euo pipefail; source tools/setup_env.sh "$0"; python -c "$1"'
    prefix = 'import sys; print(sys.prefix)'
    none = dict.fromkeys(['VIRTUAL_ENV', 'CONDA_PREFIX', 'CONSTRAINTS', 'PYTHON'], '')
    variables = {**none, **variables}
    if active:
        variables['VIRTUAL_ENV'] = str(active)
        variables['PATH'] = f'{active / "bin"}:{environment()["PATH"]}'
    return subprocess.run(
        ['bash', '-c', text, extras, prefix], cwd=folder, env=environment(**variables),
        capture_output=True, text=True,
    )  # fmt: skip


def stopped(done, *words):
    assert done.returncode == 1
    for word in words:
        assert word in done.stderr
    return True


def test_the_active_environment_is_used_and_what_it_has_is_remembered(clone, venv):
    folder = clone('a')
    done = source(folder, active=venv)
    assert done.stdout.splitlines()[-1] == str(venv), done.stderr
    first = asked(venv)
    assert '--editable .[test]' in first[-2] and '--no-deps openmim' in first[-1]
    assert source(folder, active=venv).returncode == 0 and asked(venv) == first
    assert source(folder, 'mmaction2', active=venv).returncode == 0
    assert '--editable .[mmaction2]' in asked(venv)[-1]
    both = asked(venv)
    assert source(folder, active=venv).returncode == 0 and asked(venv) == both


@pytest.mark.parametrize('other', ['another clone', 'other versions'])
def test_what_was_installed_over_it_is_installed_again(clone, venv, other):
    one = clone('a')
    variables = dict(CONSTRAINTS='constraints-newest.txt') if other == 'other versions' else {}
    source(one, active=venv)
    count = len(asked(venv))
    source(one if variables else clone('b'), active=venv, **variables)
    source(one, active=venv)
    assert len(asked(venv)) == 3 * count


def test_no_other_python_is_changed_in_the_place_of_an_environment_that_is_gone(clone, tmp_path):
    gone = tmp_path / 'gone'
    done = source(clone('a'), VIRTUAL_ENV=str(gone))
    assert stopped(done, f'environment {gone} is not whole', 'unset VIRTUAL_ENV')
    done = source(clone('b'), CONDA_PREFIX=str(gone))
    assert stopped(done, f'environment {gone} is not whole', 'unset VIRTUAL_ENV CONDA_PREFIX')


def test_nor_of_one_that_was_moved_with_its_clone(clone, venv, tmp_path):
    folder = clone('a')
    venv.rename(folder / '.venv')
    done = source(folder)
    assert stopped(done, 'has been moved', f"rm -r '{folder}/.venv'") and not asked(
        folder / '.venv'
    )


def test_nor_of_one_that_is_made_in_part(clone, venv):
    folder = clone('a')
    (folder / '.venv').mkdir()
    assert stopped(source(folder), 'is not whole', f"rm -r '{folder}/.venv'")
    (packages,) = venv.glob('lib/python*/site-packages')
    shutil.rmtree(packages / 'pip')
    assert stopped(source(folder, active=venv), f'{venv} has no pip')


@pytest.mark.parametrize(
    ('name', 'says'),
    [('old', 'Python 3.9.1 cannot run mmdebias'), ('nowhere', 'There is no nowhere')],
)
def test_a_python_that_does_not_fit_makes_no_environment(clone, tmp_path, name, says):
    old = tmp_path / 'bin' / 'old'
    old.parent.mkdir()
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.1\nexec false\n')
    old.chmod(0o755)
    folder = clone('a')
    path = f'{old.parent}:{environment()["PATH"]}'
    assert stopped(source(folder, PYTHON=name, PATH=path), says, 'PYTHON=python3.11')
    assert not (folder / '.venv').exists()


def test_it_belongs_to_a_clone(clone):
    folder = clone('a')
    (folder / 'setup.py').unlink()
    assert stopped(source(folder), 'belongs to a clone of mmdebias')
    folder = clone('b')
    done = source(folder, CONSTRAINTS='constraints-odd.txt')
    assert stopped(done, 'CONSTRAINTS=constraints-odd.txt is no file', 'constraints-newest.txt')
