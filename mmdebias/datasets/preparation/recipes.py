"""The differences between the data sets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import annotations, matching


@dataclass(frozen=True)
class Recipe:
    """The preparation of one dataset.

    Attributes:
        name: Name of its folder, as in ``configs/_base_/datasets``.
        title: Its name in prose.
        read: Reads the official split files found in some folders.
        key: Key of a video file, see ``matching``.
        folders: Folders of videos, each filled from archives of its own.
        whole: Whether the official archives hold every video of the split files.
    """

    name: str
    title: str
    read: Callable[[Sequence[Path]], annotations.Annotations]
    key: Callable[[Path], str] = matching.by_name
    folders: tuple[str, ...] = ('videos',)
    whole: bool = True


UCF101 = Recipe('ucf101', 'UCF101', annotations.read_ucf101, matching.by_name_in_any_case)
HMDB51 = Recipe('hmdb51', 'HMDB51', annotations.read_hmdb51, matching.by_class_and_name)
DIVING48 = Recipe('diving48', 'Diving48 (V2 labels)', annotations.read_diving48)
STHV2 = Recipe('sthv2', 'Something-Something V2', annotations.read_sthv2)
# Videos disappear from YouTube: no copy of Kinetics is whole.
KINETICS400 = Recipe(
    'kinetics400',
    'Kinetics-400',
    annotations.read_kinetics400,
    folders=('videos_train', 'videos_val'),
    whole=False,
)
