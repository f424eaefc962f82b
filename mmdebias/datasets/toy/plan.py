"""Which video shows which action in front of which scene (nothing is drawn here).

Scene family ``k`` is the *own* family of class ``k``. For ``train`` and ``test`` with bias ``B``:

* a video shows the own family of its class with probability exactly ``B``;
* otherwise one of the other families, each with the same probability.

So ``B = 1 / number of classes`` makes scene and class independent, ``B = 1`` gives every class one
family and ``B = 0`` never its own. The draws are stratified: of the ``n`` videos of a class,
``B * n`` show the own family, where a fraction is rounded up or down by a draw whose mean is that
fraction, and the others share the rest as evenly as possible. Small sets therefore have the bias
that was asked for rather than a noisy version of it. ``test_swap`` is the case ``B = 0``.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from .config import SPLITS, ToyConfig
from .motions import CLASSES


@dataclasses.dataclass(frozen=True)
class ToyVideo:
    """One planned video.

    Attributes:
        split: ``train``, ``test`` or ``test_swap``.
        index: Number of the video in its split; with the seed and the split it decides all draws.
        label: Class index.
        scene: Scene family index.
    """

    split: str
    index: int
    label: int
    scene: int

    @property
    def name(self) -> str:
        """Return file name without extension."""
        return f'{self.split}_{self.index:05d}'

    @property
    def video_path(self) -> str:
        """Return the path of the video relative to the set's folder, as in the lists."""
        return f'videos/{self.split}/{self.name}.mp4'

    @property
    def mask_path(self) -> str:
        """Return the path of the masks relative to the set's folder."""
        return f'masks/{self.split}/{self.name}.npz'


def _scenes_of_class(label: int, count: int, bias: float, rng: np.random.Generator) -> np.ndarray:
    """Draw the scenes of the ``count`` videos of one class, in random order."""
    exact = bias * count
    # The guard keeps 0.9 * 10 from being 8.999... plus a draw that nearly always rounds up.
    whole = int(np.floor(exact + 1e-9))
    own = min(count, whole + int(rng.random() < exact - whole))
    others = [scene for scene in range(len(CLASSES)) if scene != label]
    rest = count - own
    rounds = [rng.permutation(others) for _ in range(-(-rest // len(others)))]
    scenes = np.concatenate([np.full(own, label), *rounds])[:count]
    return rng.permutation(scenes).astype(int)


def plan_split(config: ToyConfig, split: str) -> list[ToyVideo]:
    """Assign a class and a scene to every video of a split.

    Args:
        config: Arguments of the set; only ``seed``, ``bias`` and the counts matter here.
        split: One of ``SPLITS``.

    Returns:
        The videos by index. Labels are in random order, each as often as the others or once more.
    """
    if split not in SPLITS:
        raise ValueError(f'split={split!r}: give one of {", ".join(SPLITS)}')
    rng = np.random.default_rng([config.seed, SPLITS.index(split)])
    bias = 0.0 if split == 'test_swap' else config.bias
    labels = rng.permutation(np.arange(config.count(split)) % len(CLASSES))
    scenes = np.empty_like(labels)
    for label in range(len(CLASSES)):
        members = np.flatnonzero(labels == label)
        scenes[members] = _scenes_of_class(label, len(members), bias, rng)
    return [
        ToyVideo(split, index, int(label), int(scene))
        for index, (label, scene) in enumerate(zip(labels, scenes))
    ]
