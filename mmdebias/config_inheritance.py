"""Configs by name: to inherit in a config of one's own, and on command lines."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mmengine.config import Config

ENDINGS = ('.py', '.json', '.yaml', '.yml')
PACKAGE = Path(__file__).resolve().parent


def inherit_mmdebias_configs() -> None:
    """Make ``_base_ = 'mmdebias::fame/i3d_k400.py'`` work.

    mmengine 0.10.7 inherits only from the packages in its table ``MODULE2PACKAGE``, and gives what
    it inherits the package's own scope, while mmdebias registers into MMAction2's registries: the
    scope has to be 'mmaction'. The configs are in ``.mim/configs`` of an installed mmdebias, and
    next to the package in a checkout.
    """
    from mmengine.config import Config
    from mmengine.config.utils import MODULE2PACKAGE

    MODULE2PACKAGE.setdefault('mmdebias', 'mmdebias')
    original = Config._get_cfg_path
    if hasattr(original, 'mmdebias'):
        return

    @functools.wraps(original)
    def _get_cfg_path(cfg_path: str, filename: str) -> tuple[str, str | None]:
        package, _, name = cfg_path.partition('::')
        if package != 'mmdebias':
            return original(cfg_path, filename)
        folders = (PACKAGE / '.mim' / 'configs', PACKAGE.parent / 'configs')
        for folder in folders:
            if (folder / name).is_file():
                return str(folder / name), 'mmaction'
        raise FileNotFoundError(
            f'no config {name} in {" or ".join(map(str, folders))} (wanted by {filename})'
        )

    _get_cfg_path.mmdebias = True
    Config._get_cfg_path = staticmethod(_get_cfg_path)


def find_config(name: str | Path) -> Path:
    """Return the file of a config.

    Args:
        name: The file, or what ``_base_`` takes of an installed package: its name, ``::`` and a
            path below its configs, ``mmdebias::fame/i3d_k400.py`` or without the ending.

    Raises:
        FileNotFoundError: the package is not installed, or has no such config.
    """
    package, colons, inner = str(name).partition('::')
    if not colons:
        return Path(name)
    from mmengine.config import Config

    inner = inner if Path(inner).suffix in ENDINGS else f'{inner}.py'
    try:
        return Path(Config._get_cfg_path(f'{package}::{inner}', 'the command line')[0])
    except (OSError, ValueError, ImportError) as error:
        raise FileNotFoundError(
            f'there is no config {name}: {error}. Give a file, or a name such as '
            'mmdebias::fame/i3d_k400.py'
        ) from None


def read_config(name: str | Path) -> 'Config':
    """Read a config, by its file or its name, see :func:`find_config`.

    Raises:
        ConfigError: it cannot be run; names file and line.
        FileNotFoundError: it, or one that it inherits, is not there.
    """
    from mmengine.config import Config

    from mmdebias.config_checks import ConfigError

    path = find_config(name)
    try:
        return Config.fromfile(path)
    except SyntaxError as error:
        raise ConfigError(f'{path}, or a config that it inherits, is no Python: {error}') from None
    except OSError as error:
        if not path.is_file():
            raise FileNotFoundError(f'there is no config {path}') from None
        raise FileNotFoundError(f'{path} inherits what is not there: {error}') from None
    except Exception as error:  # a config is a program, and may raise anything
        place = _place_in_config(error)
        if place is None:
            raise
        raise ConfigError(f'{place}: {type(error).__name__}: {error}') from None


def without_scopes(value: Any) -> Any:
    """Return a part of a config as it is where it was inherited by a path, and not by a name.

    MMEngine notes ``_scope_`` in what comes from a package.
    """
    if isinstance(value, Mapping):
        return {key: without_scopes(part) for key, part in value.items() if key != '_scope_'}
    if isinstance(value, list | tuple):
        return type(value)(map(without_scopes, value))
    return value


def _place_in_config(error: BaseException) -> str | None:
    """Return file and line of a config that raised an error; None where something else did."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    # MMEngine runs the text of a config as a program without a module's name.
    if last is None or '__name__' in last.tb_frame.f_globals:
        return None
    return f'{last.tb_frame.f_code.co_filename}, line {last.tb_lineno}'
