"""The checkpoints of a work directory: which of them a training goes on from."""

import re
import zipfile
from pathlib import Path
from typing import NamedTuple

from mmdebias.weights.reading import CheckpointError

MARKER = 'last_checkpoint'
# What CheckpointHook writes, whatever its template: epoch_3.pth, iter_300.pth, ckpt-3.pth. The best
# one, kept beside them under the name best_..., is none to go on from: it may be many epochs old.
NUMBERED = re.compile(r'(?!best_)(?:.*\D)?(\d+)\.pth')
# Files of before torch 1.6 are no zip and cannot be told whole without reading them.
OLD_FORMAT = b'\x80'


class Newest(NamedTuple):
    """The checkpoint that a training goes on from."""

    path: Path | None
    """None where there is none."""
    note: str
    """Why it is another than the marker names, to be shown; empty where it is not."""


def newest_checkpoint(work_dir: str | Path, folder: str | Path | None = None) -> Newest:
    """Find the newest whole checkpoint of a work directory.

    MMEngine's marker ``last_checkpoint`` names the file that was saved last, by its whole path. The
    file of that name in the folder is taken, so that a copied or renamed work directory goes on
    from its own. Where the marker is missing, empty or cut, or that file is not there or not whole,
    it is the whole one with the highest number.

    Args:
        work_dir: Holds the marker.
        folder: Holds the checkpoints, ``work_dir`` by default.

    Raises:
        CheckpointError: there are checkpoints and none is whole, or the marker names one and there
            are none.
    """
    work_dir = Path(work_dir)
    folder = work_dir if folder is None else Path(folder)
    marker = work_dir / MARKER
    named = marker.read_text(errors='replace').strip() if marker.is_file() else None
    # A cut path ends in another name, or in a part of it, of which there is no file.
    marked = folder / Path(named).name if named else None
    if marked is not None and is_whole(marked):
        return Newest(marked, '')
    numbered = numbered_checkpoints(folder)
    why = _why(marker, named, marked)
    found = next((path for path in reversed(numbered) if path != marked and is_whole(path)), None)
    if found is not None:
        return Newest(found, f'{why}: going on from {found}, the newest whole checkpoint there')
    if numbered or (marked is not None and marked.exists()):
        raise CheckpointError(
            f'{why}, and no checkpoint in {folder} is whole: copy one there again, give --resume '
            'FILE, or start anew in another work directory'
        )
    if named:
        raise CheckpointError(
            f'{why}, and there are no others: bring the checkpoint there, give --resume FILE, or '
            f'remove {marker} to start anew'
        )
    return Newest(None, '')


def checkpoint_folder(work_dir: str | Path, out_dir: str | None) -> Path | None:
    """Return where a CheckpointHook saves; None where that is not on a disk.

    Args:
        work_dir: Of the training.
        out_dir: The hook's argument: a folder of its own below it for each work directory.
    """
    if '://' in str(out_dir or work_dir):
        return None
    work_dir = Path(work_dir)
    if out_dir is None or Path(out_dir) == work_dir:
        return work_dir
    return Path(out_dir, work_dir.name)


def numbered_checkpoints(folder: str | Path) -> list[Path]:
    """Return the checkpoints that a training has left in a folder, the newest last."""
    found = [(NUMBERED.fullmatch(path.name), path) for path in Path(folder).glob('*.pth')]
    return [path for _, path in sorted((int(m[1]), path) for m, path in found if m)]


def is_whole(path: str | Path) -> bool:
    """Return whether a checkpoint is there, to its end and without damage.

    All of it is read: torch compares no checksums when it loads a file. A folder, as DeepSpeed
    writes, and a file of before torch 1.6 count as whole.
    """
    path = Path(path)
    if path.is_dir():
        return True
    try:
        with path.open('rb') as file:
            if file.read(1) == OLD_FORMAT:
                return True
        with zipfile.ZipFile(path) as archive:
            return archive.testzip() is None
    except Exception:  # a damaged file may raise anything
        return False


def _why(marker: Path, named: str | None, marked: Path | None) -> str:
    if named is None:
        return f'{marker} is missing'
    if marked is None:
        return f'{marker} is empty'
    if not marked.exists():
        return f'{marker} names {named}, and there is no {marked}'
    return f'{marked}, which {marker} names, is cut or damaged'
