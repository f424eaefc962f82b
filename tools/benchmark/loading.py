"""Time what reading clips costs: one JSON line a case.

Usage: python tools/benchmark/loading.py --data VIDEO...
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from measuring import best_times, show
from mmaction.registry import TRANSFORMS

from mmdebias.cli import add_videos, read_videos, run_command
from mmdebias.datasets import TolerantVideoDataset


def main() -> None:
    """Run the cases."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_videos(parser)
    parser.add_argument('--repeats', type=int, default=10)
    args = parser.parse_args()
    videos = [str(video) for video in read_videos(args.data, args.data_root)]
    long_list(videos[0])
    for video in videos:
        shared_frames(video, args.repeats)
        triplet(video, args.repeats)


def long_list(video: str, lines: int = 240_000) -> None:
    """Time building the dataset of a list as long as Kinetics-400's."""
    with tempfile.NamedTemporaryFile('w', suffix='.txt') as file:
        file.writelines(f'{video} {i % 400}\n' for i in range(lines))
        file.flush()
        begin = time.perf_counter()
        dataset = TolerantVideoDataset(file.name, pipeline=[])
        seconds = time.perf_counter() - begin
    show(case='list', lines=lines, seconds=seconds, megabytes=dataset.data_bytes.nbytes / 1e6)


def shared_frames(video: str, repeats: int) -> None:
    """Time decoding two views, independent and sharing frames, as a ratio to one view."""
    one = dict(a={})
    cases = dict(independent=dict(a={}, b={}), shared=dict(a={}, b=dict(same_as='a')), single=one)
    seconds = {
        name: median(lambda v=views: decode(video, v), repeats) for name, views in cases.items()
    }
    for name in ('independent', 'shared'):
        ratio = seconds[name] / seconds['single']
        show(
            case=f'two views, {name}',
            video=Path(video).name,
            milliseconds=1e3 * seconds[name],
            times_one_view=ratio,
        )


def triplet(video: str, repeats: int, draws: int = 4) -> None:
    """Time decoding DSM's anchor, positive and negative, as a ratio to two independent clips."""
    anchor, negative = dict(), dict(shift_from='anchor', shift=(4, 30))
    views = dict(
        one=dict(anchor=anchor),
        two=dict(anchor=anchor, other=dict()),
        triplet=dict(anchor=anchor, positive=dict(same_as='anchor'), negative=negative),
    )

    def several(views: dict) -> None:
        for seed in range(draws):  # the same anchors for all
            np.random.seed(seed)
            decode(video, views, frame_interval=4)

    ways = {name: partial(several, those) for name, those in views.items()}
    seconds = best_times(ways, repeats)
    show(
        case='triplet, anchor and positive of the same frames',
        video=Path(video).name,
        **{f'{name}_ms': 1e3 * time / draws for name, time in seconds.items()},
        times_one_clip=seconds['triplet'] / seconds['one'],
        times_two_clips=seconds['triplet'] / seconds['two'],
    )


def decode(video: str, views: dict, frame_interval: int = 2) -> None:
    """Read 16 frames a view."""
    steps = [
        dict(type='DecordInit'),
        dict(type='SampleViews', clip_len=16, frame_interval=frame_interval, views=views),
        dict(type='DecordDecode'),
        dict(type='PerView', transforms=[]),
    ]
    sample = dict(filename=video, start_index=0)
    for step in steps:
        sample = TRANSFORMS.build(step)(sample)


def median(function: Callable[[], None], repeats: int) -> float:
    """Return the median seconds of a call, after one call to warm up."""
    function()
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        function()
        times.append(time.perf_counter() - begin)
    return float(np.median(times))


if __name__ == '__main__':
    run_command(main)
