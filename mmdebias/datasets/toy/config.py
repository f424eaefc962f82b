"""Arguments that decide what a toy set holds, checked once and for all."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from numbers import Integral, Real
from typing import Any

from .motions import CLASSES
from .photographs import describe_photographs, photograph_groups
from .recorded import RECORDINGS
from .scenes import SCENES
from .swings import SWINGS

# Raise this whenever the same arguments would give other frames, masks or lists: a set made by an
# older generator is then refused instead of being mixed with new files.
FORMAT_VERSION = 2
SPLITS = ('train', 'test', 'test_swap')
# Eight classes each, so that each has a scene family of its own.
MOTION_SETS = {'limbs': CLASSES, 'swings': tuple(SWINGS), 'mocap': RECORDINGS}
# Arguments that sets of this format were made without once, and what they had.
ADDED = {
    'actors': None,
    'motions': 'limbs',
    'backdrop': 'scenes',
    'images': None,
    'contrast': 1.0,
    'speed': (0.8, 1.25),
}
BACKDROPS = ('scenes', 'grey')
# decord 0.6 pads rows to multiples of 32 pixels and takes a padded row of exactly four bytes for
# each pixel for a picture of four channels (https://github.com/dmlc/decord/issues/336). From 32 up,
# that happens at these two widths, and MMAction2 reads videos with decord.
DECORD_WIDTHS = (48, 72)


def _fail(name: str, value: object, need: str) -> None:
    raise ValueError(f'{name}={value!r}: {need}')


def _check_int(name: str, value: object, low: int, why: str) -> None:
    if isinstance(value, bool) or not isinstance(value, Integral) or value < low:
        _fail(name, value, f'give a whole number of at least {low} ({why})')


def _check_real(name: str, value: Any, low: float, high: float, why: str) -> None:
    number = isinstance(value, Real) and not isinstance(value, bool)
    if not (number and low <= value <= high):  # NaN compares false and lands here too
        _fail(name, value, f'give a number from {low:g} to {high:g} ({why})')


def _check_range(name: str, value: Any, low: float, high: float, why: str) -> None:
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        _fail(name, value, f'give two numbers, least and greatest ({why})')
    for number in value:
        _check_real(name, number, low, high, why)
    if value[0] > value[1]:
        _fail(name, value, 'give the smaller number first')


@dataclasses.dataclass(frozen=True)
class ToyConfig:
    """Everything that decides the content of a toy set.

    Args:
        videos: Number of training videos. Classes differ by at most one video.
        test_videos: Number of videos in ``test`` and again in ``test_swap``. Defaults to a quarter
            of ``videos``, rounded up to a multiple of the number of classes.
        bias: Probability that a video of ``train`` or ``test`` shows the scene family of its own
            class. 1 / number of classes makes scene and class independent.
        seed: Seed of everything.
        size: Frame height and width in pixels, both even (the codec asks for that); widths of 48
            and 72 are refused because decord misreads them.
        frames: Frames per video.
        fps: Frames per second written into the files. It changes the playing speed only: motions
            are timed in frames (see ``period``), unless they are recorded ones.
        actor_size: Least and greatest standing height of the actor, as a share of frame height.
        actors: Number of looks (clothes, skin, hair) that the videos of all splits share, each as
            likely as the others. None gives every video an actor of its own: then the clothes say
            which video it is, and telling videos apart needs neither the scene nor the motion.
        motions: What the classes are: motions of the ``limbs`` (:mod:`.motions`), ``swings`` of
            the whole body (:mod:`.swings`), which small pictures show better, or recorded motions
            of people, ``mocap`` (:mod:`.recorded`), seen from any side.
        backdrop: What is behind the actor: its ``scenes``, or a ``grey`` wall in all videos, for
            comparison. The plan and the labels of the scenes stay.
        images: Folder of photographs that are the scenes (:mod:`.photographs`). None paints them.
        contrast: Of what is behind the actor: 1 as it is drawn, 0 the grey of the wall.
        period: Least and greatest length of one cycle of a motion, in frames. Recorded motions have
            their own.
        speed: Least and greatest speed of recorded motions; 1 is as recorded.
        shake: Amplitude of the camera's translation as a share of frame height; the camera turns
            by up to 60 degrees times this number. 0 is a camera on a tripod.
        lighting: Strength of the lighting's variation between and within videos: 1 is the usual
            amount, 0 leaves colours as they are drawn.

    Raises:
        ValueError: if a value is out of range; the message names the argument and the remedy.
    """

    videos: int = 320
    test_videos: int | None = None
    bias: float = 0.9
    seed: int = 0
    size: tuple[int, int] = (64, 64)
    frames: int = 32
    fps: float = 15.0
    actor_size: tuple[float, float] = (0.72, 0.84)
    actors: int | None = None
    motions: str = 'limbs'
    backdrop: str = 'scenes'
    images: str | None = None
    contrast: float = 1.0
    period: tuple[float, float] = (16.0, 24.0)
    speed: tuple[float, float] = (0.8, 1.25)
    shake: float = 0.015
    lighting: float = 1.0

    def __post_init__(self) -> None:
        classes = len(CLASSES)
        _check_int('videos', self.videos, classes, f'one or more for each of {classes} classes')
        if self.test_videos is None:
            quarter = max(1, self.videos // 4)
            object.__setattr__(self, 'test_videos', classes * math.ceil(quarter / classes))
        _check_int('test_videos', self.test_videos, classes, f'{classes} classes need one each')
        _check_real('bias', self.bias, 0, 1, f'a probability; {1 / classes:g} is independence')
        _check_int('seed', self.seed, 0, 'the seed of the random draws')
        self._check_size()
        _check_int('frames', self.frames, 8, 'fewer frames do not show a motion')
        _check_real('fps', self.fps, 1, 240, 'frames per second written into the files')
        _check_range('actor_size', self.actor_size, 0.2, 1, 'share of the frame height')
        if self.actors is not None:
            _check_int('actors', self.actors, 1, 'looks to share; None is one for each video')
            object.__setattr__(self, 'actors', int(self.actors))
        for name, known in (('motions', MOTION_SETS), ('backdrop', BACKDROPS)):
            if getattr(self, name) not in known:
                _fail(name, getattr(self, name), f'give one of {", ".join(known)}')
        # Below eight frames a cycle, clips that skip every other frame alias a motion with its
        # time-reverse.
        _check_range('period', self.period, 8, 1000, 'frames for one cycle of a motion')
        _check_range('speed', self.speed, 0.1, 4, '1 is as recorded')
        _check_real('shake', self.shake, 0, 0.2, 'share of the frame height')
        _check_real('contrast', self.contrast, 0, 1, '1 is as drawn')
        _check_real('lighting', self.lighting, 0, 3, '1 is the usual amount')
        # One representation for numbers that are equal (15 and 15.0), hence one fingerprint.
        for name in ('videos', 'test_videos', 'seed', 'frames'):
            object.__setattr__(self, name, int(getattr(self, name)))
        for name in ('bias', 'fps', 'contrast', 'shake', 'lighting'):
            object.__setattr__(self, name, float(getattr(self, name)))
        for name, kind in (
            ('size', int),
            ('actor_size', float),
            ('period', float),
            ('speed', float),
        ):
            object.__setattr__(self, name, tuple(kind(number) for number in getattr(self, name)))
        self._check_timing()
        if self.images is not None:
            object.__setattr__(self, 'images', str(self.images))
            photograph_groups(self.images)

    def _check_size(self) -> None:
        if not isinstance(self.size, (tuple, list)) or len(self.size) != 2:
            _fail('size', self.size, 'give height and width in pixels')
        for pixels in self.size:
            _check_int('size', pixels, 32, 'pixels; the actor is not visible in smaller frames')
            if pixels % 2:
                _fail('size', self.size, f'give even numbers, such as {pixels + 1} for {pixels}')
        if self.size[1] in DECORD_WIDTHS:
            near = self.size[1] - 8
            _fail('size', self.size, f'decord misreads this width, give another such as {near}')

    def _check_timing(self) -> None:
        unused, instead = ('period', 'speed') if self.motions == 'mocap' else ('speed', 'period')
        default = type(self).__dataclass_fields__[unused].default
        if getattr(self, unused) != default:
            need = f'motions={self.motions!r} has no {unused}, give {instead}'
            _fail(unused, getattr(self, unused), need)

    def arguments(self) -> dict[str, object]:
        """Return the arguments as JSON values (tuples as lists), as written to ``meta.json``.

        Those that were added later are left out where they change nothing, so that a set made
        before they existed is still known. For the photographs stand their number and a digest.
        """
        given = dataclasses.asdict(self)
        if self.images is not None:
            given['images'] = describe_photographs(self.images)
        changed = {key: value for key, value in given.items() if value != ADDED.get(key, ...)}
        return json.loads(json.dumps(changed))

    def fingerprint(self) -> str:
        """Return a short digest of arguments and format version, kept with every mask file."""
        text = json.dumps([FORMAT_VERSION, self.arguments()], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def classes(self) -> tuple[str, ...]:
        """Return names of the classes, by index."""
        return MOTION_SETS[self.motions]

    @property
    def scenes(self) -> tuple[str, ...]:
        """Return names of the scene families, by index."""
        return SCENES if self.images is None else tuple(photograph_groups(self.images))

    def count(self, split: str) -> int:
        """Return the number of videos of ``split``."""
        return self.videos if split == 'train' else self.test_videos
