"""From a planned video to frames and masks: scene, actor, camera and light."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from .actor import boxes_of_parts, composite, draw_parts, place_parts
from .config import SPLITS, ToyConfig
from .motions import pose_joints, sample_tracks, smooth_signal
from .person import View, draw_person, paint_person, place_pose, see_person
from .photographs import read_photograph
from .plan import ToyVideo
from .recorded import load_recording
from .scenes import draw_scene
from .swings import sample_swing, swing_joints

# Of a recorded motion's view: degrees above the horizon, and standing heights from the camera.
ELEVATION, DISTANCE = (-5.0, 35.0), (2.5, 8.0)
# Of a wall, in [0, 1].
GREY = 0.45
# Least distance of a person from the frame's border and greatest from its middle, as shares of the
# frame.
MARGIN, OFF_CENTRE = 0.03, 0.1


def _camera(config: ToyConfig, rng: np.random.Generator) -> np.ndarray:
    """Return maps [T, 2, 3] of a slightly shaking camera, in pixels about the frame's middle."""
    height, width = config.size
    period = (12.0, 48.0)
    shift = [config.shake * height * smooth_signal(rng, config.frames, period) for _ in range(2)]
    angle = np.deg2rad(60 * config.shake) * smooth_signal(rng, config.frames, period)
    cos, sin = np.cos(angle), np.sin(angle)
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    maps = np.empty((config.frames, 2, 3))
    maps[:, :, :2] = np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], -2)
    maps[:, :, 2] = middle + np.stack(shift, -1) - maps[:, :, :2] @ middle
    return maps


def _light(config: ToyConfig, rng: np.random.Generator) -> np.ndarray:
    """Return slowly drifting gains [T, 3] of blue, green and red: exposure and cast."""
    strength = config.lighting
    exposure = strength * rng.uniform(-0.2, 0.12)
    cast = strength * rng.normal(0, 0.06, 3)
    period = (2.0 * config.frames, 5.0 * config.frames)
    drift = [smooth_signal(rng, config.frames, period) for _ in range(4)]
    common = 0.12 * strength * drift[0][:, None]
    return np.exp(exposure + cast + common + 0.04 * strength * np.stack(drift[1:], -1))


def _wardrobe(config: ToyConfig, looks: np.random.Generator) -> np.random.Generator:
    """Return the stream that dresses the actor: the video's own, or that of one of the shared
    looks."""
    if config.actors is None:
        return looks
    # Three numbers, as a video has, would give a look the stream of some video.
    return np.random.default_rng([config.seed, int(looks.integers(config.actors))])


# Draws the actor of a frame over a premultiplied BGRA canvas [H, W, 4], in place.
Painter = Callable[[int, np.ndarray], None]


def _paint_puppet(
    config: ToyConfig,
    label: int,
    looks: np.random.Generator,
    motion: np.random.Generator,
    shaken: np.ndarray,
) -> Painter:
    """Return what draws the puppet, which moves as the class says."""
    height, width = config.size
    aspect = width / height
    drawn = label, config.frames, motion, config.actor_size, config.period, aspect
    if config.motions == 'swings':
        tracks, places = sample_swing(*drawn)
        joints, facing = swing_joints(tracks, places, aspect)
    else:
        tracks = sample_tracks(*drawn)
        joints, facing = pose_joints(tracks, aspect)
    parts = draw_parts(looks, tracks.height * height)
    placed = place_parts(parts, joints, facing, shaken, height, tracks.height)
    boxes = boxes_of_parts(parts, placed, config.size).tolist()

    def paint(time: int, canvas: np.ndarray) -> None:
        for part, part_to_frame, box in zip(parts, placed[time], boxes[time]):
            composite(canvas, part, part_to_frame, box)

    return paint


