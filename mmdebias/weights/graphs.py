"""Encoders as programs that run without mmdebias: ONNX and TorchScript."""

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor, nn

from mmdebias.files import replacing

from .reading import CheckpointError

INSTALL = "pip install 'mmdebias[export]'"
INSTEAD = 'Its weights can be exported all the same: --to mmaction'


class UnsupportedEncoderError(ValueError):
    """An encoder is none from clips to one feature map, whatever its weights; says why."""


def check_program(encoder: nn.Module, size: tuple[int, int, int]) -> None:
    """Run an encoder on clips and raise where it can be no program of this module.

    Args:
        encoder: As in :func:`export_torchscript`; its weights do not matter.
        size: As in :func:`export_torchscript`.

    Raises:
        UnsupportedEncoderError: it takes no such clips, or gives something else than one tensor
            with a row for each clip: a net of frames, of two pathways, of several maps.
    """
    name, shape = type(encoder).__name__, f'[N, 3, {", ".join(map(str, size))}]'
    encoder.eval()
    try:
        with _quiet(), torch.no_grad():
            features = encoder(torch.zeros(2, 3, *size))
    except Exception as error:  # a net that is fed what it does not take may raise anything
        first = next((m for m in encoder.modules() if isinstance(m, (nn.Conv2d, nn.Conv3d))), None)
        if isinstance(first, nn.Conv2d):
            why = f'takes frames [N, 3, H, W], not clips {shape}'
        else:
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            why = f'cannot take clips {shape} ({reason})'
        raise UnsupportedEncoderError(
            f'{name} {why}: a program is of an encoder of clips. Give another --size, if it is '
            f'one. {INSTEAD}'
        ) from None
    if isinstance(features, (tuple, list)):
        raise UnsupportedEncoderError(
            f'{name} gives {len(features)} feature maps for a clip, as nets of several pathways or '
            f'stages do: a program has one output. {INSTEAD}'
        )
    if not isinstance(features, Tensor) or features.ndim < 2 or len(features) != 2:
        found = list(features.shape) if isinstance(features, Tensor) else type(features).__name__
        raise UnsupportedEncoderError(
            f'{name} gives {found} for two clips, not one feature map each. {INSTEAD}'
        )


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
        CheckpointError: they differ by more than 1e-4; nothing is written.
        UnsupportedEncoderError: see :func:`check_program`.
    """
    check_program(encoder, size)
    encoder.eval()
    with replacing(path) as unchecked:
        with _quiet(), torch.no_grad():
            program = torch.jit.trace(encoder, torch.randn(2, 3, *size), check_trace=False)
            # By Python: where the disk is full, TorchScript's own writer ends the process.
            unchecked.write_bytes(program.save_to_buffer())
            written = torch.jit.load(str(unchecked))
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
        CheckpointError: as :func:`export_torchscript`.
        UnsupportedEncoderError: as :func:`export_torchscript`.
        ImportError: onnx or onnxruntime is not installed; says how to.
    """
    try:
        import onnx  # noqa: F401  (torch's exporter needs it)
        import onnxruntime
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise ImportError(f'{error.name} is needed to write and check ONNX: {INSTALL}') from None
    check_program(encoder, size)
    encoder.eval()
    batch = torch.export.Dim('batch', min=1)
    with replacing(path) as unchecked:
        with _quiet(), torch.no_grad():
            torch.onnx.export(
                encoder,
                (torch.randn(2, 3, *size),),
                str(unchecked),
                input_names=['clips'],
                output_names=['features'],
                dynamic_shapes=({0: batch},),
                dynamo=True,
                external_data=False,
                verbose=False,
            )
        session = onnxruntime.InferenceSession(str(unchecked), providers=['CPUExecutionProvider'])

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
            f'{path} would give other features than the encoder: they differ by {difference:.2g} '
            'of the largest. It was not written.'
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
