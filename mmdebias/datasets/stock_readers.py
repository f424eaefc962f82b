"""MMAction2's own video readers: ours in their place, or a word about the files they misread."""

import functools
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mmaction.datasets import transforms
from mmengine.config import ConfigDict

from mmdebias.video import UPRIGHT, VideoIndex, VideoReadError, find_index, is_right_for_decord
from mmdebias.video.with_decord import CODECS

# Those of raw frames, arrays and flow do not read videos.
OURS = {
    **dict.fromkeys(('DecordInit', 'PyAVInit', 'OpenCVInit', 'PIMSInit'), 'VideoInit'),
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
    for name in ('DecordInit', 'PyAVInit', 'OpenCVInit'):
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
        reader: 'DecordInit', 'PyAVInit' or 'OpenCVInit'.
        path: The file. One that is missing or broken is the reader's own to refuse.
    """
    try:
        return fault(reader, find_index(path))
    except (OSError, VideoReadError):
        return ''


def fault(reader: str, index: VideoIndex) -> str:
    """Return why one of MMAction2's readers may misread a file; empty where it does not.

    Args:
        reader: 'DecordInit', 'PyAVInit' or 'OpenCVInit'.
        index: Of the file.
    """
    if reader == 'DecordInit':
        right = is_right_for_decord(index)
    elif reader == 'PyAVInit':
        if index.stated != index.frames:
            return f'finds {index.stated} frames in it, and it has {index.frames}'
        right = index.upright == UPRIGHT
    else:
        # It hangs on AV1, and trusts the number that the container states.
        right = index.plain and index.regular and index.upright == UPRIGHT
        right = right and index.codec in CODECS and index.stated == index.frames
    return '' if right else f'is not known to read it right ({describe(index)})'


def describe(index: VideoIndex) -> str:
    """Describe what other readers may stumble over."""
    if index.doubt:
        return index.doubt
    parts = [f'{index.codec} in {index.container}', f'{index.width} wide']
    parts += ['' if index.plain else 'open groups or frames that are not shown']
    parts += ['' if index.regular else 'irregular times']
    parts += ['' if index.upright == UPRIGHT else 'to be turned or mirrored']
    return ', '.join(part for part in parts if part)
