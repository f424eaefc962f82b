"""Encoders as programs that run without mmdebias: ONNX and TorchScript."""

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor, nn

from .reading import CheckpointError

INSTALL = "pip install 'mmdebias[export]'"


def export_torchscript(encoder: nn.Module, path: str | Path, size: tuple[int, int, int]) -> float:
    """Write an encoder as TorchScript, for clips of one size and batches of any, and check it.

    Args:
        encoder: From clips [N, 3, T, H, W], normalised, to a feature map.
        path: The file; its folder is made.
        size: Frames, height and width (T, H, W) of the clips.

    Returns:
        The largest difference between its features and the encoder's, as a share of the largest
        feature, for a batch of another size than it was made with.

    Raises:
        CheckpointError: they differ by more than 1e-4.
    """
    encoder.eval()
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with _quiet(), torch.no_grad():
        program = torch.jit.trace(encoder, torch.randn(2, 3, *size), check_trace=False)
        program.save(str(path))
        written = torch.jit.load(str(path))
    return _compare(encoder, written, size, path)


def export_onnx(encoder: nn.Module, path: str | Path, size: tuple[int, int, int]) -> float:
    """Write an encoder as ONNX, for clips of one size and batches of any, and check it.

    The input is called ``clips`` and the output ``features``. It is compared by onnxruntime.

    Args:
        encoder: As in :func:`export_torchscript`.
        path: As in :func:`export_torchscript`.
        size: As in :func:`export_torchscript`.

    Returns:
        As :func:`export_torchscript`.

    Raises:
        CheckpointError: they differ by more than 1e-4.
        ImportError: onnx or onnxruntime is not installed; says how to.
    """
    try:
        import onnx  # noqa: F401  (torch's exporter needs it)
        import onnxruntime
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise ImportError(f'{error.name} is needed to write and check ONNX: {INSTALL}') from None
    encoder.eval()
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    batch = torch.export.Dim('batch', min=1)
    with _quiet(), torch.no_grad():
        torch.onnx.export(
            encoder,
            (torch.randn(2, 3, *size),),
            str(path),
            input_names=['clips'],
            output_names=['features'],
            dynamic_shapes=({0: batch},),
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    session = onnxruntime.InferenceSession(str(path), providers=['CPUExecutionProvider'])

    def run(clips: Tensor) -> Tensor:
        (features,) = session.run(None, {'clips': clips.numpy()})
        return torch.from_numpy(features)

    return _compare(encoder, run, size, path)


def _compare(
    encoder: nn.Module,
    written: Callable[[Tensor], Tensor],
    size: tuple[int, int, int],
    path: str | Path,
) -> float:
    clips = torch.randn(3, 3, *size, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected, features = encoder(clips), written(clips)
    scale = expected.abs().max().clamp(min=1e-12)
    difference = float((features - expected).abs().max() / scale)
    if not difference <= 1e-4:  # NaN too
        raise CheckpointError(
            f'{path} gives other features than the encoder: they differ by {difference:.2g} of the '
            'largest. Do not use the file.'
        )
    return difference


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the exporters' remarks about their own future out of the user's log."""
    logger = logging.getLogger('torch.onnx')
    level = logger.level
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            logger.setLevel(level)
