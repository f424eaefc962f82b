"""Wrong mmcv and OpenCV are reported; packages and configs are found; what is declared."""

import re
import sys
import warnings
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import mmengine
import pytest
from mmengine.config import Config
from mmengine.utils import package_utils
from mmengine.utils.dl_utils import misc
from packaging.requirements import Requirement

from helpers.running import ROOT, run
from mmdebias import compat
from mmdebias.compat import installation

# mmcv

UNINSTALL = 'pip uninstall -y mmcv mmcv-lite'
MISSING_OPS = 'Fail to import ``MultiScaleDeformableAttention`` from ``mmcv.ops'


def make_mmcv(**attributes):
    mmcv = type(sys)('mmcv')
    vars(mmcv).update(attributes)
    return mmcv


@pytest.mark.parametrize(
    'mmcv, says',
    [
        (make_mmcv(__version__='2.2.0'), ['too new', UNINSTALL]),
        (make_mmcv(__version__='2.0.0rc3'), ['too old', UNINSTALL]),
        (make_mmcv(__version__='1.7.2'), ['too old', UNINSTALL]),
        (make_mmcv(), ['no __version__']),
        (None, ['not installed']),
    ],
)
def test_unfit_mmcv(mmcv, says, monkeypatch):
    monkeypatch.setitem(sys.modules, 'mmcv', mmcv)
    with pytest.raises(ImportError) as error:
        compat.check_mmcv()
    commands = ['pip install "mmcv-lite>=2.0.0,<2.2.0"', 'mim install "mmcv>=2.0.0,<2.2.0"']
    for words in [*says, *commands, 'Never install mmcv-lite over a full mmcv']:
        assert words in str(error.value)


@pytest.mark.parametrize('version', ['2.0.0rc4', '2.0.1', '2.1.0'])
def test_fit_mmcv(version, monkeypatch):
    monkeypatch.setitem(sys.modules, 'mmcv', make_mmcv(__version__=version))
    compat.check_mmcv()


def test_mmcv_is_checked_before_mmaction_asserts(tmp_path, python):
    (tmp_path / 'mmcv').mkdir()
    (tmp_path / 'mmcv' / '__init__.py').write_text('__version__ = "2.2.0"\n')
    with pytest.raises(pytest.fail.Exception, match='exited with 1') as failure:
        python(['-c', 'import mmdebias'], tmp_path, ROOT)
    assert 'AssertionError' not in str(failure.value)
    assert 'ImportError: mmcv 2.2.0 is too new' in str(failure.value)


def test_import_is_silent(stock, needed):
    if installation.is_installed('mmcv-lite'):
        needed(any(message.startswith(MISSING_OPS) for message in stock['mmcv_ops']))
    assert run([sys.executable, '-c', 'import mmdebias'], env=dict(PYTHONWARNINGS='')) == ''


@pytest.mark.parametrize('full', [False, True])
def test_mmcvs_operators_are_looked_for_without_find_loader(full, tmp_path, monkeypatch):
    monkeypatch.setattr(misc, 'pkgutil', SimpleNamespace())  # as it is on Python 3.14
    with pytest.raises(AttributeError):
        misc.mmcv_full_available()
    compat.find_modules_on_python_3_14()
    if full:
        (tmp_path / '_ext.py').touch()
    monkeypatch.setattr(sys.modules['mmcv'], '__path__', [str(tmp_path)])
    assert misc.mmcv_full_available() == full


def test_only_missing_mmcv_ops_are_hushed():
    module = 'mmcv.cnn.bricks.transformer'
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        compat.hush_missing_mmcv_ops()
        filters = list(warnings.filters)
        compat.hush_missing_mmcv_ops()
        assert warnings.filters == filters
        warnings.warn_explicit(MISSING_OPS, UserWarning, 'file', 1, module)
        assert not caught
        warnings.warn_explicit(MISSING_OPS, UserWarning, 'file', 1, f'{module}s')
        warnings.warn_explicit(f'Else: {MISSING_OPS}', UserWarning, 'file', 1, module)
        warnings.warn_explicit(MISSING_OPS, RuntimeWarning, 'file', 1, module)
    assert len(caught) == 3


# OpenCV


@pytest.mark.parametrize(
    'installed, says',
    [
        ({'opencv-python': '4.11.0.86', 'opencv-contrib-python': '4.11.0.86'}, None),
        ({'opencv-python-headless': '4.8.1.78'}, None),
        ({}, None),
        ({'opencv-python': '4.12.0.88', 'opencv-contrib-python': '4.11.0.86'}, 'a mixture'),
        ({'opencv-python': '4.11.0.86', 'opencv-python-headless': '4.10.0.84'}, 'a mixture'),
        ({'opencv-python': '5.0.0.93', 'opencv-contrib-python': '5.0.0.93'}, None),
        ({'opencv-python': '5.0.0.93', 'opencv-contrib-python': '5.1.0.95'}, 'a mixture'),
    ],
)
def test_opencv_wheels(installed, says, monkeypatch):
    def version(name):
        if name not in installed:
            raise metadata.PackageNotFoundError(name)
        return installed[name]

    monkeypatch.setattr(installation.metadata, 'version', version)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        compat.check_opencv()
    if says is None:
        assert not caught
    else:
        (warning,) = caught
        assert says in str(warning.message)
        for name in installed:
            assert f'"{name}=={installation.OPENCV_KNOWN_GOOD}"' in str(warning.message)


