"""Running MMAction2's own command-line tools with mmdebias registered."""

import runpy
from pathlib import Path


def run_mmaction_tool(name: str) -> None:
    """Run one of MMAction2's tools, such as ``train.py``, with the current ``sys.argv``.

    Its arguments and behaviour are MMAction2's because it is MMAction2's file: from the ``.mim``
    folder that an installed package carries, or from ``tools`` of a checkout.

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
            runpy.run_path(str(path), run_name='__main__')
            return
    raise FileNotFoundError(
        f'MMAction2 has no tools/{name}: looked at {" and ".join(map(str, candidates))}. '
        'Reinstall it: pip install mmaction2==1.2.0'
    )