def _paint_person(
    config: ToyConfig,
    label: int,
    looks: np.random.Generator,
    motion: np.random.Generator,
    shaken: np.ndarray,
) -> Painter:
    """Return what draws a person, who moves as recorded and is in the frame as a whole."""
    size = np.array(config.size[::-1])
    recording = load_recording(config.classes[label])
    start, speed = motion.uniform(0, recording.length), motion.uniform(*config.speed)
    view = View(
        azimuth=motion.uniform(0, 2 * np.pi),
        elevation=np.deg2rad(motion.uniform(*ELEVATION)),
        distance=motion.uniform(*DISTANCE),
        mirrored=bool(motion.random() < 0.5),
    )
    light = np.array([motion.uniform(-1, 1), motion.uniform(-1.5, -0.5), -1.0])
    person = draw_person(looks)
    times = start + np.arange(config.frames) * speed / config.fps
    pose, box = see_person(person, recording, times, view)
    # As a cameraman does: the whole person, about in the middle, no larger than fits.
    room = size * (1 - 2 * MARGIN)
    extent = box[2:] - box[:2]
    unit = min(motion.uniform(*config.actor_size) * size[1], *(room / extent))
    slack = np.minimum((room - unit * extent) / 2, OFF_CENTRE * size)
    middle = (size - 1) / 2 + motion.uniform(-1, 1, 2) * slack
    placed = place_pose(pose, unit, middle - unit * (box[:2] + box[2:]) / 2, shaken)

    def paint(time: int, canvas: np.ndarray) -> None:
        drawn = paint_person(person, placed, time, config.size, light / np.linalg.norm(light))
        canvas *= 1 - drawn[..., 3:]
        canvas += drawn

    return paint


def _draw_backdrop(
    config: ToyConfig, video: ToyVideo, shape: tuple[int, int], rng: np.random.Generator
) -> np.ndarray:
    """Return what is behind the actor, BGR float32 [*shape, 3] in [0, 1]."""
    wall = np.full((*shape, 3), GREY, np.float32)
    if config.backdrop == 'grey':
        return wall
    if config.images is None:
        picture = draw_scene(video.scene, *shape, rng)
    else:
        picture = read_photograph(config.images, video.scene, *shape, rng)
    return picture if config.contrast == 1 else wall + config.contrast * (picture - wall)


def render_video(config: ToyConfig, video: ToyVideo) -> tuple[np.ndarray, np.ndarray]:
    """Draw one video.

    Args:
        config: Arguments of the set.
        video: The planned video. Its class decides which phase of the motion runs and its scene
            what is behind; everything else depends on (seed, split, index) alone.

    Returns:
        Frames, BGR uint8 [T, H, W, 3], and the actor's masks, bool [T, H, W].
    """
    height, width = config.size
    # One stream per aspect: a family that draws more numbers must not change the actor.
    seed = np.random.SeedSequence([config.seed, SPLITS.index(video.split), video.index])
    looks, motion, scene, camera, light = map(np.random.default_rng, seed.spawn(5))
    shaken = _camera(config, camera)
    actor = _paint_person if config.motions == 'mocap' else _paint_puppet
    paint = actor(config, video.label, _wardrobe(config, looks), motion, shaken)

    margin = int(np.ceil(2 * config.shake * max(height, width))) + 1
    still = _draw_backdrop(config, video, (height + 2 * margin, width + 2 * margin), scene)
    # Alpha of the scene is zero, so that the canvas' alpha ends up as the actor's coverage.
    still = np.dstack([still, np.zeros(still.shape[:2], np.float32)])
    gains = 255 * _light(config, light)
    frames = np.empty((config.frames, height, width, 3), np.uint8)
    masks = np.empty((config.frames, height, width), bool)
    for time in range(config.frames):
        to_frame = shaken[time].copy()
        to_frame[:, 2] -= to_frame[:, :2] @ (margin, margin)
        canvas = cv2.warpAffine(still, to_frame, (width, height), borderMode=cv2.BORDER_REFLECT_101)
        paint(time, canvas)
        masks[time] = canvas[..., 3] > 0.5
        gain = (*gains[time].tolist(), 0.0)
        lit = cv2.multiply(canvas, gain, dtype=cv2.CV_8U)  # type: ignore[call-overload]  # a scalar
        frames[time] = lit[..., :3]
    return frames, masks
