"""A person of random build and clothes, posed in space and drawn from any side.

Lengths are in standing heights of a person of average build; x is ahead, y up and z to the right.
A body is a set of tapered capsules. Every pixel shows the nearest one, so limbs cover one another
as they do in space, and what is covered by none is not the body: the masks are exact.
"""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
from scipy.spatial.transform import Rotation

from .actor import Cloth, random_colour
from .recorded import Recording

# Pixels of the drawing per pixel of the frame, which shows their mean.
OVERSAMPLING = 3
# Joint: what it hangs on, and where, as (ahead, up, right). Left ones are mirrored.
JOINTS = {
    'chest': ('hips', (0.0, 0.14, 0.0)),
    'neck': ('chest', (0.0, 0.14, 0.0)),
    'hip': ('hips', (0.0, 0.0, 0.055)),
    'knee': ('hip', (0.0, -0.25, 0.0)),
    'ankle': ('knee', (0.0, -0.25, 0.0)),
    'shoulder': ('chest', (-0.01, 0.135, 0.115)),
    'elbow': ('shoulder', (0.0, -0.17, 0.0)),
    # Points that nothing hangs on.
    'throat': ('neck', (0.01, 0.035, 0.0)),
    'face': ('neck', (0.02, 0.075, 0.0)),
    'crown': ('neck', (0.015, 0.105, 0.0)),
    'scalp': ('neck', (-0.005, 0.11, 0.0)),
    'nape': ('neck', (-0.012, 0.07, 0.0)),
    'hand': ('elbow', (0.0, -0.15, 0.0)),
    'finger': ('elbow', (0.0, -0.185, 0.0)),
    'heel': ('ankle', (-0.025, -0.03, 0.0)),
    'toe': ('ankle', (0.085, -0.035, 0.0)),
}
PAIRED = ('hip', 'knee', 'ankle', 'shoulder', 'elbow', 'hand', 'finger', 'heel', 'toe')
# What a build changes: the joints whose way it scales, and between which factors.
BUILDS = {
    ('knee', 'ankle'): (0.9, 1.1),
    ('chest', 'neck'): (0.92, 1.08),
    ('elbow', 'hand', 'finger'): (0.92, 1.08),
    ('shoulder',): (0.85, 1.2),
    ('hip',): (0.9, 1.25),
    ('throat', 'face', 'crown', 'scalp', 'nape'): (0.92, 1.15),
}
GIRTHS = (0.8, 1.2)
# Capsules: from, to, radii there, garment, and the joint that the garment turns with.
_Row = tuple[str, str, float, float, str, str]
CAPSULES: tuple[_Row, ...] = (
    ('hip_left', 'hip_right', 0.075, 0.075, 'trousers', 'hips'),
    ('hips', 'neck', 0.085, 0.075, 'shirt', 'chest'),
    ('shoulder_left', 'shoulder_right', 0.052, 0.052, 'shirt', 'chest'),
    ('neck', 'throat', 0.04, 0.038, 'skin', 'neck'),
    ('face', 'crown', 0.058, 0.06, 'skin', 'neck'),
    ('scalp', 'nape', 0.062, 0.055, 'hair', 'neck'),
)
PAIRED_CAPSULES: tuple[_Row, ...] = (
    ('hip', 'shoulder', 0.072, 0.06, 'shirt', 'chest'),
    ('hip', 'knee', 0.075, 0.05, 'trousers', 'hip'),
    ('knee', 'ankle', 0.05, 0.034, 'shins', 'knee'),
    ('heel', 'toe', 0.034, 0.026, 'shoes', 'ankle'),
    ('shoulder', 'elbow', 0.048, 0.038, 'shirt', 'shoulder'),
    ('elbow', 'hand', 0.036, 0.028, 'sleeves', 'elbow'),
    ('hand', 'finger', 0.032, 0.026, 'skin', 'elbow'),
)
SIDES = ('left', 'right')


@dataclasses.dataclass(frozen=True)
class Capsule:
    """A part of the body: from one joint to another, with the radius at each, in a cloth that
    turns with a joint."""

    start: str
    end: str
    radii: tuple[float, float]
    cloth: Cloth
    carrier: str


@dataclasses.dataclass(frozen=True)
class Person:
    """A build and clothes.

    Attributes:
        joints: Each joint's parent and its way from there.
        capsules: Parts of the body.
    """

    joints: dict[str, tuple[str, np.ndarray]]
    capsules: list[Capsule]

    @property
    def leg(self) -> float:
        """Return the length from hip to ankle."""
        return float(-self.joints['knee_left'][1][1] - self.joints['ankle_left'][1][1])


