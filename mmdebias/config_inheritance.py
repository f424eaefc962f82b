"""Inheriting mmdebias's configs by name in a config of one's own."""

import functools
from pathlib import Path

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
