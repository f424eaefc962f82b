"""Procedural still scenes: eight families, each video an instance of its own.

Every family takes a height and width in pixels and a random generator, and returns BGR float32
[height, width, 3], about [0, 1]. Lengths are shares of the height, so an instance looks alike at
all sizes. A family keeps to its structure; colours, scales and offsets vary widely.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from .actor import random_colour

_Rng = np.random.Generator


def _coordinates(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Return x [1, width] and y [height, 1] in heights from the top left corner."""
    x = (np.arange(width, dtype=np.float32) + 0.5) / height
    y = (np.arange(height, dtype=np.float32) + 0.5) / height
    return x[None], y[:, None]


def _noise(rng: _Rng, height: int, width: int, rows: float, columns: float) -> np.ndarray:
    """Smooth noise [height, width] in [0, 1]; ``rows`` and ``columns`` are cells per height."""
    shape = (max(2, round(rows)), max(2, round(columns * width / height)))
    coarse = rng.random(shape, dtype=np.float32)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)


def _blend(first: np.ndarray, second: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Return colours between two colours [3] or pictures [h, w, 3] at ``share`` [h, w]."""
    share = np.clip(share, 0, 1)[..., None].astype(np.float32)
    return first + (second - first) * share


def _sky(rng: _Rng, height: int, width: int) -> np.ndarray:
    """Return a vertical gradient between two related colours."""
    hue = rng.uniform(0.5, 0.75)
    top = random_colour(rng, (hue, hue + 0.05), (0.2, 0.6), (0.5, 0.95))
    bottom = random_colour(rng, (hue - 0.1, hue + 0.2), (0.05, 0.35), (0.75, 1))
    share = np.broadcast_to(_coordinates(height, width)[1], (height, width))
    return _blend(top, bottom, share)


def _fence(rng: _Rng, height: int, width: int) -> np.ndarray:
    x, y = _coordinates(height, width)
    plank = rng.uniform(0.1, 0.2)
    u = (x + rng.uniform(-0.08, 0.08) * y) / plank + rng.uniform(0, 9)
    wood = random_colour(rng, (-0.05, 0.2), (0.15, 0.8), (0.55, 1))
    shades = rng.uniform(0.75, 1, 256)[np.floor(u).astype(int) % 256]
    grain = _noise(rng, height, width, 3, 40)
    picture = wood * (shades * (0.8 + 0.2 * grain))[..., None]
    for rail in rng.uniform((0.15, 0.65), (0.35, 0.85)):
        picture = np.where((np.abs(y - rail) < 0.035)[..., None], picture * 0.6, picture)
    gap = u % 1 < rng.uniform(0.12, 0.25)
    return np.where(gap[..., None], random_colour(rng, value=(0.05, 0.25)), picture)


def _grass(rng: _Rng, height: int, width: int) -> np.ndarray:
    dark = random_colour(rng, (0.18, 0.42), (0.5, 1), (0.1, 0.35))
    light = random_colour(rng, (0.15, 0.42), (0.5, 1), (0.6, 1))
    streaks = 0.5 * _noise(rng, height, width, 12, 60) + 0.3 * _noise(rng, height, width, 4, 5)
    picture = _blend(dark, light, streaks * 1.2 - 0.1)
    blades = int(rng.uniform(120, 220) * width / height)
    tops = rng.random((blades, 2)) * (width, height * 1.1)
    bends = rng.normal(0, 0.03, blades) + rng.uniform(-0.02, 0.02)
    lengths, shares = rng.uniform(0.05, 0.14, blades), rng.random(blades)
    for (x, y), bend, length, share in zip(tops, bends, lengths, shares):
        colour = (dark * 0.6 * (1 - share) + light * share).tolist()
        end = (round(x + bend * height), round(y - length * height))
        cv2.line(picture, (round(x), round(y)), end, colour, max(1, height // 80))
    return picture


def _bricks(rng: _Rng, height: int, width: int) -> np.ndarray:
    x, y = _coordinates(height, width)
    tall = rng.uniform(0.07, 0.12)
    v = y / tall + rng.uniform()
    row = np.floor(v)
    u = x / (tall * rng.uniform(1.9, 2.6)) + 0.5 * (row % 2) + rng.uniform()
    number = (row * 37 + np.floor(u) * 11).astype(int) % 256
    brick = random_colour(rng, (-0.06, 0.1), (0.45, 0.9), (0.4, 0.85))
    mortar = random_colour(rng, saturation=(0, 0.2), value=(0.55, 0.95))
    shades = rng.uniform(0.65, 1.1, 256)[number] * (
        0.85 + 0.15 * _noise(rng, height, width, 40, 40)
    )
    joint = (v % 1 < 0.16) | (u % 1 < 0.07)
    return np.where(joint[..., None], mortar, brick * shades[..., None])


def _waves(rng: _Rng, height: int, width: int) -> np.ndarray:
    x, y = _coordinates(height, width)
    horizon = rng.uniform(0.12, 0.3)
    depth = np.clip(y - horizon, 0, None)
    # Waves get longer towards the viewer.
    phase = rng.uniform(50, 75) * depth ** rng.uniform(0.6, 0.75)
    wobble = np.sin(x * rng.uniform(6, 12) + rng.uniform(0, 6) + phase * 0.35)
    crest = 0.5 + 0.5 * np.sin(phase + rng.uniform(1, 1.8) * wobble)
    deep = random_colour(rng, (0.46, 0.66), (0.6, 1), (0.2, 0.5))
    light = random_colour(rng, (0.45, 0.6), (0.2, 0.6), (0.6, 0.9))
    sea = _blend(deep, light, crest)
    sea = _blend(sea, np.ones(3, np.float32), 0.9 * crest**8)
    return np.where((y < horizon)[..., None], _sky(rng, height, width), sea)


def _stars(rng: _Rng, height: int, width: int) -> np.ndarray:
    top = random_colour(rng, (0.55, 0.9), (0.5, 1), (0.02, 0.12))
    bottom = random_colour(rng, (0.55, 0.95), (0.5, 1), (0.12, 0.4))
    _, y = _coordinates(height, width)
    cloud = _noise(rng, height, width, 3, 3)
    picture = np.ascontiguousarray(_blend(top, bottom, 0.6 * y + 0.5 * cloud))
    count = int(rng.uniform(90, 160) * width / height)
    places = rng.random((count, 2)) * (width, height)
    radii = rng.uniform(0.003, 0.011, count) * height
    for (x, y), radius, value in zip(places, radii, rng.uniform(0.6, 1, count)):
        colour = (value, value, value * 0.9)
        cv2.circle(picture, (round(x), round(y)), max(1, round(radius)), colour, -1, cv2.LINE_AA)
    moon = (round(rng.random() * width), round(rng.uniform(0.08, 0.3) * height))
    cv2.circle(picture, moon, round(rng.uniform(0.06, 0.1) * height), (0.75, 0.95, 1), -1)
    return picture


def _checker(rng: _Rng, height: int, width: int) -> np.ndarray:
    x, y = _coordinates(height, width)
    horizon = rng.uniform(0.3, 0.5)
    far = 1 / np.clip(y - horizon + 0.06, 0.06, None)
    scale = rng.uniform(0.5, 0.9)
    u = (x - rng.uniform(0.2, 0.8) * width / height) * far * 4 * scale + rng.uniform()
    v = far * 2.2 * scale + rng.uniform()
    tile = (np.floor(u) + np.floor(v)) % 2
    dark = random_colour(rng, value=(0.05, 0.4))
    light = random_colour(rng, saturation=(0, 0.35), value=(0.75, 1))
    floor = _blend(dark, light, tile)
    wall = random_colour(rng, saturation=(0.2, 0.7), value=(0.4, 0.9))
    wall = _blend(wall, wall * 0.6, np.broadcast_to(y / horizon, tile.shape))
    return np.where((y < horizon)[..., None], wall, floor)


def _skyline(rng: _Rng, height: int, width: int) -> np.ndarray:
    dusk = rng.uniform(0, 0.15)
    top = random_colour(rng, (0.6, 0.8), (0.4, 0.8), (0.3, 0.6))
    bottom = random_colour(rng, (dusk, dusk), (0.4, 0.8), (0.85, 1))
    _, y = _coordinates(height, width)
    share = np.broadcast_to(y * 1.3, (height, width))
    picture = np.ascontiguousarray(_blend(top, bottom, share))
    window = max(1, round(rng.uniform(0.016, 0.024) * height))
    for roof, value in ((0.15, 0.45), (0.4, 0.25)):
        wall = random_colour(rng, (0.5, 0.8), (0.1, 0.5), (value * 0.6, value))
        lamp = random_colour(rng, (0.1, 0.17), (0.2, 0.7), (0.9, 1))
        left = -round(rng.uniform(0, 0.15) * height)
        while left < width:
            right = left + round(rng.uniform(0.14, 0.28) * height)
            upper = round(rng.uniform(roof, roof + 0.35) * height)
            shade = (wall * rng.uniform(0.7, 1.3)).tolist()
            cv2.rectangle(picture, (left, upper), (right, height), shade, -1)
            for row in range(upper + window, height, 3 * window):
                for column in range(left + window, right - window, 3 * window):
                    if rng.random() < 0.55 and column >= 0:
                        picture[row : row + window, column : column + window] = lamp
            left = right + round(rng.uniform(0, 0.04) * height)
    return picture


def _rings(rng: _Rng, height: int, width: int) -> np.ndarray:
    x, y = _coordinates(height, width)
    centre = rng.uniform((0.15, 0.2), (0.85, 0.8)) * (width / height, 1)
    across = np.hypot(x - centre[0], (y - centre[1]) * rng.uniform(0.75, 1.3))
    across = across + 0.09 * _noise(rng, height, width, 4, 4)
    rings = (across / rng.uniform(0.06, 0.1)) % 1
    dark = random_colour(rng, (0.0, 0.12), (0.5, 0.95), (0.2, 0.45))
    light = random_colour(rng, (0.04, 0.16), (0.25, 0.65), (0.7, 1))
    return _blend(light, dark, rings**2 + 0.25 * _noise(rng, height, width, 30, 30) - 0.1)


_DRAWERS: dict[str, Callable[[_Rng, int, int], np.ndarray]] = {
    'fence': _fence,
    'grass': _grass,
    'bricks': _bricks,
    'waves': _waves,
    'stars': _stars,
    'checker': _checker,
    'skyline': _skyline,
    'rings': _rings,
}
SCENES = tuple(_DRAWERS)


def draw_scene(scene: int, height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """Draw an instance of a scene family.

    Args:
        scene: Index into ``SCENES``.
        height: Height in pixels.
        width: Width in pixels.
        rng: Source of the instance's colours, scales and offsets.

    Returns:
        BGR picture, float32 [height, width, 3] in [0, 1].
    """
    # Drawn twice as large and averaged, since the drawers themselves do not smooth their edges.
    picture = _DRAWERS[SCENES[scene]](rng, 2 * height, 2 * width)
    picture = cv2.resize(picture.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    return np.clip(picture, 0, 1)
