"""The puppet: textured, shaded parts, drawn once per video and placed anew in every frame.

A part is a float32 picture [h, w, 4] (blue, green, red, alpha; colours multiplied by alpha, in
[0, 1]) whose x axis runs from the part's first joint to its second. Its resolution follows the
actor's size in the frame, so the warp into the frame neither blurs nor aliases much.
"""

from __future__ import annotations

import colorsys
import dataclasses

import cv2
import numpy as np

# Pixels of a part's picture per pixel of the frame.
OVERSAMPLING = 1.5


@dataclasses.dataclass(frozen=True)
class Part:
    """A picture and the joints that carry it.

    Attributes:
        image: Premultiplied BGRA picture, float32 [h, w, 4].
        start: Joint at the picture's ``origin``.
        end: Joint towards which the picture's x axis points.
        origin: Pixel coordinates (x, y) of ``start`` in the picture.
        scale: Pixels of the picture per standing height.
    """

    image: np.ndarray
    start: str
    end: str
    origin: tuple[float, float]
    scale: float


def random_colour(
    rng: np.random.Generator,
    hue: tuple[float, float] = (0, 1),
    saturation: tuple[float, float] = (0.35, 1),
    value: tuple[float, float] = (0.3, 1),
) -> np.ndarray:
    """Draw a colour, BGR float32 [3] in [0, 1]; hues wrap around at 1."""
    drawn = (rng.uniform(*hue) % 1, rng.uniform(*saturation), rng.uniform(*value))
    return np.array(colorsys.hsv_to_rgb(*drawn)[::-1], np.float32)


def _pattern(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, kind: int) -> np.ndarray:
    """Return share of the second colour, [h, w], of a cloth; x and y in standing heights."""
    pitch = rng.uniform(0.05, 0.1)
    u, v = (x + rng.uniform()) / pitch, (y + rng.uniform()) / pitch
    if kind == 0:  # plain, a little faded along the limb
        return np.clip(0.3 + x * rng.uniform(-1, 1), 0, 1)
    if kind == 1:  # stripes across
        return (u % 1 < 0.5).astype(np.float32)
    if kind == 2:  # stripes along
        return (v % 1 < 0.4).astype(np.float32)
    if kind == 3:  # checks
        return ((np.floor(u) + np.floor(v)) % 2).astype(np.float32)
    return ((u % 1 - 0.5) ** 2 + (v % 1 - 0.5) ** 2 < 0.11).astype(np.float32)  # dots


