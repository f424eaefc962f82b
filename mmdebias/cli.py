"""Running MMAction2's own command-line tools with mmdebias registered."""

import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

from mmengine.config import Config


def run_mmaction_tool(name: str) -> None:
    """Run one of MMAction2's tools, such as ``train.py``, with the current ``sys.argv``.

    Its arguments and behaviour are MMAction2's because it is MMAction2's file: from the ``.mim``
    folder that an installed package carries, or from ``tools`` of a checkout. One thing is added,
    see :func:`work_dir_arguments`.

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
            sys.argv += work_dir_arguments(sys.argv[1:])
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
    path = next((Path(a) for a in arguments if a.endswith('.py')), None)
    if chosen or path is None or not path.is_file():
        return []
    parts = path.resolve().with_suffix('').parts
    if 'configs' not in parts[:-1] or Config.fromfile(path).get('work_dir') is not None:
        return []
    below = len(parts) - parts[::-1].index('configs')
    return ['--work-dir', str(Path('work_dirs', *parts[below:]))]
