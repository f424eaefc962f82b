"""Reading checkpoint files of strangers without running what may be in them."""

import re
import warnings
from argparse import Namespace
from pathlib import Path
from typing import Any

import torch

# What torch's reader, and mmdebias.compat, say of objects that they do not rebuild.
REFUSALS = re.compile(r'Can only (build|create)|unrecognized function|a checkpoint may not')


class CheckpointError(ValueError):
    """A file does not hold the weights that were looked for; the message says what it holds."""


class RefusedError(CheckpointError):
    """A file that is whole holds what is not rebuilt, as that would run code that it names."""


def read_checkpoint(path: str | Path, map_location: Any = 'cpu') -> dict:
    """Read a checkpoint under torch's ``weights_only=True``.

    Tensors, numbers, text and containers of them are read, and what :mod:`mmdebias.compat` and
    MMEngine's checkpoints need. ``argparse.Namespace``, a plain record that BE's and DSM's files
    hold their options in, is read too. Nothing else is, because rebuilding it would run code that
    the file names.

    Args:
        path: A local file that ``torch.save`` wrote.
        map_location: Of ``torch.load``.

    Returns:
        The dict in the file.

    Raises:
        FileNotFoundError: there is no such file.
        CheckpointError: it is truncated, or is not a checkpoint.
        RefusedError: it needs code to be run.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f'{path} is not there: give a checkpoint file on this machine')
    _check_kind(path)
    try:
        with warnings.catch_warnings(), torch.serialization.safe_globals([Namespace]):
            warnings.simplefilter('ignore')  # what a warning is of, the error below says
            checkpoint = torch.load(path, map_location=map_location, weights_only=True)
    except Exception as error:  # a damaged file may raise anything
        raise _why_not(path, str(error)) from None
    if not isinstance(checkpoint, dict):
        raise CheckpointError(
            f'{path} is no checkpoint: it holds a {type(checkpoint).__name__}, not a dict'
        )
    return checkpoint


def _check_kind(path: Path) -> None:
    with path.open('rb') as file:
        start = file.read(4)
    if not start:
        raise CheckpointError(
            f'{path} is empty (0 bytes): whatever wrote it was stopped, or the disk was full. Copy '
            'it again, or give an earlier checkpoint'
        )
    # A zip, or a pickle of before torch 1.6.
    if not start.startswith((b'PK', b'\x80')):
        raise CheckpointError(
            f'{path} is no checkpoint that torch.save wrote ({path.stat().st_size:,} bytes, '
            f'starting with {start!r}): was it downloaded whole, and from the right address?'
        )


def _why_not(path: Path, message: str) -> CheckpointError:
    if 'TorchScript' in message:
        return CheckpointError(
            f'{path} is a TorchScript program, not a checkpoint: give its weights'
        )
    name = re.search(r'GLOBAL ([\w.]+)', message)
    # A file that was cut within a name looks like one with a strange name; the reader takes the
    # last byte for the end of the line.
    end = path.read_bytes()[-201:-1].replace(b'\n', b'.').rstrip(b'.')
    cut = name and end.endswith(name[1].rstrip('.').encode())
    if not cut and (name or REFUSALS.search(message)):
        what = f'`{name[1]}`' if name else 'objects that it must not'
        return RefusedError(
            f'{path} is refused: besides tensors it holds {what}, and to rebuild that would run '
            'code that the file names. Nothing of it was run. If you trust whoever made it, have '
            "them save the state dict alone: torch.save(model.state_dict(), 'weights.pth')"
        )
    start = path.read_bytes()[:2]
    # Files of torch.save are zips, or pickles of protocol 2.
    if start[:1] == b'\x80' and start != b'\x80\x02':
        return CheckpointError(
            f'{path} is a pickle of Python that torch.save did not write: give a checkpoint, or '
            'have what made it save the state dict by torch.save'
        )
    return CheckpointError(
        f'{path} is truncated or damaged ({path.stat().st_size:,} bytes): download or copy it '
        'again, and compare its size and hash with the original'
    )
