"""Workarounds for MMAction2 1.2.0: modules that are missing or cannot be imported, hue jitter, an
ignored ``init_cfg``."""

import functools
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

DRN_PACKAGE = 'mmaction.models.localizers.drn'
# What VindLU imports of transformers.modeling_utils and newer ones lack.
VINDLU_NAMES = ('apply_chunking_to_forward', 'find_pruneable_heads_and_indices')


class _DrnFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Supplies ``mmaction.models.localizers.drn.drn`` with a DRN that can only say it is missing.

    Stands last in ``sys.meta_path``, so that real files, wherever they come from, are found first.
    """

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in (DRN_PACKAGE, f'{DRN_PACKAGE}.drn'):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=fullname == DRN_PACKAGE)

    def exec_module(self, module: ModuleType) -> None:
        if module.__name__ == DRN_PACKAGE:
            return
        from mmaction.registry import MODELS

        class DRN:
            """Say what is missing."""

            def __init__(self, *args: Any, **kwargs: Any) -> None:
                raise ImportError(
                    f"mmaction2's wheel lacks {DRN_PACKAGE}, and with it DRN "
                    '(open-mmlab/mmaction2#2714). Install mmaction2 from its repository:\n'
                    '  git clone https://github.com/open-mmlab/mmaction2.git\n'
                    '  pip install -e mmaction2'
                )

        DRN.__module__ = module.__name__
        # Registered so that a config with type='DRN' reads the message above and not 'DRN is not in
        # the registry'.
        module.DRN = MODELS.register_module(module=DRN)


def supply_missing_drn() -> None:
    """Make ``import mmaction.models`` work.

    mmaction2 1.2.0's wheel lacks ``mmaction/models/localizers/drn`` (no ``__init__.py``, so its
    setup.py did not find the package), which ``mmaction.models.localizers`` imports:
    open-mmlab/mmaction2#2714. Does nothing where the folder exists. Looks at files: importing
    ``mmaction.models`` is what would fail.
    """
    spec = importlib.util.find_spec('mmaction')
    if spec is None or any(isinstance(finder, _DrnFinder) for finder in sys.meta_path):
        return
    folders = [
        Path(root, 'models', 'localizers', 'drn') for root in spec.submodule_search_locations or ()
    ]
    if not any((folder / 'drn.py').is_file() for folder in folders):
        sys.meta_path.append(_DrnFinder())


def leave_out_vindlu() -> None:
    """Make ``import mmaction.models`` work beside a transformers that its VindLU cannot use.

    mmaction2 1.2.0 imports VindLU wherever transformers 4.28 or later is installed, for whatever
    purpose. VindLU needs timm as well, which is not looked for, and names of
    ``transformers.modeling_utils`` that transformers 5 has no more: an ImportError of all models.
    Here VindLU is left out, as where there is no transformers: its names say what they need. Looks
    at files: importing transformers takes seconds.
    """
    from mmaction.utils import dependency

    if dependency.WITH_MULTIMODAL and not _vindlu_finds_its_names():
        dependency.WITH_MULTIMODAL = False


def _vindlu_finds_its_names() -> bool:
    spec = importlib.util.find_spec('transformers')
    files = [
        Path(root, 'modeling_utils.py') for root in (spec and spec.submodule_search_locations) or ()
    ]
    text = ''.join(file.read_text(encoding='utf-8') for file in files if file.is_file())
    return importlib.util.find_spec('timm') is not None and all(
        name in text for name in VINDLU_NAMES
    )


def _adjust_hue(img: np.ndarray, factor: float) -> np.ndarray:
    """Do ``ColorJitter.adjust_hue`` in int16: [H, W, 3] RGB in 0..255 -> the same, float32."""
    import cv2

    hsv = cv2.cvtColor(np.clip(img, 0, 255).astype(np.uint8), cv2.COLOR_RGB2HSV)
    hsv[..., 0] = (hsv[..., 0].astype(np.int16) + int(factor * 255)) % 180
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB).astype(np.float32)


def jitter_hue_in_wide_integers() -> None:
    """Mend MMAction2's ``ColorJitter`` under NumPy 2.

    mmaction2 1.2.0's ``adjust_hue`` adds a Python int to a uint8 array. NumPy 2 raises
    OverflowError for a negative one; NumPy 1 went to int16 for a negative one and wrapped at 256,
    before the ``% 180``, for a positive one. The hue is a circle of 180 steps, so that wrap was a
    bug, which shows for factors above 0.3 (0.1 is the default): here the sum is exact, which equals
    NumPy 1 for every factor from -0.5 to 0.3.
    """
    from mmaction.datasets.transforms import ColorJitter

    try:
        ColorJitter.adjust_hue(np.zeros((1, 1, 3), np.uint8), -0.1)
    except OverflowError:
        ColorJitter.adjust_hue = staticmethod(_adjust_hue)


def _honour_pretrained(cls: type) -> None:
    """Have ``cls.init_weights`` end by loading what ``init_cfg`` calls Pretrained."""
    from mmengine.model import PretrainedInit, initialize

    original = vars(cls).get('init_weights')
    if original is None or hasattr(original, 'mmdebias'):
        return

    @functools.wraps(original)
    def init_weights(self: Any, *args: Any, **kwargs: Any) -> None:
        init_cfg = self.init_cfg
        cfgs = [init_cfg] if isinstance(init_cfg, dict) else list(init_cfg or ())
        pretrained = [cfg for cfg in cfgs if cfg['type'] in ('Pretrained', PretrainedInit)]
        # Hidden meanwhile, so that a subclass's call of `super().init_weights()` does not load
        # early: what the subclass initialises afterwards would overwrite it.
        self.init_cfg = [cfg for cfg in cfgs if cfg not in pretrained] or None
        try:
            original(self, *args, **kwargs)
        finally:
            self.init_cfg = init_cfg
        if pretrained:
            initialize(self, pretrained)

    init_weights.mmdebias = True
    cls.init_weights = init_weights


def honour_pretrained_init_cfg() -> None:
    """Make ``init_cfg=dict(type='Pretrained', checkpoint=...)`` work for the ResNet3d family.

    mmaction2 1.2.0's ``init_weights`` of ResNet3d, ResNet3dLayer and the SlowFast classes (so also
    of SlowOnly, CSN and R(2+1)D) override BaseModule's and look only at the argument
    ``pretrained``: ``init_cfg`` is ignored without a word. As in BaseModule, Pretrained comes last.
    Other kinds of ``init_cfg`` stay ignored: honouring them would change how existing MMAction2
    configs start.
    """
    from mmaction.models.backbones import resnet3d, resnet3d_slowfast

    for cls in (
        resnet3d.ResNet3d,
        resnet3d.ResNet3dLayer,
        resnet3d_slowfast.ResNet3dPathway,
        resnet3d_slowfast.ResNet3dSlowFast,
    ):
        _honour_pretrained(cls)
