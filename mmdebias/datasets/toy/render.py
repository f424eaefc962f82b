"""From a planned video to frames and masks: scene, actor, camera and light."""

from __future__ import annotations

import cv2
import numpy as np

from .actor import boxes_of_parts, composite, draw_parts, place_parts
from .config import SPLITS, ToyConfig
from .motions import pose_joints, sample_tracks, smooth_signal
from .plan import ToyVideo
from .scenes import draw_scene
from .swings import sample_swing, swing_joints


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
    aspect = width / height
    # One stream per aspect: a family that draws more numbers must not change the actor.
    seed = np.random.SeedSequence([config.seed, SPLITS.index(video.split), video.index])
    looks, motion, scene, camera, light = map(np.random.default_rng, seed.spawn(5))

    drawn = video.label, config.frames, motion, config.actor_size, config.period, aspect
    if config.motions == 'swings':
        tracks, places = sample_swing(*drawn)
        joints, facing = swing_joints(tracks, places, aspect)
    else:
        tracks = sample_tracks(*drawn)
        joints, facing = pose_joints(tracks, aspect)
    parts = draw_parts(_wardrobe(config, looks), tracks.height * height)
    shaken = _camera(config, camera)
    placed = place_parts(parts, joints, facing, shaken, height, tracks.height)
    boxes = boxes_of_parts(parts, placed, config.size).tolist()

    margin = int(np.ceil(2 * config.shake * max(height, width))) + 1
    shape = height + 2 * margin, width + 2 * margin
    grey = np.full((*shape, 3), 0.45, np.float32)
    still = draw_scene(video.scene, *shape, scene) if config.backdrop == 'scenes' else grey
    # Alpha of the scene is zero, so that the canvas' alpha ends up as the actor's coverage.
    still = np.dstack([still, np.zeros(still.shape[:2], np.float32)])
    gains = 255 * _light(config, light)
    frames = np.empty((config.frames, height, width, 3), np.uint8)
    masks = np.empty((config.frames, height, width), bool)
    for time in range(config.frames):
        to_frame = shaken[time].copy()
        to_frame[:, 2] -= to_frame[:, :2] @ (margin, margin)
        canvas = cv2.warpAffine(still, to_frame, (width, height), borderMode=cv2.BORDER_REFLECT_101)
        for part, part_to_frame, box in zip(parts, placed[time], boxes[time]):
            composite(canvas, part, part_to_frame, box)
        masks[time] = canvas[..., 3] > 0.5
        gain = (*gains[time].tolist(), 0.0)
        lit = cv2.multiply(canvas, gain, dtype=cv2.CV_8U)  # type: ignore[call-overload]  # a scalar
        frames[time] = lit[..., :3]
    return frames, masks
