"""The checkpoints of a work directory: which of them a training goes on from."""

import re
import string
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mmdebias.weights.reading import CheckpointError, RefusedError, read_checkpoint

MARKER = 'last_checkpoint'
# What CheckpointHook writes, whatever its template: epoch_3.pth, iter_300.pth, ckpt-3.pth. The best
# one, kept beside them under the name best_..., is none to go on from: it may be many epochs old.
NUMBERED = re.compile(r'(?!best_).*\d.*\.pth')
BY_DEFAULT = re.compile(r'(epoch|iter)_\d+\.pth')


class Newest(NamedTuple):
    """The checkpoint that a training goes on from."""

    path: Path | None
    """None where there is none."""
    note: str
    """Why it is another than the marker names, to be shown; empty where it is not."""


def newest_checkpoint(
    work_dir: str | Path, folder: str | Path | None = None, template: str | None = None
) -> Newest:
    """Find the newest whole checkpoint of a work directory.

    MMEngine's marker ``last_checkpoint`` names the file that was saved last, by its whole path. The
    file of that name in the folder is taken, so that a copied or renamed work directory goes on
    from its own. Where the marker is missing, empty or cut, or that file is not there or not whole,
    it is the newest whole one there.

    Args:
        work_dir: Holds the marker.
        folder: Holds the checkpoints, ``work_dir`` by default.
        template: Of :func:`numbered_checkpoints`.

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
    numbered = numbered_checkpoints(folder, template)
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


def numbered_checkpoints(folder: str | Path, template: str | None = None) -> list[Path]:
    """Return the checkpoints that a training has left in a folder, the newest last.

    Args:
        folder: Holds them.
        template: Of their names, ``filename_tmpl`` of CheckpointHook, such as ``'epoch_{}.pth'``.
            Without one, or where none are of it, MMEngine's own names go by their numbers; several
            kinds of names, or others, by the iteration that each file holds, and one that holds
            none is no checkpoint of a training. Those that cannot be read come first.
    """
    folder = Path(folder)
    if template is not None:
        pattern = _pattern(template)
        found = [(pattern.fullmatch(path.name), path) for path in folder.glob('*')]
        of_it = [path for _, path in sorted((int(m[1]), path) for m, path in found if m)]
        if of_it:
            return of_it
    named = [path for path in folder.glob('*.pth') if NUMBERED.fullmatch(path.name)]
    kinds = {re.sub(r'\d+', '#', path.name) for path in named}
    if len(kinds) == 1 and all(BY_DEFAULT.fullmatch(path.name) for path in named):
        return sorted(named, key=_numbers)
    ages = [(_iteration(path), _numbers(path), path) for path in named]
    return [path for age, _, path in sorted((a, n, p) for a, n, p in ages if a is not None)]


def hook_settings(cfg: Mapping) -> tuple[str | None, str | None]:
    """Return ``out_dir`` and ``filename_tmpl`` of a config's CheckpointHook, None where not set.

    Args:
        cfg: With ``default_hooks``, or without.
    """
    hook = (cfg.get('default_hooks') or {}).get('checkpoint') or {}
    template = hook.get('filename_tmpl')
    if template is None and hook:
        template = 'epoch_{}.pth' if hook.get('by_epoch', True) else 'iter_{}.pth'
    return hook.get('out_dir'), template


def is_whole(path: str | Path) -> bool:
    """Return whether a checkpoint is there, to its end and without damage.

    All of it is read, and a zip's checksums are compared: torch compares none. In files of before
    torch 1.6 there are none to compare. A folder, as DeepSpeed writes, counts as whole.
    """
    path = Path(path)
    if path.is_dir():
        return True
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                if archive.testzip() is not None:
                    return False
        read_checkpoint(path)
    except RefusedError:  # what is wrong with it will be said when it is loaded
        return True
    except Exception:  # a damaged file may raise anything
        return False
    return True


def _pattern(template: str) -> re.Pattern:
    """Return what a name must be like to be of a template: with a number for its field."""
    parts = string.Formatter().parse(template)
    fields = [
        (re.escape(fixed), r'(\d+)' if field is not None else '') for fixed, field, *_ in parts
    ]
    return re.compile(''.join(text + number for text, number in fields))


def _numbers(path: Path) -> list[int]:
    return [int(number) for number in re.findall(r'\d+', path.name)]


def _iteration(path: Path) -> int | None:
    """Return after how many iterations a checkpoint was saved; -1 where it cannot be read."""
    if path.is_dir():
        return -1
    try:
        meta: Any = read_checkpoint(path).get('meta')
    except Exception:
        return -1
    found = meta.get('iter') if isinstance(meta, Mapping) else None
    return found if isinstance(found, int) else None


def _why(marker: Path, named: str | None, marked: Path | None) -> str:
    if named is None:
        return f'{marker} is missing'
    if marked is None:
        return f'{marker} is empty'
    if not marked.exists():
        return f'{marker} names {named}, and there is no {marked}'
    return f'{marked}, which {marker} names, is cut or damaged'
