"""Can a video be read, and how long is it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .parallel import Progress, in_parallel


@dataclass(frozen=True)
class Check:
    """The facts about a video file.

    Attributes:
        bytes: Size of the file.
        mtime_ns: When it was changed last.
        frames: Number of frames; 0 where the file cannot be read.
        fps: Frames per second.
        width: Width in pixels.
        height: Height in pixels.
        error: Why it cannot be read; empty where it can.
    """

    bytes: int
    mtime_ns: int
    frames: int = 0
    fps: float = 0.0
    width: int = 0
    height: int = 0
    error: str = ''

    @property
    def seconds(self) -> float:
        """Return the duration, from the number of frames and their rate."""
        return self.frames / self.fps if self.fps > 0 else 0.0


def check_video(path: Path) -> Check:
    """Open a video with the decoder of training, decode its first and its middle frame.

    The very last frame is not tried: some codecs lose it, and a clip is sampled without it.
    """
    import decord

    stat = path.stat()
    known: dict[str, Any] = {'bytes': stat.st_size, 'mtime_ns': stat.st_mtime_ns}
    if not stat.st_size:
        return Check(**known, error='the file is empty')
    try:
        reader = decord.VideoReader(str(path), num_threads=1)
        frames = len(reader)
        if not frames:
            return Check(**known, error='no frames')
        height, width = reader[0].shape[:2]
        _ = reader[frames // 2]
        return Check(**known, frames=frames, fps=reader.get_avg_fps(), width=width, height=height)
    except Exception as error:
        # Decoders append their C++ stack to the message.
        lines = str(error).strip().splitlines() or ['']
        return Check(**known, error=f'{type(error).__name__}: {lines[0]}')


def _known(journal: Path) -> dict[str, Check]:
    """Read the checks of earlier runs. A last line cut off by an interruption is passed over."""
    if not journal.exists():
        return {}
    known = {}
    for line in journal.read_text(encoding='utf-8').splitlines():
        try:
            entry = json.loads(line)
            path = entry.pop('path')
            known[path] = Check(**entry)
        except (ValueError, KeyError, TypeError):
            continue
    return known


def check_videos(
    folder: Path, names: Sequence[str], journal: Path, workers: int, shown: bool = False
) -> dict[str, Check]:
    """Check videos in parallel, and remember each result at once.

    Args:
        folder: Where the videos are.
        names: Their paths below it.
        journal: File of results. What it knows of a file that has not changed is not tried again.
        workers: How many videos to try at a time.
        shown: Show a progress bar.

    Returns:
        The result of each name.
    """
    known = _known(journal)
    results, left = {}, []
    for name in names:
        stat = (folder / name).stat()
        check = known.get(f'{folder.name}/{name}')
        if check and (check.bytes, check.mtime_ns) == (stat.st_size, stat.st_mtime_ns):
            results[name] = check
        else:
            left.append(name)
    if not left:
        return results
    progress = Progress(f'checking {len(left)} videos', len(left), shown)
    with journal.open('a', encoding='utf-8') as file:
        file.write('\n')  # ends a line that an interruption cut off
        for name, check in in_parallel(lambda name: check_video(folder / name), left, workers):
            results[name] = check
            file.write(json.dumps({'path': f'{folder.name}/{name}', **asdict(check)}) + '\n')
            file.flush()
            progress.update()
    progress.close()
    return results
