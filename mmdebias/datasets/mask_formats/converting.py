"""Write masks and boxes of other formats as the files that the bias report reads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from mmdebias.files import replacing, write_text
from mmdebias.ops.compositing import Mask
from mmdebias.video import find_index

from ..mask_files import SURPLUS, check_fit, leads_out
from ..toy.masks import pack_masks
from .sources import Readers, find_entry, names_below, without_ending
from .tubes import Tubes

UNKNOWN = 'the source has none of this name'


def convert_masks(
    readers: Readers,
    out: str | Path,
    videos: Sequence[str] | None = None,
    root: str | Path | None = None,
) -> dict[str, str]:
    """Write ``out/VIDEO.npz`` for each video, which ``dict(type='files', folder=out)`` reads.

    Args:
        readers: Of a source.
        out: The folder.
        videos: As in a list, with their endings: masks are written under these names, those of
            whole paths under their ends that differ. None takes all of the source under its own.
        root: Folder that these are relative to: where it is given, each video has to have as many
            frames as masks, and frames of their shape.

    Returns:
        The videos that are left out, each with the reason.
    """
    left_out: dict[str, str] = {}
    names = {name: name for name in readers} if videos is None else names_below(videos)
    owners: dict[str, str] = {}
    for video, stem in names.items():
        try:
            reader = find_entry(readers, video if videos is None else without_ending(video))
            if reader is None:
                raise LookupError(UNKNOWN)
            if leads_out(stem):
                raise ValueError('its name leads out of the folder of masks')
            if owners.setdefault(stem, video) != video:
                raise ValueError(f'its masks would replace those of {owners[stem]}')
            masks = reader()
            _check_masks(masks, video, root)
        except (OSError, RuntimeError, ValueError, LookupError) as error:
            left_out[video] = str(error)
            continue
        with replacing(Path(out, f'{stem}.npz')) as unfinished:
            unfinished.write_bytes(pack_masks(masks))
    return left_out


def convert_boxes(
    tubes: Mapping[str, Tubes],
    file: str | Path,
    videos: Sequence[str] | None = None,
    root: str | Path | None = None,
    ending: str = '.avi',
) -> dict[str, str]:
    """Write boxes as JSON, which ``dict(type='boxes', file=file)`` reads.

    Args:
        tubes: Of a source.
        file: The JSON file.
        videos: As in a list, with their endings: boxes are written under these names. None takes
            all of the source, with ``ending`` behind its own.
        root: Folder that these are relative to: where it is given, each video has to have as many
            frames as the source says.
        ending: See ``videos``.

    Returns:
        The videos that are left out, each with the reason.
    """
    left_out: dict[str, str] = {}
    found: dict[str, dict[str, list[list[float]]]] = {}
    for video in [f'{name}{ending}' for name in tubes] if videos is None else videos:
        try:
            entry = find_entry(tubes, without_ending(video))
            if entry is None:
                raise LookupError(UNKNOWN)
            if not entry.boxes:
                raise LookupError('the source has no box of it')
            if root is not None:
                _check_frames(entry.frames, Path(root, video))
        except (OSError, RuntimeError, ValueError, LookupError) as error:
            left_out[video] = str(error)
            continue
        found[video] = {str(frame): boxes.tolist() for frame, boxes in entry.boxes.items()}
    write_text(Path(file), json.dumps(found))
    return left_out


def _check_masks(masks: Mask, video: str, root: str | Path | None) -> None:
    if not masks.any():
        raise ValueError('no pixel of any frame is foreground')
    if masks.all():
        raise ValueError('every pixel of every frame is foreground')
    if root is not None:
        path = Path(root, video)
        index = find_index(path)
        check_fit(masks.shape, index.frames, index.height, index.width, 'the source', path)


def _check_frames(said: int, video: Path) -> None:
    there = find_index(video).frames
    if abs(said - there) > SURPLUS:
        raise ValueError(
            f'the source is for {said} frames, and {video} has {there}: boxes are of the frames of '
            'the original video.'
        )
