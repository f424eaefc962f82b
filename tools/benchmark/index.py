"""Time the index file of a long list of videos: one JSON line a case.

Usage: python tools/benchmark/index.py [--num-videos N] [--workers N]

The videos are made up: 300 frames at irregular key frames (4 of an original's, 19 of a copy's).
Cases: writing; opening; looking up (against indexing a video, where one is given with --video);
memory: what workers that have looked up everything hold of their own, and share.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing.synchronize import Barrier
from pathlib import Path

import numpy as np
from measuring import best_times, show

from mmdebias.video import IndexFile, VideoIndex, index_video, write_indexes
from mmdebias.video.index_file import Entry


def main() -> None:
    """Print the speed of opening videos, a line a case."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--num-videos', type=int, default=240_000, help='default: %(default)s')
    parser.add_argument('--workers', type=int, default=4, help='default: %(default)s')
    parser.add_argument('--video', type=Path, help='a file to index for comparison')
    args = parser.parse_args()
    for keys in (4, 19):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, 'index')
            entries = made_up(args.num_videos, keys)
            measure(path, entries, keys, args)


def made_up(videos: int, keys: int, frames: int = 300) -> Iterator[tuple[str, Entry]]:
    """Yield names and entries as long as those of Kinetics-400."""
    rng = np.random.default_rng(0)
    pts = 512 * np.arange(frames)
    choices = [
        pts[np.array([0, *np.sort(rng.choice(frames - 1, keys - 1, replace=False)) + 1])]
        for _ in range(1000)
    ]
    for number in range(videos):
        key_pts = choices[number % len(choices)]
        index = VideoIndex(
            frames, 340, 256, 30.0, 'h264', 'mov', plain=True,
            pts=pts, key_pts=key_pts, key_dts=key_pts - 1024,
        )  # fmt: skip
        yield name(number), (500_000 + number, 10**18 + number, index)


def name(number: int) -> str:
    """Return the name of a made-up video."""
    return f'videos_train/class_{number % 400}/video_{number:08}.mp4'


def measure(
    path: Path, entries: Iterator[tuple[str, Entry]], keys: int, args: argparse.Namespace
) -> None:
    """Show the cases of one kind of videos."""
    case = f'{args.num_videos} videos of {keys} key frames'
    begin = time.perf_counter()
    write_indexes(path, entries)
    seconds = time.perf_counter() - begin
    show(case=f'writing, {case}', seconds=seconds, megabytes=path.stat().st_size / 1e6)
    begin = time.perf_counter()
    file = IndexFile(path)
    show(case=f'opening, {case}', milliseconds=1e3 * (time.perf_counter() - begin))

    numbers = np.random.default_rng(1).integers(0, args.num_videos, 1000).tolist()

    def look_up() -> None:
        for number in numbers:
            if file.find(name(number), 500_000 + number, 10**18 + number) is None:
                raise AssertionError(f'{name(number)} is not found')

    ways: dict[str, Callable[[], object]] = dict(look_up=look_up)
    if args.video:
        ways['index'] = lambda: index_video(args.video)
    times = best_times(ways, 5)
    more = dict(microseconds_to_index=1e6 * times['index']) if args.video else {}
    show(case=f'looking up, {case}', microseconds=1e6 * times['look_up'] / len(numbers), **more)
    show(case=f'memory, {case}, {args.workers} workers', **memory(file, args))


def memory(file: IndexFile, args: argparse.Namespace) -> dict[str, float]:
    """Return megabytes that forked workers hold after they have looked up every video."""
    context = multiprocessing.get_context('fork')
    queue, barrier = context.Queue(), context.Barrier(args.workers)
    workers = [
        context.Process(target=_work, args=(file, args.num_videos, queue, barrier))
        for _ in range(args.workers)
    ]
    for worker in workers:
        worker.start()
    found = np.array([queue.get() for _ in workers])
    for worker in workers:
        worker.join()
    # What is shared is there once: all of it, however many workers look.
    own, shared = found[:, 0], found[:, 1]
    return dict(
        own_megabytes_a_worker=float(own.max()),
        shared_megabytes=float(shared.max()),
        megabytes_a_machine=float(own.sum() + shared.max()),
    )


def _work(file: IndexFile, videos: int, queue: multiprocessing.Queue, barrier: Barrier) -> None:
    before = _held()
    for number in range(videos):
        file.find(name(number), 500_000 + number, 10**18 + number)
    barrier.wait()
    after = _held()
    queue.put((after[0] - before[0], after[1]))


def _held() -> tuple[float, float]:
    """Return megabytes: anonymous memory of this process, and pages of mapped index files."""
    anonymous = mapped = 0
    inside = False
    for line in Path('/proc/self/smaps').read_text().splitlines():
        first, *rest = line.split()
        if not first.endswith(':'):
            inside = line.endswith('/index')
        elif first == 'Rss:' and inside:
            mapped += int(rest[0])
        elif first == 'Anonymous:':
            anonymous += int(rest[0])
    return anonymous / 1e3, mapped / 1e3


if __name__ == '__main__':
    main()