# Packages and configs without pkg_resources


def test_editable_install_is_found(sandbox, stock, needed, monkeypatch):
    needed(stock['editable'] is False)  # a folder in site-packages that does not exist
    monkeypatch.syspath_prepend(sandbox / 'site')
    monkeypatch.syspath_prepend(sandbox / 'checkout')
    home = str(sandbox / 'checkout' / 'editable_dummy')
    for name in ('editable_dummy', 'editable-dummy'):
        assert mmengine.utils.is_installed(name)
        assert mmengine.utils.get_installed_path(name) == home


def test_package_and_module_names(tmp_path, monkeypatch):
    import mmaction

    home = str(Path(mmaction.__file__).parent)
    for name in ('mmaction', 'mmaction2'):
        assert mmengine.utils.is_installed(name)
        assert mmengine.utils.get_installed_path(name) == home
    assert not mmengine.utils.is_installed('no-such-package')
    with pytest.raises(metadata.PackageNotFoundError):
        mmengine.utils.get_installed_path('no-such-package')
    # A clone of the repository in the working directory is no package.
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / 'mmaction2').mkdir()
    assert mmengine.utils.get_installed_path('mmaction2') == home
    (tmp_path / 'space').mkdir()
    assert not mmengine.utils.is_installed('space')
    with pytest.raises(RuntimeError, match='namespace'):
        mmengine.utils.get_installed_path('space')


def test_every_copy_of_the_functions_is_replaced():
    import mmengine.hub.hub

    for module in (package_utils, mmengine.utils, mmengine.config.config, mmengine.hub.hub):
        assert module.get_installed_path is installation.get_installed_path
    for module in (package_utils, mmengine.utils, mmengine.config.config):
        assert module.is_installed is installation.is_installed


@pytest.fixture
def config_file(tmp_path):
    """`config_file(text, path)`: a config written under tmp_path."""

    def write(text, path='mine.py'):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
        return tmp_path / path

    return write


def test_configs_are_inherited_without_pkg_resources(stock, needed, config_file, monkeypatch):
    needed(stock['pkg_resources'].startswith(('ModuleNotFoundError', 'ImportError')))
    monkeypatch.setitem(sys.modules, 'pkg_resources', None)
    mine = config_file("_base_ = 'mmaction::_base_/default_runtime.py'\n")
    assert Config.fromfile(mine).env_cfg.dist_cfg.backend == 'nccl'


# What is declared


def declared(name):
    pattern = rf'^\s*[\'"]?({name}\b[^\'"#\n]*)'
    return re.findall(pattern, (ROOT / 'setup.py').read_text(), re.MULTILINE)


def test_requirements():
    assert declared('importlib[_-]metadata')  # MMAction2 imports it and does not say so
    assert [re.sub(r'\s', '', found) for found in declared('setuptools')] == ['setuptools<81']
    for name in ('torchvision', 'mmcv', 'mmcv-lite'):
        assert not declared(name)


SETS = ['constraints.txt', 'constraints-newest.txt', 'constraints-oldest.txt']


def pins(file, python):
    """Versions that a file of constraints names, by package, on a Python."""
    lines = (ROOT / file).read_text().splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith('#')]
    environment = dict(python_version=python)
    found = [pin for pin in found if not pin.marker or pin.marker.evaluate(environment)]
    versions = {pin.name.lower(): str(pin.specifier).removeprefix('==') for pin in found}
    assert len(versions) == len(found)
    return versions


@pytest.mark.parametrize('file', SETS)
def test_opencv_is_pinned_to_one_version(file):
    versions = pins(file, '3.10')
    assert versions['opencv-python'] == versions['opencv-contrib-python']
    if file == 'constraints.txt':
        assert versions['opencv-python'] == installation.OPENCV_KNOWN_GOOD
        assert installation.OPENCV_KNOWN_GOOD.startswith('4.')


@pytest.mark.parametrize('python', ['3.10', '3.11', '3.12', '3.13', '3.14'])
def test_sets_of_versions_hold_the_same_packages_on_every_python(python):
    usual, newest, oldest = (pins(file, python) for file in SETS)
    assert set(usual) == set(newest)
    # Old TensorBoard takes a newer protobuf, which it does not run with.
    assert set(oldest) == {*usual, 'protobuf'}


def test_the_oldest_set_is_the_oldest_that_is_taken():
    oldest = pins('constraints-oldest.txt', '3.10')
    declared = [Requirement(line) for line in metadata.requires('mmdebias')]
    floors = {
        (need.name.lower(), bound.version)
        for need in declared
        for bound in need.specifier
        if bound.operator == '>=' and need.name in oldest
    }
    assert {name for name, _ in floors} >= {'torch', 'numpy', 'mmengine', 'kornia', 'opencv-python'}
    for name, floor in floors:
        # 2.6 is tested as 2.6.0, and 0.10.6 as itself.
        assert f'{oldest[name]}.'.startswith(f'{floor}.'), (name, floor)
