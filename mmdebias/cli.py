"""Running MMAction2's own command-line tools with mmdebias registered."""

import argparse
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

from mmengine.config import Config


def run_mmaction_tool(name: str) -> None:
    """Run one of MMAction2's tools, such as ``train.py``, with the current ``sys.argv``.

    Its arguments and behaviour are MMAction2's because it is MMAction2's file: from the ``.mim``
    folder that an installed package carries, or from ``tools`` of a checkout. Two things are added,
    see :func:`work_dir_arguments` and :func:`seed_arguments`.

    Args:
        name: File name of the tool.

    Raises:
        FileNotFoundError: this installation of MMAction2 has no such tool.
    """
    import mmaction

    package = Path(mmaction.__file__).parent
    candidates = [package / '.mim' / 'tools' / name, package.parent / 'tools' / name]
    for path in candidates:
        if path.exists():
            given = sys.argv[1:]
            sys.argv += [*work_dir_arguments(given), *seed_arguments(given)]
            runpy.run_path(str(path), run_name='__main__')
            return
    raise FileNotFoundError(
        f'MMAction2 has no tools/{name}: looked at {" and ".join(map(str, candidates))}. '
        'Reinstall it: pip install mmaction2==1.2.0'
    )


def work_dir_arguments(arguments: Sequence[str]) -> list[str]:
    """Return what gives each config a work directory of its own, for a command line.

    MMAction2 takes the config's file name: ``fame/i3d_ucf101.py`` and ``finetune/i3d_ucf101.py``
    would share ``work_dirs/i3d_ucf101``, and ``--resume`` would go on from the other's checkpoint.
    Where the config lies below a folder ``configs``, its place there is taken too.

    Args:
        arguments: Of MMAction2's ``train.py`` or ``test.py``.

    Returns:
        ``['--work-dir', 'work_dirs/fame/i3d_ucf101']``, or nothing where a work directory is named,
        on the command line or in the config, or the config lies elsewhere.
    """
    chosen = any(a.split('=')[0] in ('--work-dir', 'work_dir') for a in arguments)
    path = _find_config(arguments)
    if chosen or path is None:
        return []
    parts = path.resolve().with_suffix('').parts
    if 'configs' not in parts[:-1] or Config.fromfile(path).get('work_dir') is not None:
        return []
    below = len(parts) - parts[::-1].index('configs')
    return ['--work-dir', str(Path('work_dirs', *parts[below:]))]


def seed_arguments(arguments: Sequence[str]) -> list[str]:
    """Return what makes ``--seed`` count, and ``--deterministic``, for a command line.

    MMAction2 passes over them where the config has ``randomness``, as ours have for
    ``diff_rank_seed``: they go into that.

    Args:
        arguments: Of MMAction2's ``train.py``.

    Returns:
        ``['--cfg-options', 'randomness.seed=0']``, or nothing where none is given, or the config
        leaves them to MMAction2.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument('--seed')
    parser.add_argument('--deterministic', action='store_const', const='True')
    try:
        given = vars(parser.parse_known_args(arguments)[0])
    except argparse.ArgumentError:  # MMAction2 will say what is wrong
        return []
    options = [f'randomness.{key}={value}' for key, value in given.items() if value is not None]
    path = _find_config(arguments)
    if not options or path is None or Config.fromfile(path).get('randomness') is None:
        return []
    return ['--cfg-options', *options]


def _find_config(arguments: Sequence[str]) -> Path | None:
    return next((Path(a) for a in arguments if a.endswith('.py') and Path(a).is_file()), None)