@dataclasses.dataclass(frozen=True)
class View:
    """Where the camera stands.

    Attributes:
        azimuth: Angle about the vertical, in radians.
        elevation: Angle above the horizon, in radians.
        distance: From the person's middle, in standing heights.
        mirrored: Whether left and right are exchanged.
    """

    azimuth: float
    elevation: float
    distance: float
    mirrored: bool


@dataclasses.dataclass(frozen=True)
class Pose:
    """A person in pixels of the frames, T of them; P is the number of capsules.

    Attributes:
        ends: Places (x, y) of the capsules' ends, [T, P, 2, 2].
        depths: How far behind the person's middle these are, [T, P, 2].
        radii: [T, P, 2].
        axes: The joints' axes as columns of (right, down, away), [T, P, 3, 3].
        unit: Pixels per standing height.
    """

    ends: np.ndarray
    depths: np.ndarray
    radii: np.ndarray
    axes: np.ndarray
    unit: float


def _sided(name: str, side: str) -> str:
    return f'{name}_{side}' if name in PAIRED else name


def draw_person(rng: np.random.Generator) -> Person:
    """Draw a build and clothes."""
    factors = {name: rng.uniform(*limits) for names, limits in BUILDS.items() for name in names}
    joints = {}
    for name, (parent, way) in JOINTS.items():
        scaled = np.array(way) * factors.get(name, 1.0)
        for side in SIDES if name in PAIRED else SIDES[1:]:
            mirrored = scaled * (1, 1, 1 if side == 'right' else -1)
            joints[_sided(name, side)] = _sided(parent, side), mirrored

    shirt, trousers = Cloth.draw(rng), Cloth.draw(rng)
    skin = Cloth.plain(random_colour(rng, (0.03, 0.1), (0.25, 0.65), (0.4, 1)))
    clothes = {'shirt': shirt, 'trousers': trousers, 'skin': skin}
    clothes['hair'] = Cloth.plain(random_colour(rng, value=(0.1, 0.9)))
    clothes['shoes'] = Cloth.plain(random_colour(rng))
    long_sleeves, long_legs = rng.random(2) < 0.5
    clothes['sleeves'] = shirt if long_sleeves else skin
    clothes['shins'] = trousers if long_legs else skin
    girth = rng.uniform(*GIRTHS)
    # A trunk and limbs that are thick or thin together, but not quite.
    stout = {name: girth * rng.uniform(0.9, 1.1) for name in ('shirt', 'trousers')}
    listed = [
        *CAPSULES,
        *(
            (_sided(start, side), _sided(end, side), first, last, garment, _sided(carrier, side))
            for side in SIDES
            for start, end, first, last, garment, carrier in PAIRED_CAPSULES
        ),
    ]
    capsules = []
    for start, end, first, last, garment, carrier in listed:
        # A head is as large as it is, however stout the person.
        head = factors['crown'] if garment == 'hair' or start == 'face' else girth
        around = stout.get(garment, head)
        radii = first * around, last * around
        capsules.append(Capsule(start, end, radii, clothes[garment], carrier))
    return Person(joints, capsules)


def pose_person(
    person: Person, recording: Recording, times: np.ndarray
) -> tuple[dict[str, np.ndarray], dict[str, Rotation]]:
    """Place a person's joints in space (forward kinematics).

    Args:
        person: Whose joints.
        recording: The motion.
        times: In seconds, [T].

    Returns:
        Joint positions [T, 3], the hips straight above or below the origin, which is at the height
        of a standing person's; and rotations of what hangs on the joints, T each.
    """
    height, turns = recording.at(times)
    places = {'hips': np.zeros((len(times), 3))}
    places['hips'][:, 1] = (height - 1) * person.leg
    turned = {'hips': turns['hips']}
    for name, (parent, way) in person.joints.items():
        places[name] = places[parent] + turned[parent].apply(way)
        turned[name] = turned[parent] * turns[name] if name in turns else turned[parent]
    return places, turned


