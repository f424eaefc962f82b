"""ONNX files as models of a bias report."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from mmdebias.files import existing_file
from mmdebias.optional import import_optional
from mmdebias.provenance import file_sha256

from .clip_model import ClipModel, Run
from .clip_spec import ClipSpec, check_clip
from .outputs import Kind

INSTALL = 'pip install "mmdebias[onnx]"'
TYPES = dict(float='tensor(float)', uint8='tensor(uint8)')
"""ONNX's name of the values of a spec."""


def from_onnx(
    name: str,
    file: str | Path,
    clip: ClipSpec,
    output: Kind = 'scores',
    *,
    classes: Sequence[str] | None = None,
    batch_size: int = 8,
) -> ClipModel:
    """Return an ONNX file as a model of a bias report.

    Its one input takes the clips. Outputs named 'scores' (or 'logits') and 'features' are taken by
    their names; an only output is what ``output`` says. onnxruntime runs it, on the GPU where its
    build has one.

    Args:
        name: In the report.
        file: The model, with weights inside or beside it.
        clip: The clips that it takes; where the file states a shape, it has to be theirs.
        output: 'scores', or 'features', on which the report trains a linear layer.
        classes: Names of the scores, in their order, where labels are names.
        batch_size: Clips that it takes at once; a file with a fixed number takes that.

    Raises:
        FileNotFoundError: there is no such file.
        MissingPackageError: onnxruntime is not installed.
        ValueError: it is no ONNX, has several inputs, or takes other clips than the spec's.
    """
    check_clip(name, clip)
    path = existing_file(name, file, 'give an ONNX file')
    session = _open(name, path)
    fixed = _check_input(name, session, clip)
    version = import_optional('onnxruntime', name, INSTALL).__version__
    return ClipModel(
        name=name,
        clip=clip,
        load=partial(_load, name, path),
        source=f'ONNX with onnxruntime {version}, {path}',
        output=output,
        classes=None if classes is None else tuple(classes),
        fingerprint=file_sha256(path),
        batch_size=fixed or batch_size,
        has_features=any(found.name == 'features' for found in session.get_outputs()),
    )


def _open(name: str, path: Path) -> Any:
    runtime = import_optional('onnxruntime', f'{name} ({path})', INSTALL)
    options = runtime.SessionOptions()
    options.log_severity_level = 3  # errors
    try:
        return runtime.InferenceSession(
            str(path), options, providers=runtime.get_available_providers()
        )
    except Exception as error:  # of classes that onnxruntime keeps to itself
        reason = str(error).strip().splitlines()[0]
        raise ValueError(f'{name}: {path} is no ONNX model ({reason}): export it anew.') from error


def _load(name: str, path: Path) -> Run:
    session = _open(name, path)
    (given,) = session.get_inputs()
    outputs = [found.name for found in session.get_outputs()]

    def run(clips: Tensor) -> Any:
        several = clips.numpy()
        if isinstance(given.shape[0], int):  # the last of a fixed number may be fewer
            several = np.resize(several, (given.shape[0], *several.shape[1:]))
        found = [part[: len(clips)] for part in session.run(None, {given.name: several})]
        return found[0] if len(found) == 1 else dict(zip(outputs, found))

    return run


def _check_input(name: str, session: Any, clip: ClipSpec) -> int | None:
    """Return the number of clips that the file takes at once; None where it takes any.

    Raises:
        ValueError: it takes other clips than the spec's.
    """
    inputs = session.get_inputs()
    if len(inputs) != 1:
        names = ', '.join(found.name for found in inputs)
        raise ValueError(f'{name} has {len(inputs)} inputs ({names}): clips are one.')
    shape, kind = inputs[0].shape, inputs[0].type
    if kind != TYPES[clip.values]:
        raise ValueError(
            f'{name} takes {kind}, and values={clip.values!r} are {TYPES[clip.values]}: give the '
            'clip spec that it was exported for.'
        )
    fits = len(shape) == 5 and all(
        wanted == side for wanted, side in zip(shape[1:], clip.shape) if isinstance(wanted, int)
    )
    if not fits:
        raise ValueError(
            f'{name} takes clips {shape}, and those of the spec are [N, '
            f'{", ".join(map(str, clip.shape))}] ({clip}): give the clip spec that it was exported '
            'for.'
        )
    return shape[0] if isinstance(shape[0], int) else None
