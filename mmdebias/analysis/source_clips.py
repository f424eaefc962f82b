"""Frames for the views of a config: real ones, and such that hold no answer to any question."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from mmdebias.datasets.toy import ToyConfig, plan_split
from mmdebias.datasets.toy.render import render_video
from mmdebias.ops.compositing import cover
from mmdebias.video import count_frames, read_frames

SIZE, LENGTH, MOST = (40, 52), 64, 32
"""Height and width, frames at most, and number at most of the videos that are kept in memory."""
Frames = NDArray[np.uint8]
REAL, PAN, SHUFFLED = 'real clips', 'panned photograph', 'shuffled frames'
STILL = ('still noise', 'still photograph')
NOISE = ('still noise', 'moving noise')
TORN = ('moving noise', SHUFFLED)
"""Their frames do not follow each other."""


class Source(NamedTuple):
    """Where the views of one sample take their frames from."""

    total: int
    """Frames of the video, for the step that chooses frames."""
    frames: Callable[[NDArray[np.int_]], Frames]
    """From the frames that were chosen, int ``[V, T]``, to uint8 RGB ``[V, T, H, W, 3]``."""


Maker = Callable[[Sequence[Frames], int, np.random.Generator], list[Source]]


def real_clips(videos: Sequence[Frames], count: int, rng: np.random.Generator) -> list[Source]:
    """Draw a video for each sample, each another where there are enough."""
    chosen = rng.permutation(np.resize(rng.permutation(len(videos)), count))
    return [Source(len(videos[k]), videos[k].__getitem__) for k in chosen.tolist()]


def still_noise(videos: Sequence[Frames], count: int, rng: np.random.Generator) -> list[Source]:
    """Draw one picture of noise, which is every frame of every sample."""
    video = _one(videos, rng)
    return [_still(_noise(rng, video.shape[1:]), len(video))] * count


def moving_noise(videos: Sequence[Frames], count: int, rng: np.random.Generator) -> list[Source]:
    """Draw noise for each frame of each view anew."""
    video = _one(videos, rng)

    def frames(numbers: NDArray[np.int_]) -> Frames:
        return _noise(rng, (*numbers.shape, *video.shape[1:]))

    return [Source(len(video), frames)] * count


def still_photograph(
    videos: Sequence[Frames], count: int, rng: np.random.Generator
) -> list[Source]:
    """Draw one frame of a video, which is every frame of every sample."""
    video = _one(videos, rng)
    return [_still(video[rng.integers(len(video))], len(video))] * count


def panned_photograph(
    videos: Sequence[Frames], count: int, rng: np.random.Generator
) -> list[Source]:
    """Draw one frame of a video, over which the camera pans evenly in every sample.

    Every moment moves as every other. The picture is larger than the frame and goes on mirrored.
    """
    video = _one(videos, rng)
    total, height, width = video.shape[:3]
    picture = cv2.resize(video[rng.integers(total)], (2 * width, 2 * height))
    speed = rng.uniform(0.5, 1.5, 2) * rng.choice([-1, 1], 2)

    def frames(numbers: NDArray[np.int_]) -> Frames:
        # Each view begins elsewhere: what it shows must not say which frames were chosen.
        begin = rng.uniform(0, 2 * width, (len(numbers), 1, 2))
        panned = []
        for x, y in (begin + numbers[..., None] * speed).reshape(-1, 2):
            shift = np.array([[1, 0, -x], [0, 1, -y]])
            panned.append(
                cv2.warpAffine(picture, shift, (width, height), borderMode=cv2.BORDER_REFLECT)
            )
        shape = (*numbers.shape, height, width, 3)
        return np.stack(panned).astype(np.uint8, copy=False).reshape(shape)

    return [Source(total, frames)] * count


def shuffled_clips(videos: Sequence[Frames], count: int, rng: np.random.Generator) -> list[Source]:
    """Draw one video for all samples; each view shows frames of it in an order of its own.

    The frames of a view are drawn from the whole video, whichever were chosen: anchor, positive and
    negative all are samples of the same frames, and differ in what is done to them only.
    """
    video = _one(videos, rng)

    def frames(numbers: NDArray[np.int_]) -> Frames:
        views, length = numbers.shape
        again = length > len(video)
        return np.stack([video[rng.choice(len(video), length, again)] for _ in range(views)])

    return [Source(len(video), frames)] * count


CASES: dict[str, Maker] = {
    'still noise': still_noise,
    'moving noise': moving_noise,
    'still photograph': still_photograph,
    PAN: panned_photograph,
    SHUFFLED: shuffled_clips,
    REAL: real_clips,
}
"""Clips that are fed. Samples of a batch share the content of a case other than ``REAL``: what
still tells the positive from another video's clip was put there by the config."""


def generated_videos(count: int = 16, seed: int = 0) -> list[Frames]:
    """Draw videos of a puppet that acts in front of painted scenes, ``[64, 40, 52, 3]`` each."""
    config = ToyConfig(videos=count, test_videos=8, size=SIZE, frames=LENGTH, bias=1 / 8, seed=seed)
    return [
        np.ascontiguousarray(render_video(config, video)[0][..., ::-1])
        for video in plan_split(config, 'train')
    ]


def few_videos(paths: Sequence[str | Path]) -> list[Frames]:
    """Read the first 64 frames of up to 32 videos, evenly spread over a list, made small.

    Args:
        paths: Files.

    Returns:
        uint8 RGB ``[T, 40, 52, 3]`` each: the middle of the frame in those proportions.

    Raises:
        VideoReadError: one of those videos cannot be read.
        ValueError: one of them has a single frame.
    """
    found = []
    for place in np.linspace(0, len(paths) - 1, min(MOST, len(paths))).astype(int).tolist():
        path = paths[place]
        total = count_frames(path)
        if total < 2:
            raise ValueError(f'{path} has {total} frame(s): give a video that moves.')
        frames = read_frames(path, range(min(total, LENGTH)))
        found.append(np.stack([cover(frame, *SIZE) for frame in frames]))
    return found


def _one(videos: Sequence[Frames], rng: np.random.Generator) -> Frames:
    return videos[int(rng.integers(len(videos)))]


def _noise(rng: np.random.Generator, shape: tuple[int, ...]) -> Frames:
    return rng.integers(256, size=shape, dtype=np.uint8)


def _still(picture: Frames, total: int) -> Source:
    return Source(total, lambda numbers: np.broadcast_to(picture, (*numbers.shape, *picture.shape)))
