"""PyTorch's own models for a bias report: a module, any callable, a TorchScript file."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from mmdebias.files import existing_file
from mmdebias.provenance import file_sha256

from .clip_model import ClipModel, Run
from .clip_spec import ClipSpec
from .outputs import Kind


def from_module(
    name: str,
    model: nn.Module | Callable[[Tensor], Any],
    clip: ClipSpec,
    output: Kind = 'scores',
    *,
    classes: Sequence[str] | None = None,
    has_features: bool = False,
    version: str = '',
    batch_size: int = 8,
) -> ClipModel:
    """Return a module, or any callable, as a model of a bias report.

    A module is called in eval mode, on the device of its parameters, and left in the mode it was
    in. Its code cannot be told from other code, so nothing of it is kept from one report to the
    next unless ``version`` says that it is the same.

    Args:
        name: In the report.
        model: From clips, a tensor ``[N, *clip.shape]`` of the spec's values, to scores
            ``[N, classes]`` (logits or probabilities) or features: ``[N, C]``, maps
            ``[N, C, T, H, W]`` or tokens ``[N, L, C]``, which are averaged. A dict of 'scores' and
            'features' gives both, where ``has_features`` says so.
        clip: The clips that it takes.
        output: 'scores', or 'features', on which the report trains a linear layer.
        classes: Names of the scores, in their order, where labels are names.
        has_features: Whether it returns a dict with 'features' beside its scores.
        version: Names code and weights, so that a report that was interrupted goes on; with
            ``name``, so models of other names may have the same.
        batch_size: Clips that it takes at once.

    Raises:
        TypeError: ``model`` cannot be called.
        ValueError: see :class:`ClipModel`.
    """
    if not callable(model):
        raise TypeError(f'model={model!r} of {name} must be a module or a function of clips.')
    kind = type(model).__name__ if isinstance(model, nn.Module) else _callable_name(model)
    return ClipModel(
        name=name,
        clip=clip,
        load=lambda: _on_its_device(model),
        source=f'{kind}, of a program{f", version {version}" if version else ""}',
        output=output,
        classes=None if classes is None else tuple(classes),
        # Two nets of a program may be of one class and one version, and have other weights.
        fingerprint=f'{kind} {name} {version}' if version else '',
        of_files=False,
        batch_size=batch_size,
        has_features=has_features,
    )


def from_torchscript(
    name: str,
    file: str | Path,
    clip: ClipSpec,
    output: Kind = 'scores',
    *,
    classes: Sequence[str] | None = None,
    has_features: bool = False,
    batch_size: int = 8,
) -> ClipModel:
    """Return a TorchScript file as a model of a bias report.

    It runs on the GPU where there is one.

    Args:
        name: In the report.
        file: Of ``torch.jit.save``; its operations are run, as of any TorchScript file.
        clip: As in :func:`from_module`.
        output: As in :func:`from_module`.
        classes: As in :func:`from_module`.
        has_features: As in :func:`from_module`.
        batch_size: As in :func:`from_module`.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no TorchScript; see :class:`ClipModel`, too.
    """
    path = existing_file(name, file, 'give a file of torch.jit.save')
    _load_script(name, path)
    return ClipModel(
        name=name,
        clip=clip,
        load=lambda: _on_its_device(_load_script(name, path)),
        source=f'TorchScript, {path}',
        output=output,
        classes=None if classes is None else tuple(classes),
        fingerprint=file_sha256(path),
        batch_size=batch_size,
        has_features=has_features,
    )


def on_device(module: nn.Module) -> nn.Module:
    """Return a module in eval mode, on the GPU where there is one."""
    return module.eval().to('cuda' if torch.cuda.is_available() else 'cpu')


def _load_script(name: str, path: Path) -> nn.Module:
    try:
        with warnings.catch_warnings():
            # torch.jit is deprecated, its files are there.
            warnings.simplefilter('ignore', DeprecationWarning)
            module: nn.Module = torch.jit.load(path, map_location='cpu')  # type: ignore[no-untyped-call]
    except RuntimeError as error:
        reason = str(error).strip().splitlines()[0]
        raise ValueError(
            f'{name}: {path} is no TorchScript ({reason}): give a file of torch.jit.save; weights '
            'alone need their module, see from_module.'
        ) from error
    return on_device(module)


def _on_its_device(model: nn.Module | Callable[[Tensor], Any]) -> Run:
    if not isinstance(model, nn.Module):
        return model
    first = next(model.parameters(), next(model.buffers(), torch.empty(0)))

    def run(clips: Tensor) -> Any:
        with _evaluating(model):
            return model(clips.to(first.device))

    return run


@contextlib.contextmanager
def _evaluating(model: nn.Module) -> Iterator[None]:
    """Put a module into eval mode inside the block, each of its parts back into its own after."""
    training = [part for part in model.modules() if part.training]
    model.eval()
    try:
        yield
    finally:
        for part in training:
            part.training = True


def _callable_name(model: Callable[..., Any]) -> str:
    return str(getattr(model, '__qualname__', type(model).__name__))
