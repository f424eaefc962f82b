"""MMAction2's own video readers: ours in their place, or a word about the files they misread."""

import functools
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mmaction.datasets import transforms
from mmengine.config import ConfigDict

from mmdebias.video import UPRIGHT, VideoIndex, VideoReadError, find_index, is_right_for_decord
from mmdebias.video.decoding import UnsureError, sought_frames
from mmdebias.video.with_decord import CODECS

# Those of raw frames, arrays and flow do not read videos.
STOCK = ('DecordInit', 'PyAVInit', 'OpenCVInit', 'PIMSInit')
OURS = {
    **dict.fromkeys(STOCK, 'VideoInit'),
    **dict.fromkeys(('DecordDecode', 'PyAVDecode', 'OpenCVDecode', 'PIMSDecode'), 'VideoDecode'),
}


def with_our_reader(steps: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return transforms in which MMAction2's video readers are replaced by ours.

    Args:
        steps: Configs of transforms, in their order. They are not changed.
    """
    return [
        ConfigDict(type=OURS[name]) if (name := _name(step)) in OURS else step for step in steps
    ]


def _name(step: dict[str, Any]) -> str:
    kind = step.get('type', '') if isinstance(step, dict) else ''
    return kind.rpartition('.')[2] if isinstance(kind, str) else getattr(kind, '__name__', '')


def warn_of_misread_files_upstream() -> None:
    """Let MMAction2's readers warn, once, when they are about to read a file that they misread.

    Called when mmdebias is imported; a second call changes nothing.
    """
    for name in STOCK:
        reader = getattr(transforms, name)
        if not hasattr(reader.transform, '__wrapped__'):
            reader.transform = _warning_first(reader.transform, name)


def _warning_first(transform: Callable, name: str) -> Callable:
    warned = False

    @functools.wraps(transform)
    def look_then_transform(self: Any, results: dict) -> dict:
        nonlocal warned
        if not warned and getattr(self, 'io_backend', 'disk') in ('disk', 'local'):
            fault = misreading(name, results['filename'])
            if fault:
                warned = True
                warnings.warn(
                    f'{results["filename"]}: {name} {fault}, so clips may hold other frames than '
                    "those asked for. Use dict(type='VideoInit') and dict(type='VideoDecode') in "
                    'its place and that of its decoder, or copies made with --resize of '
                    'tools/data/*/prepare.py. This is logged once.',
                    stacklevel=2,
                )
        return transform(self, results)

    return look_then_transform


def misreading(reader: str, path: str | Path) -> str:
    """Return why one of MMAction2's readers may misread a file; empty where it does not.

    Args:
        reader: One of :data:`STOCK`.
        path: The file. One that is missing or broken is the reader's own to refuse.
    """
    try:
        index = find_index(path)
        if reader == 'OpenCVInit' and not fault(reader, index):
            index = replace(index, changes_size=_ends_in_another_size(str(path), index.frames))
        return fault(reader, index)
    except (OSError, VideoReadError):
        return ''


@functools.lru_cache(maxsize=4096)
def _ends_in_another_size(path: str, frames: int) -> bool:
    """Return whether the last frame has another size than the first, or cannot be decoded.

    An index of :func:`proven_index` knows all sizes; others would take too long to find out.
    """
    index = find_index(path)
    try:
        sizes = [(f.width, f.height) for _, f in sought_frames(path, index, [frames - 1])]
    except UnsureError:
        return True
    return sizes != [index.upright.size(index.width, index.height)]


def fault(reader: str, index: VideoIndex) -> str:
    """Return why one of MMAction2's readers may misread a file; empty where it does not.

    Args:
        reader: One of :data:`STOCK`.
        index: Of the file.
    """
    if reader == 'DecordInit':
        right = is_right_for_decord(index)
    elif reader == 'PyAVInit':
        if index.stated != index.frames:
            return f'finds {index.stated} frames in it, and it has {index.frames}'
        right = index.upright == UPRIGHT
    else:
        # PIMS counts by itself, but does not turn what lies on its side.
        right = index.plain and index.regular and index.upright == UPRIGHT
        if reader == 'OpenCVInit':
            # It hangs on AV1, trusts the number that the container states, and makes stripes of
            # frames of another size than the first.
            right = right and index.codec in CODECS and index.stated == index.frames
            right = right and not index.changes_size
    return '' if right else f'is not known to read it right ({describe(index)})'


def describe(index: VideoIndex) -> str:
    """Describe what other readers may stumble over."""
    sizes = 'a size that changes' if index.changes_size else ''
    if index.doubt:
        return ', '.join(filter(None, (index.doubt, sizes)))
    parts = [f'{index.codec} in {index.container}', f'{index.width} wide']
    parts += ['' if index.plain else 'open groups, frames that are not shown or another setup']
    parts += ['' if index.regular else 'irregular times']
    parts += ['' if index.upright == UPRIGHT else 'to be turned or mirrored']
    return ', '.join(filter(None, (*parts, sizes)))
