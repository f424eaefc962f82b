"""Time what reading clips costs: one JSON line a case.

Usage: python tools/benchmark/loading.py --data VIDEO... [--originals VIDEO...]

A sample is two views of 16 frames with stride 2, each with a crop, a size and a flip of its own, in
one thread; its time is that of the processor. It is compared with the pipeline of commit d261f1a,
which opened files with decord, decoded whole frames and cropped them afterwards; both in one run,
in turns, on the same clips and crops.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import torch
from measuring import best_times, show
from mmaction.registry import TRANSFORMS

from mmdebias.cli import add_videos, read_videos, run_command
from mmdebias.datasets import TolerantVideoDataset
from mmdebias.datasets.preparation.resizing import resize_video
from mmdebias.video import index_video

# Copies of either kind, and the crops that are read from them: how ours are made, those of d261f1a.
PREPARED = (
    (112, dict(size=128, codec='mjpeg'), (256, 128)),
    (224, dict(size=256, codec='mjpeg'), (256,)),
)


def main() -> None:
    """Print the speed of loading, a line a case."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_videos(parser)
    parser.add_argument(
        '--originals',
        nargs='+',
        type=Path,
        default=[],
        metavar='VIDEO',
        help='files that are read as they are, at 112x112',
    )
    parser.add_argument('--repeats', type=int, default=5)
    parser.add_argument('--samples', type=int, default=12, help='of each video and repeat')
    args = parser.parse_args()
    cv2.setNumThreads(0)
    torch.set_num_threads(1)
    videos = read_videos(args.data, args.data_root)
    long_list(str(videos[0]))
    with tempfile.TemporaryDirectory() as folder:
        for size, copy, baselines in PREPARED:
            prepared(videos, size, copy, baselines, Path(folder), args)
    for video in args.originals:
        compare(f'{size_name(112)} from {video.name}', [video], [video], 112, args)
        first_opening(video, args.repeats)
    for video in map(str, videos):
        shared_frames(video, args.repeats)
        triplet(video, args.repeats)


def size_name(size: int) -> str:
    """Name a size of clips."""
    return f'{size}x{size}'


def prepared(
    videos: list[Path],
    size: int,
    copy: dict,
    baselines: tuple[int, ...],
    folder: Path,
    args: argparse.Namespace,
) -> None:
    """Compare a kind of copies with those of d261f1a, in time and in bytes."""
    ours = copies(videos, folder, **copy)
    for short_side in baselines:
        theirs = copies(videos, folder, size=short_side, codec='h264')
        compare(
            f'{size_name(size)} from {copy["codec"]} copies of short side {copy["size"]}, against '
            f'd261f1a on --resize {short_side}',
            ours,
            theirs,
            size,
            args,
            times_the_bytes=size_in_bytes(ours) / size_in_bytes(theirs),
        )


def copies(videos: list[Path], folder: Path, size: int, codec: str) -> list[Path]:
    """Write copies of videos, where they are not there yet."""
    found = []
    for video in videos:
        found.append(folder / f'{codec}_{size}' / f'{video.stem}.mp4')
        if not found[-1].exists():
            found[-1].parent.mkdir(exist_ok=True)
            resize_video(video, found[-1], size, codec)
    return found


def size_in_bytes(files: list[Path]) -> int:
    """Return the size of files together."""
    return sum(file.stat().st_size for file in files)


def compare(
    case: str,
    ours: list[Path],
    theirs: list[Path],
    size: int,
    args: argparse.Namespace,
    **more: float,
) -> None:
    """Print the time of a sample, the mean of the files', beside that of d261f1a."""
    ways = dict(
        ours=partial(sample_all, ours, pipeline('Video', size), args.samples),
        theirs=partial(sample_all, theirs, pipeline('Decord', size), args.samples),
    )
    seconds = best_times(ways, args.repeats, time.process_time)
    count = args.samples * len(ours)
    show(
        case=case,
        ms=1e3 * seconds['ours'] / count,
        baseline_ms=1e3 * seconds['theirs'] / count,
        times_as_fast=seconds['theirs'] / seconds['ours'],
        **more,
    )


def pipeline(reader: str, size: int) -> list:
    """Return the transforms of a sample of pre-training."""
    steps = [
        dict(type=f'{reader}Init'),
        dict(type='SampleViews', clip_len=16, frame_interval=2, views=dict(query={}, key={})),
        dict(type=f'{reader}Decode'),
        dict(
            type='PerView',
            crop=dict(type='RandomResizedCrop', area_range=(0.2, 1.0)),
            resize=dict(type='Resize', scale=(size, size), keep_ratio=False),
            flip=dict(type='Flip', flip_ratio=0.5),
        ),
        dict(type='FormatShape', input_format='NCTHW'),
    ]
    return [TRANSFORMS.build(step) for step in steps]


def sample_all(videos: list[Path], steps: list, samples: int) -> None:
    """Read samples of videos, the same for each pipeline."""
    for video in videos:
        for seed in range(samples):
            np.random.seed(seed)
            random.seed(seed)
            sample = dict(filename=str(video), start_index=0, modality='RGB')
            for step in steps:
                sample = step(sample)


def first_opening(video: Path, repeats: int) -> None:
    """Time finding out what a file has, which a worker does once for each file."""
    seconds = best_times(dict(index=lambda: index_video(video)), repeats, time.process_time)
    show(case='first opening of a file', video=video.name, ms=1e3 * seconds['index'])


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
    cases: dict[str, dict] = dict(
        independent=dict(a={}, b={}), shared=dict(a={}, b=dict(same_as='a')), single=dict(a={})
    )
    ways = {name: partial(decode, video, views) for name, views in cases.items()}
    seconds = best_times(ways, repeats)
    for name in ('independent', 'shared'):
        show(
            case=f'two views, {name}',
            video=Path(video).name,
            ms=1e3 * seconds[name],
            times_one_view=seconds[name] / seconds['single'],
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

    ways: dict[str, Callable[[], None]] = {
        name: partial(several, those) for name, those in views.items()
    }
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
        dict(type='VideoInit'),
        dict(type='SampleViews', clip_len=16, frame_interval=frame_interval, views=views),
        dict(type='VideoDecode'),
        dict(type='PerView', transforms=[]),
    ]
    sample = dict(filename=video, start_index=0)
    for step in steps:
        sample = TRANSFORMS.build(step)(sample)


if __name__ == '__main__':
    run_command(main)