def see_person(
    person: Person, recording: Recording, times: np.ndarray, view: View
) -> tuple[Pose, np.ndarray]:
    """Look at a person through a camera that goes along.

    Args:
        person: Whom.
        recording: The motion.
        times: In seconds, [T].
        view: Where the camera stands.

    Returns:
        The pose with a ``unit`` of 1 and the origin in the middle of the picture; and the box that
        the person never leaves: left, top, right and bottom.
    """
    places, turned = pose_person(person, recording, times)
    look = Rotation.from_euler('yx', [view.azimuth, view.elevation])
    to_picture = np.array([-1.0 if view.mirrored else 1.0, -1, -1])
    axes = np.stack([(look * turned[part.carrier]).as_matrix() for part in person.capsules], 1)
    points = np.stack([[places[part.start], places[part.end]] for part in person.capsules])
    points = points.transpose(2, 0, 1, 3)  # [T, P, 2, 3]
    points = look.apply(points.reshape(-1, 3)).reshape(points.shape) * to_picture
    # What is nearer looks larger.
    scale = view.distance / np.maximum(view.distance + points[..., 2], 0.5)
    ends = points[..., :2] * scale[..., None]
    radii = np.array([part.radii for part in person.capsules]) * scale
    low = (ends - radii[..., None]).min((0, 1, 2))
    high = (ends + radii[..., None]).max((0, 1, 2))
    pose = Pose(ends, points[..., 2], radii, to_picture[:, None] * axes, 1.0)
    return pose, np.concatenate([low, high])


def place_pose(pose: Pose, unit: float, place: np.ndarray, camera: np.ndarray) -> Pose:
    """Scale a pose to pixels and move it.

    Args:
        pose: From :func:`see_person`.
        unit: Pixels per standing height.
        place: Pixel (x, y) of the origin.
        camera: Affine maps [T, 2, 3] from the still scene's pixels to the frames' pixels; they
            turn and shift.
    """
    ends = pose.ends * unit + place
    ends = np.einsum('tij,tpej->tpei', camera[..., :2], ends) + camera[:, None, None, :, 2]
    return Pose(ends, pose.depths * unit, pose.radii * unit, pose.axes, unit)


def paint_person(
    person: Person, pose: Pose, time: int, size: tuple[int, int], light: np.ndarray
) -> np.ndarray:
    """Draw one frame of a person.

    Args:
        person: Whom.
        pose: From :func:`place_pose`.
        time: Index of the frame.
        size: Frame height and width in pixels.
        light: Unit vector [3] (right, down, away) that points to where the light comes from.

    Returns:
        Premultiplied BGRA picture [H, W, 4], float32 in [0, 1].
    """
    fine = size[0] * OVERSAMPLING, size[1] * OVERSAMPLING
    picture = np.zeros((*fine, 4), np.float32)
    nearest = np.full(fine, np.inf, np.float32)
    scale = OVERSAMPLING * pose.unit
    ends = ((pose.ends[time] + 0.5) * OVERSAMPLING - 0.5).astype(np.float32)
    depths = (pose.depths[time] * OVERSAMPLING).astype(np.float32)
    radii = (pose.radii[time] * OVERSAMPLING).astype(np.float32)
    low = np.floor((ends - radii[..., None]).min(1)).clip(0).astype(int)
    high = (np.ceil((ends + radii[..., None]).max(1)) + 1).clip(max=fine[::-1]).astype(int)
    # From front to back, so that little is painted over.
    for number in depths.mean(1).argsort():
        (left, top), (right, bottom) = low[number], high[number]
        if right <= left or bottom <= top:
            continue
        region = slice(top, bottom), slice(left, right)
        (x0, y0), (way_x, way_y) = ends[number, 0], ends[number, 1] - ends[number, 0]
        x = np.arange(left, right, dtype=np.float32) - x0
        y = np.arange(top, bottom, dtype=np.float32)[:, None] - y0
        along = (x * way_x + y * way_y) / (way_x**2 + way_y**2 + np.float32(1e-6))
        along = np.minimum(np.maximum(along, 0), 1)
        radius = radii[number, 0] + along * (radii[number, 1] - radii[number, 0])
        off_x, off_y = x - along * way_x, y - along * way_y
        bulge = np.sqrt(np.maximum(radius**2 - off_x**2 - off_y**2, 0))
        deeper = depths[number, 1] - depths[number, 0]
        depth = depths[number, 0] + along * deeper - bulge
        shown = (bulge > 0) & (depth < nearest[region])
        if not shown.any():
            continue
        nearest[region][shown] = depth[shown]
        around = radius[shown]
        normal = np.stack([off_x[shown], off_y[shown], -bulge[shown]], -1) / around[:, None]
        # Cloth goes around the limb, and turns with what carries it.
        ahead, _, aside = (normal @ pose.axes[time, number]).T
        length = np.sqrt(way_x**2 + way_y**2 + deeper**2) / scale
        angle = np.arctan2(aside, ahead)
        colours = person.capsules[number].cloth.colours(
            along[shown] * length, angle * around / scale
        )
        lit = (0.55 + 0.45 * np.maximum(normal @ light, 0)) * (0.5 - 0.5 * normal[:, 2])
        picture[region][shown, :3] = np.minimum(colours * lit[:, None], 1)
        picture[region][shown, 3] = 1
    return cv2.resize(picture, size[::-1], interpolation=cv2.INTER_AREA)