@dataclasses.dataclass(frozen=True)
class Cloth:
    """Two colours and a pattern; ``seed`` keeps a garment's parts alike."""

    first: np.ndarray
    second: np.ndarray
    kind: int
    seed: int

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Cloth:
        """Draw a random cloth whose two colours differ in lightness."""
        first, second = random_colour(rng), random_colour(rng)
        if abs(first.mean() - second.mean()) < 0.2:
            second = 1 - second if abs(1 - 2 * second.mean()) > 0.2 else second * 0.4
        return cls(first, second, int(rng.integers(5)), int(rng.integers(2**31)))

    @classmethod
    def plain(cls, colour: np.ndarray) -> Cloth:
        """Return a cloth of one colour, such as skin."""
        return cls(colour, colour, 0, 0)

    def colours(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return colours [h, w, 3] at x, y in standing heights."""
        share = _pattern(np.random.default_rng(self.seed), x, y, self.kind)[..., None]
        return self.first * (1 - share) + self.second * share


def _finish(colours: np.ndarray, depth: np.ndarray, scale: float, shade: float) -> np.ndarray:
    """Shade a part like a rounded body, darken its rim and premultiply by its alpha.

    Args:
        colours: [h, w, 3].
        depth: Distance inside the outline, in standing heights, negative outside; [h, w].
        scale: Pixels per standing height.
        shade: Brightness of the whole part.
    """
    light = 0.62 + 0.38 * np.clip(depth / 0.045, 0, 1)
    light = np.where(depth < 0.012, 0.35, light) * shade
    alpha = np.clip(depth * scale + 0.5, 0, 1)
    colours = np.clip(colours * light[..., None], 0, 1) * alpha[..., None]
    return np.dstack([colours, alpha]).astype(np.float32)


def _grid(left: float, right: float, half: float, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the coordinates [h, w] in standing heights, and two pixels of margin all around."""
    columns = np.arange(np.floor(left * scale) - 2, np.ceil(right * scale) + 3) / scale
    rows = np.arange(-np.ceil(half * scale) - 2, np.ceil(half * scale) + 3) / scale
    x, y = np.meshgrid(columns, rows)
    return x, y


def _limb(
    start: str,
    end: str,
    length: float,
    radii: tuple[float, float],
    scale: float,
    cloth: Cloth,
    shade: float = 1.0,
    tip: tuple[float, np.ndarray] | None = None,
) -> Part:
    """Return a tapered capsule; ``tip`` paints the part beyond a share of the length in another
    colour."""
    half = max(radii)
    x, y = _grid(-radii[0], length + radii[1], half, scale)
    along = np.clip(x / length, 0, 1)
    depth = radii[0] + (radii[1] - radii[0]) * along - np.hypot(x - along * length, y)
    colours = cloth.colours(x, y)
    if tip is not None:
        colours = np.where((x > tip[0] * length)[..., None], tip[1], colours)
    image = _finish(colours, depth, scale, shade)
    return Part(image, start, end, (-x[0, 0] * scale, -y[0, 0] * scale), scale)


def _head(scale: float, skin: np.ndarray, hair: np.ndarray, hat: bool) -> Part:
    """Return a head seen from the side: x points to the crown, +y to the back, -y to the face."""
    radius = 0.125
    x, y = _grid(-radius, radius, radius + 0.05, scale)
    depth = radius - np.hypot(x, y)
    nose = 0.035 - np.hypot(x + 0.01, y + radius)
    colours = np.broadcast_to(skin, (*x.shape, 3))
    if hat:  # a cap with a peak over the face
        covered = x > 0.045
        peak = np.minimum(0.022 - np.abs(x - 0.055), y + radius + 0.05)
        depth = np.maximum(depth, np.where(y < 0, peak, -1))
    else:
        covered = (x > 0.06) | ((y > 0.03) & (x > -0.07))
    colours = np.where(covered[..., None], hair, colours)
    eye = np.hypot(x - 0.01, y + 0.06) < 0.022
    colours = np.where(eye[..., None], np.float32(0.05), colours)
    image = _finish(colours, np.maximum(depth, nose), scale, 1.0)
    return Part(image, 'head', 'crown', (-x[0, 0] * scale, -y[0, 0] * scale), scale)


def draw_parts(rng: np.random.Generator, height: float) -> list[Part]:
    """Draw an actor of random looks.

    Args:
        rng: Source of the looks (colours, patterns, sleeves, hat).
        height: Standing height in pixels of the frame.

    Returns:
        The parts from back to front.
    """
    scale = height * OVERSAMPLING
    shirt, trousers = Cloth.draw(rng), Cloth.draw(rng)
    skin = random_colour(rng, (0.03, 0.1), (0.25, 0.65), (0.4, 1))
    hair, shoes = random_colour(rng), Cloth.plain(random_colour(rng))
    hat, long_sleeves, long_legs = rng.random(3) < 0.5
    girth = rng.uniform(0.9, 1.15)

    def limb(start: str, end: str, length: float, radii: tuple, cloth: Cloth, **kwargs) -> Part:
        radii = (radii[0] * girth, radii[1] * girth)
        return _limb(start, end, length, radii, scale, cloth, **kwargs)

    parts = []
    for side, shade in (('far', 0.75), ('near', 1.0)):
        shin = trousers if long_legs else Cloth.plain(skin)
        foot = limb(f'ankle_{side}', f'toe_{side}', 0.1, (0.045, 0.035), shoes, shade=shade)
        lower = limb(f'knee_{side}', f'ankle_{side}', 0.2, (0.06, 0.05), shin, shade=shade)
        upper = limb(f'hip_{side}', f'knee_{side}', 0.22, (0.08, 0.065), trousers, shade=shade)
        parts += [foot, lower, upper]
    parts.append(limb('hips', 'neck', 0.27, (0.115, 0.14), shirt))
    parts.append(_head(scale, skin, hair, bool(hat)))
    for side, shade in (('far', 0.85), ('near', 1.0)):
        sleeve = shirt if long_sleeves else Cloth.plain(skin)
        upper = limb(f'shoulder_{side}', f'elbow_{side}', 0.17, (0.06, 0.05), shirt, shade=shade)
        hand = (0.8, skin)
        fore = limb(
            f'elbow_{side}', f'hand_{side}', 0.17, (0.05, 0.05), sleeve, shade=shade, tip=hand
        )
        parts += [upper, fore]
    return parts


def place_parts(
    parts: list[Part],
    joints: dict[str, np.ndarray],
    facing: np.ndarray,
    camera: np.ndarray,
    frame_height: int,
    height: float,
) -> np.ndarray:
    """Return the affine maps from the parts' pictures to the frames.

    Args:
        parts: Parts of the actor, P of them.
        joints: Joint positions [T, 2] in frame heights.
        facing: +1 or -1, [T]; the pictures are mirrored along with the pose.
        camera: Affine maps [T, 2, 3] from the still scene's pixels to the frames' pixels.
        frame_height: Frame height in pixels.
        height: Standing height as a share of frame height.

    Returns:
        Affine maps [T, P, 2, 3].
    """
    maps = np.empty((len(facing), len(parts), 2, 3))
    for number, part in enumerate(parts):
        start = joints[part.start] * frame_height
        axis = joints[part.end] * frame_height - start
        axis = axis / np.linalg.norm(axis, axis=-1, keepdims=True)
        side = np.stack([axis[:, 1], -axis[:, 0]], -1) * facing[:, None]
        linear = np.stack([axis, side], -1) * (height * frame_height / part.scale)
        maps[:, number, :, :2] = linear
        maps[:, number, :, 2] = start - linear @ np.asarray(part.origin)
    turned = camera[:, None, :, :2] @ maps
    turned[..., 2] += camera[:, None, :, 2]
    return turned


def boxes_of_parts(parts: list[Part], maps: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return the ranges of the frame that the parts may touch.

    Args:
        parts: Parts of the actor, P of them.
        maps: Affine maps [T, P, 2, 3] from :func:`place_parts`.
        size: Frame height and width in pixels.

    Returns:
        Integers [T, P, 4]: left, top, right, bottom (exclusive); right <= left outside the frame.
    """
    sides = np.array([part.image.shape[1::-1] for part in parts], np.float64)
    corners = sides[:, :, None] * np.array([[0, 1, 0, 1], [0, 0, 1, 1]])
    corners = maps[..., :2] @ corners + maps[..., 2:]
    limit = (size[1], size[0])
    low = np.clip(np.floor(corners.min(-1)) - 1, 0, limit)
    high = np.clip(np.ceil(corners.max(-1)) + 1, 0, limit)
    return np.concatenate([low, high], -1).astype(int)


def composite(canvas: np.ndarray, part: Part, to_frame: np.ndarray, box: list[int]) -> None:
    """Draw a part over a premultiplied BGRA canvas [H, W, 4], float32, in place.

    Args:
        canvas: Picture to draw on.
        part: What to draw.
        to_frame: Affine map [2, 3] from the part's pixels to the canvas' pixels.
        box: Left, top, right and bottom of the range that the part may touch. To warp the whole
            canvas for every part is what would cost.
    """
    left, top, right, bottom = box
    if right <= left or bottom <= top:
        return
    shifted = to_frame.copy()
    shifted[:, 2] -= (left, top)
    drawn = cv2.warpAffine(part.image, shifted, (right - left, bottom - top))
    region = canvas[top:bottom, left:right]
    region *= 1 - drawn[..., 3:]
    region += drawn
