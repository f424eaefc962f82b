"""A workaround for parts of a config that cannot be built: which part, and which argument."""

import functools
from collections.abc import Callable, Mapping
from typing import Any


def explain_failed_builds() -> None:
    """Name the key of the config where a class does not take what the config gives it.

    mmengine 0.10.7 passes on what Python says of the call, ``ResNet3d.__init__() got an unexpected
    keyword argument 'dept'``, under a traceback through its registry that names no key. Here it is
    one error, a TypeError or a KeyError still, see :mod:`mmdebias.config_arguments`. What fails for
    other reasons is raised as it is, and knows the innermost part: :func:`built_part`.

    Models, data sets, transforms, hooks, metrics, loops and optimisers go through
    ``Registry.build``, but initialisations (``init_cfg``) and loaders do not.
    """
    from mmengine.model import weight_init
    from mmengine.registry import Registry
    from mmengine.runner import Runner
    from torch.utils.data import DataLoader

    if hasattr(Registry.build, 'mmdebias'):
        return

    original = Registry.build

    @functools.wraps(original)
    def build(self: Registry, cfg: Any, *args: Any, **kwargs: Any) -> Any:
        return _explained(self, cfg, lambda: original(self, cfg, *args, **kwargs))

    build.mmdebias = True
    Registry.build = build

    from_cfg = weight_init.build_from_cfg

    @functools.wraps(from_cfg)
    def build_from_cfg(cfg: Any, registry: Registry, *args: Any, **kwargs: Any) -> Any:
        return _explained(registry, cfg, lambda: from_cfg(cfg, registry, *args, **kwargs))

    weight_init.build_from_cfg = build_from_cfg

    loader = Runner.build_dataloader

    @functools.wraps(loader)
    def build_dataloader(dataloader: Any, *args: Any, **kwargs: Any) -> DataLoader:
        try:
            return loader(dataloader, *args, **kwargs)
        except TypeError as error:
            from mmdebias.config_arguments import explain_call

            given = dataloader if isinstance(dataloader, Mapping) else {}
            found = explain_call(given, DataLoader, error)
            if found is None:
                raise
            raise found from None

    Runner.build_dataloader = staticmethod(build_dataloader)


def _explained(registry: Any, cfg: Any, build: Callable[[], Any]) -> Any:
    try:
        return build()
    except Exception as error:
        # Not before it is needed: it imports mmaction.
        from mmdebias.config_arguments import explain, title
        from mmdebias.config_checks import ConfigError

        if not isinstance(cfg, Mapping) or isinstance(error, ConfigError) or built_part(error):
            raise
        found = explain(registry, cfg, error)
        if found is not None:
            raise found from None
        error.mmdebias_part = title(cfg)
        raise


def built_part(error: BaseException) -> str | None:
    """Return the part of a config whose building raised an error, ``model.backbone (ResNet3d)``."""
    return getattr(error, 'mmdebias_part', None)
