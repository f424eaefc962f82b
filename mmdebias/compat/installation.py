"""Workarounds for what is installed beside mmdebias: mmcv, OpenCV, pkg_resources."""

import importlib
import importlib.util
import sys
import warnings
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

MMCV_MIN, MMCV_MAX = '2.0.0rc4', '2.2.0'
MMCV_INSTALL = """\
  pip install "mmcv-lite>=2.0.0,<2.2.0"
      (a wheel, and all mmdebias needs), or
  pip install openmim && mim install "mmcv>=2.0.0,<2.2.0"
      (full mmcv, with its compiled operators).
Never install mmcv-lite over a full mmcv: both own the folder `mmcv`."""
MMCV_UNINSTALL = """\
First remove it (names that are not installed are skipped):
  pip uninstall -y mmcv mmcv-lite mmcv-full
then"""

OPENCV_WHEELS = (
    'opencv-python',
    'opencv-contrib-python',
    'opencv-python-headless',
    'opencv-contrib-python-headless',
)
OPENCV_KNOWN_GOOD = '4.11.0.86'  # as in constraints.txt: runs with NumPy 1.26 and with NumPy 2


def check_mmcv() -> None:
    """Turn a missing or unfit mmcv into an error that names the commands that mend it.

    mmaction2 1.2.0 does not declare mmcv (pip cannot choose between ``mmcv`` and ``mmcv-lite``),
    imports it first thing and asserts 2.0.0rc4 <= mmcv < 2.2.0: a bare ModuleNotFoundError or
    AssertionError. Must run before anything imports mmaction.
    """
    from mmengine.utils import digit_version

    try:
        import mmcv
    except ModuleNotFoundError as error:
        if error.name != 'mmcv':  # mmcv is there and lacks something of its own: say that, not this
            raise
        raise ImportError(
            f'mmaction2 needs mmcv, which is not installed. Install it with\n{MMCV_INSTALL}'
        ) from None
    version = getattr(mmcv, '__version__', None)
    if version is None:
        raise ImportError(
            f'`import mmcv` found {list(getattr(mmcv, "__path__", []))}, which has no __version__ '
            f'and so is not mmcv. Install it with\n{MMCV_INSTALL}'
        )
    if digit_version(version) < digit_version(MMCV_MIN):
        age = 'old'
    elif digit_version(version) >= digit_version(MMCV_MAX):
        age = 'new'
    else:
        return
    raise ImportError(
        f'mmcv {version} is too {age}: mmaction2 needs mmcv>={MMCV_MIN},<{MMCV_MAX}. '
        f'{MMCV_UNINSTALL}\n{MMCV_INSTALL}'
    )


def check_opencv() -> None:
    """Warn about OpenCV wheels that overwrite each other.

    mmaction2 1.2.0 asks for opencv-contrib-python, mmengine 0.10.7 and mmcv 2.1.0 for
    opencv-python, none with a version. Each wheel writes the same ``cv2`` folder, so two versions
    leave a mixture; and the newest are two, 5.1.0.95 and 5.0.0.93.
    """
    found = {}
    for wheel in OPENCV_WHEELS:
        try:
            found[wheel] = metadata.version(wheel)
        except metadata.PackageNotFoundError:
            continue
    if len(set(found.values())) < 2:
        return
    installed = ', '.join(f'{wheel} {version}' for wheel, version in found.items())
    pins = ' '.join(f'"{wheel}=={OPENCV_KNOWN_GOOD}"' for wheel in found)
    warnings.warn(
        f'OpenCV is installed as {installed}: they all write the one folder `cv2`, so different '
        'versions leave a mixture. Install one version, from scratch:\n'
        f'  pip uninstall -y {" ".join(found)}\n  pip install {pins}',
        stacklevel=2,
    )


def hush_missing_mmcv_ops() -> None:
    """Silence the advice, at every import, to install mmcv for an operator.

    mmcv-lite 2.1.0's ``mmcv.cnn.bricks.transformer`` warns that MultiScaleDeformableAttention is
    missing; mmdebias uses none of mmcv's operators. Must run before anything imports that module,
    as ``mmaction.models`` does.
    """
    warnings.filterwarnings(
        'ignore',
        message='Fail to import ``MultiScaleDeformableAttention``',
        category=UserWarning,
        module=r'mmcv\.cnn\.bricks\.transformer$',
    )


def _find_module(package: str) -> str:
    """Return the module a distribution installs: mmaction2 -> mmaction, mmcv-lite -> mmcv."""
    from mmengine.config.utils import MODULE2PACKAGE

    for module, name in MODULE2PACKAGE.items():
        if name == package:
            return module
    top_level = (metadata.distribution(package).read_text('top_level.txt') or '').split()
    return top_level[0] if top_level else package


def is_installed(package: str) -> bool:
    """Return whether there is a distribution, or failing that a module (no namespace), of this
    name."""
    try:
        metadata.distribution(package)
    except metadata.PackageNotFoundError:
        spec = importlib.util.find_spec(package)
        return spec is not None and spec.origin is not None
    return True


def get_installed_path(package: str) -> str:
    """Return the folder of an installed package, given by its module's name or its distribution's.

    Asks the import system, which knows editable installs of every kind, and metadata only for the
    module's name.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        try:
            spec = importlib.util.find_spec(_find_module(package)) or spec
        except metadata.PackageNotFoundError:
            if spec is None:
                raise
    if spec is None:
        raise metadata.PackageNotFoundError(package)
    if spec.origin is None:
        raise RuntimeError(
            f'{package} is a namespace package, which is invalid for `get_installed_path`'
        )
    return str(Path(spec.origin).parent)


def replace_everywhere(old: Callable, new: Callable) -> None:
    """Put ``new`` wherever a loaded module holds ``old`` by its name: ``from`` imports copy it."""
    for module in list(sys.modules.values()):
        if getattr(module, '__dict__', {}).get(old.__name__) is old:
            setattr(module, old.__name__, new)


def find_modules_on_python_3_14() -> None:
    """Let MMEngine see on Python 3.14 whether mmcv has its compiled operators.

    mmengine 0.10.7 asks ``pkgutil.find_loader``, which Python 3.14 has no more, whenever it builds
    an optimizer or makes a model ready for one process: an AttributeError.
    """
    from mmengine.utils.dl_utils import misc

    if not hasattr(misc.pkgutil, 'find_loader'):
        misc.pkgutil = SimpleNamespace(find_loader=importlib.util.find_spec)


def find_packages_without_pkg_resources() -> None:
    """Let ``mmaction::...`` configs work without pkg_resources and with editable installs.

    mmengine 0.10.7's ``is_installed`` and ``get_installed_path`` import pkg_resources: gone from
    setuptools 82, slow and deprecated before. They also take ``site-packages`` for the home of a
    PEP 660 editable install (``pip install -e``), where its package is not.
    open-mmlab/mmengine#1676 (merged, not released) still imports pkg_resources in the one and takes
    the parent of site-packages in the other, so both are replaced whatever the version; the
    replacements keep upstream's contract.
    """
    from mmengine.utils import package_utils

    for new in (is_installed, get_installed_path):
        old = getattr(package_utils, new.__name__)
        if old is not new:
            replace_everywhere(old, new)
