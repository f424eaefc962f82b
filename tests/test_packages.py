"""What a wheel and an sdist hold, and that each runs where nothing of the checkout is."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from email import message_from_bytes
from importlib.util import find_spec
from pathlib import Path

import pytest

import mmdebias
from helpers.running import ROOT

pytestmark = pytest.mark.slow

SOURCES = ('mmdebias', 'configs', 'tools')
# Beside the Python files.
DATA = ('mmdebias/py.typed', 'mmdebias/bias/page.html', 'mmdebias/bias/style.css')
README = (ROOT / 'README.md').read_text(encoding='utf-8')


def run(*command, cwd):
    """Run a command that finds nothing of the checkout by its folder or by PYTHONPATH."""
    variables = {name: value for name, value in os.environ.items() if name != 'PYTHONPATH'}
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, env=variables, capture_output=True, text=True
    )
    assert not done.returncode, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope='module')
def built(tmp_path_factory):
    """``built['wheel']`` of a copy of the checkout, ``built['sdist']``, and a wheel of that."""
    folder = tmp_path_factory.mktemp('built')
    names = [*SOURCES, 'setup.py', 'pyproject.toml', 'MANIFEST.in', 'README.md', 'LICENSE']
    names += ['model-index.yml', *(path.name for path in ROOT.glob('constraints*.txt'))]
    source = folder / 'source'
    source.mkdir()
    for name in names:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns('__pycache__', '*.egg-info')
            shutil.copytree(ROOT / name, source / name, symlinks=True, ignore=ignored)
        else:
            shutil.copy(ROOT / name, source)
    backend = 'from setuptools import build_meta; build_meta.build_sdist("../sdist")'
    (folder / 'sdist').mkdir()
    run(sys.executable, '-c', backend, cwd=source)
    (sdist,) = (folder / 'sdist').iterdir()
    # As pip makes one of a folder, and of an sdist that it installs.
    offline = ('--no-deps', '--no-index', '--no-build-isolation')
    for kind, of in dict(wheel=source, of_sdist=sdist).items():
        wheel = (sys.executable, '-m', 'pip', 'wheel', *offline, of, '--wheel-dir', folder / kind)
        run(*wheel, cwd=folder)
    wheels = {kind: next((folder / kind).iterdir()) for kind in ('wheel', 'of_sdist')}
    return dict(wheels, sdist=sdist)


@pytest.fixture(scope='module', params=['wheel', 'of_sdist'])
def installed(request, built, tmp_path_factory):
    """The folder of a new environment's programs: with mmdebias from one of the two."""
    home = tmp_path_factory.mktemp(request.param)
    venv.create(home, symlinks=True)
    python = home / 'bin' / 'python'
    install = ('install', '--no-deps', '--no-index', built[request.param])
    run(sys.executable, '-m', 'pip', '--python', python, *install, cwd=home)
    # Its requirements are those of the environment of the tests, found after what is its own. An
    # editable mmdebias there stays out: only the .pth files of an environment itself are read.
    asking = 'import sysconfig; print(sysconfig.get_path("purelib"))'
    packages = Path(run(python, '-c', asking, cwd=home).strip())
    homes = {Path(find_spec(name).origin).parents[1] for name in ('mmengine', 'torch')}
    (packages / 'requirements.pth').write_text('\n'.join(map(str, homes)))
    return python.parent


def files_of(folder, suffixes):
    """Every file of a folder of the checkout, by its path in the checkout."""
    for path in (ROOT / folder).rglob('*'):
        if path.suffix in suffixes and '__pycache__' not in path.parts:
            yield path.relative_to(ROOT).as_posix()


def test_both_hold_every_module_config_and_page(built):
    wheels = [set(zipfile.ZipFile(built[kind]).namelist()) for kind in ('wheel', 'of_sdist')]
    assert wheels[0] == wheels[1]
    wanted = {*DATA, *files_of('mmdebias', ['.py'])}
    for folder in ('configs', 'tools'):
        wanted |= {f'mmdebias/.mim/{name}' for name in files_of(folder, ['.py', '.sh', '.yml'])}
    wanted.add('mmdebias/.mim/model-index.yml')
    assert wanted <= wheels[0]
    assert not [name for name in wheels[0] if name.startswith(('tests', 'configs', 'tools'))]


