"""Can a video be read, how long is it, and where are its frames."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from mmdebias.datasets.stock_readers import describe, fault
from mmdebias.video.index import VideoIndex, proven_index
from mmdebias.video.index_file import Entry, compact, expand
from mmdebias.video.opening import VideoReadError, reason

from .parallel import Progress, in_parallel

# Of the entries of journals. Those without one were made with decord, which counts otherwise; the
# second did not look for sizes that change.
VERSION = 3


@dataclass(frozen=True)
class Check:
    """The facts about a video file.

    Attributes:
        bytes: Size of the file.
        mtime_ns: When it was changed last.
        frames: Number of frames that decoding it in order gives; 0 where it cannot be read.
        fps: Frames per second.
        width: Width of a frame as a player shows it, in pixels.
        height: Its height.
        error: Why it cannot be read; empty where it can.
        misread: Which of decord and OpenCV may return other frames than asked for, or frames lying
            on their side, and why; empty where they do not.
        index: Its index, see ``mmdebias.video.index_file.compact``; None where it cannot be read.
    """

    bytes: int
    mtime_ns: int
    frames: int = 0
    fps: float = 0.0
    width: int = 0
    height: int = 0
    error: str = ''
    misread: str = ''
    index: dict[str, Any] | None = None

    @property
    def seconds(self) -> float:
        """Return the duration, from the number of frames and their rate."""
        return self.frames / self.fps if self.fps > 0 else 0.0


def check_video(path: Path) -> Check:
    """Find out which frames a video has, and decode all of it once to see whether that is so.

    Args:
        path: The file.
    """
    stat = path.stat()
    known: dict[str, Any] = {'bytes': stat.st_size, 'mtime_ns': stat.st_mtime_ns}
    if not stat.st_size:
        return Check(**known, error='the file is empty')
    try:
        index = proven_index(path)
    except Exception as error:  # one strange file must not end the checks of all
        kind = '' if isinstance(error, VideoReadError) else f'{type(error).__name__}: '
        return Check(**known, error=f'{kind}{reason(error)}')
    return Check(
        **known,
        frames=index.frames,
        fps=index.fps,
        width=index.width,
        height=index.height,
        misread=_misread(index),
        index=compact(index),
    )


def _misread(index: VideoIndex) -> str:
    """Return which other readers stumble, and over what."""
    readers = dict(decord='DecordInit', OpenCV='OpenCVInit')
    found = [name for name, reader in readers.items() if fault(reader, index)]
    return f'{" and ".join(found)}: {describe(index)}' if found else ''


def read_journal(journal: Path) -> Iterator[tuple[str, Check]]:
    """Yield paths and checks of earlier runs; nothing where there is no journal.

    Passes over a last line cut off by an interruption, and the lines of older versions.

    Args:
        journal: File of results of :func:`check_videos`.
    """
    if not journal.exists():
        return
    with journal.open(encoding='utf-8') as lines:
        for line in lines:
            try:
                entry = json.loads(line)
                if entry.pop('version') == VERSION:
                    yield entry.pop('path'), Check(**entry)
            except (ValueError, KeyError, TypeError):
                continue


def index_entries(journals: Sequence[Path]) -> Iterator[tuple[str, Entry]]:
    """Yield what ``mmdebias.video.write_indexes`` wants to know of the videos that can be read.

    Args:
        journals: Files of results of :func:`check_videos`, beside the folders of videos.
    """
    for journal in journals:
        for path, check in read_journal(journal):
            index = expand(check.index) if check.index else None
            if index is not None:
                yield path, (check.bytes, check.mtime_ns, index)


def check_videos(
    folder: Path,
    names: Sequence[str],
    journal: Path,
    workers: int,
    shown: bool = False,
    others: Sequence[Path] = (),
) -> dict[str, Check]:
    """Check videos in parallel, and remember each result at once.

    Args:
        folder: Where the videos are.
        names: Their paths below it.
        journal: File of results. What it knows of a file that has not changed is not tried again.
        workers: How many videos to try at a time.
        shown: Show a progress bar.
        others: Files of results that are read as well, and not written to.

    Returns:
        The result of each name, without the index, which would fill the memory: it is in a journal.
    """
    known = {
        path: replace(check, index=None)
        for file in (*others, journal)
        for path, check in read_journal(file)
    }
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
            results[name] = replace(check, index=None)
            entry = {'path': f'{folder.name}/{name}', 'version': VERSION, **asdict(check)}
            file.write(json.dumps(entry) + '\n')
            file.flush()
            progress.update()
    progress.close()
    return results