def test_the_sdist_holds_what_it_is_built_and_installed_with(built):
    with tarfile.open(built['sdist']) as archive:
        names = {name.partition('/')[2] for name in archive.getnames()}
    wanted = {'setup.py', 'pyproject.toml', 'LICENSE', 'README.md', *DATA}
    wanted |= {path.name for path in ROOT.glob('constraints*.txt')}
    assert wanted | set(files_of('configs', ['.py'])) <= names


def test_metadata(built):
    with zipfile.ZipFile(built['wheel']) as wheel:
        (name,) = (name for name in wheel.namelist() if name.endswith('.dist-info/METADATA'))
        metadata = message_from_bytes(wheel.read(name))
    assert (metadata['Name'], metadata['Version']) == ('mmdebias', mmdebias.__version__)
    assert metadata['License-Expression'] == 'Apache-2.0'  # PEP 639, in place of a classifier
    assert metadata['License-File'] == 'LICENSE'
    assert metadata['Author'] and metadata.get_all('Project-URL')
    assert metadata['Description-Content-Type'] == 'text/markdown'
    assert metadata.get_payload().startswith('# mmdebias')
    classifiers = metadata.get_all('Classifier')
    assert not [line for line in classifiers if line.startswith('License')]
    decord = [line for line in metadata.get_all('Requires-Dist') if line.startswith('decord')]
    assert decord and all('platform_machine' in line for line in decord)  # no wheels for Arm


def python_blocks(text):
    return re.findall(r'^```python\n(.*?)^```', text, re.MULTILINE | re.DOTALL)


def test_the_lines_of_the_readme_run(installed, tmp_path):
    blocks = python_blocks(README)
    imports = [line for block in blocks for line in re.findall('^from mmdebias.*', block, re.M)]
    (operations,) = (block for block in blocks if 'mmdebias.ops' in block)
    (inheriting,) = (block for block in blocks if "'mmdebias::" in block)
    assert len(imports) >= 2
    (tmp_path / 'mine.py').write_text(inheriting)
    program = [
        *imports,
        operations.replace('112, 112', '32, 32'),
        'import mmdebias',
        'from mmengine.config import Config',
        "cfg = Config.fromfile('mine.py')",
        'print(mmdebias.__file__, cfg.model.type, cfg.train_dataloader.dataset.data_root)',
    ]
    (tmp_path / 'program.py').write_text('\n'.join(program))
    found, *config = run(installed / 'python', 'program.py', cwd=tmp_path).split()[-3:]
    assert Path(found).is_relative_to(installed.parent)
    assert config == ['MoCoRecognizer', '/my/videos']


def test_the_commands_start(installed, tmp_path):
    commands = re.findall(r"'(mmdebias-\w+) = ", (ROOT / 'setup.py').read_text())
    assert 'mmdebias-bias' in commands
    for command in commands:
        assert f'{command} --model' in run(installed / command, '--help', cwd=tmp_path)


def test_mim_trains_what_is_installed(installed, few_videos, tmp_path):
    pytest.importorskip('mim', reason='pip install --no-deps openmim model-index')
    options = [
        f'train_dataloader.dataset.data_root={few_videos}',
        'train_dataloader.dataset.data_prefix.video=',
        'train_dataloader.dataset.ann_file=train.txt',
        *('train_dataloader.batch_size=4', 'train_dataloader.num_workers=0'),
        *('train_dataloader.persistent_workers=False', 'train_cfg.max_epochs=1'),
    ]
    (config,) = installed.parent.rglob('.mim/configs/moco/r3d_toy.py')
    mim = ('-c', 'from mim.cli import cli; cli()', 'train', 'mmdebias', config)
    more = ('--gpus', 0, '--work-dir', tmp_path / 'run', '--cfg-options', *options)
    run(installed / 'python', *mim, *more, cwd=tmp_path)
    assert (tmp_path / 'run' / 'epoch_1.pth').exists()
