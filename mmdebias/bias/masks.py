"""Where the masks of the foreground come from: files, boxes, or the motion itself.

Sources are frozen and hold settings only, so that workers share them and results can be cached by
them; what is read is cached beside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Any, Protocol, overload

import numpy as np
import torch
from numpy.typing import NDArray

from mmdebias.datasets.mask_files import (
    check_masks,
    ends_of,
    leads_out,
    mask_places,
    masks_of_frames,
)
from mmdebias.datasets.stored_masks import stored_masks
from mmdebias.ops.compositing import Mask, resize
from mmdebias.ops.foreground import PRESETS, fame_mask

from .box_masks import MaskBoxes, Size, read_box_file
from .reading import read_frames, video_path

MOTION_SIZE = 112


class MaskSource(Protocol):
    """Find the foreground of frames, whatever the masks come from."""

    # Properties, as an attribute would have to be writable, and the sources are frozen.
    @property
    def description(self) -> str:
        """Name the source for a report."""

    @property
    def warning(self) -> str:
        """Say what a reader of the report has to know, '' if nothing."""

    def check(self, videos: Sequence[str]) -> None:
        """Raise ValueError if some of the videos have no mask, by their names alone."""

    def check_video(self, video: str, total: int, height: int, width: int) -> None:
        """Raise ValueError where the masks of a video cannot be its own, or show no actor or no
        background, as far as can be told quickly.

        Args:
            video: As in the list.
            total: Frames of the video.
            height: Of its frames.
            width: Likewise.
        """

    def masks(
        self,
        video: str,
        frames: NDArray[np.int_],
        total: int,
        height: int,
        width: int,
        *,
        size: Size | None = None,
    ) -> Mask:
        """Return masks of some frames of a video.

        Args:
            video: As in the list.
            frames: int ``[S]``, from 0.
            total: Frames of the video.
            height: Of its frames as they are in the file.
            width: Likewise.
            size: Height and width of the masks that are wanted, for frames that were resized;
                None are those of the frames.

        Returns:
            bool ``[S, *size]``. Single frames may have empty masks.

        Raises:
            ValueError: the video has no masks, or not those of this video; the message says why.
        """


@dataclass(frozen=True)
class MaskFiles:
    """Masks from files, one for each frame of a video.

    The file of the video ``a/b/c.avi`` is the first of :func:`mask_places` of ``a/b/c`` below
    ``folder`` that exists, or of ``b/c``, as lists often start with the folder of all videos. Of a
    whole path, or one that leads out of the list's folder, it is that of the longest end of the
    path that is there: ``home/me/a/b/c``, ..., ``b/c``, ``c``.

    Args:
        folder: The folder.

    Raises:
        ValueError: there is no such folder.
    """

    folder: str
    warning: str = field(default='', init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, 'folder', str(self.folder))
        if not Path(self.folder).is_dir():
            raise ValueError(f'masks: {self.folder} is no folder: give that of the mask files.')

    @property
    def description(self) -> str:
        return f'masks from files in {self.folder}'

    def check(self, videos: Sequence[str]) -> None:
        missing = [video for video in videos if self._find(video) is None]
        if missing:
            raise self._without_masks(missing, len(videos))
        owners: dict[Path | None, str] = {}
        for video in videos:
            place = self._find(video)
            if owners.setdefault(place, video) != video:
                raise ValueError(
                    f'{owners[place]} and {video} would both have the masks {place}: keep those of '
                    f"each below {self.folder} in folders that are named as the video's."
                )

    def check_video(self, video: str, total: int, height: int, width: int) -> None:
        check_masks(self._place(video), video, total, height, width)

    def masks(
        self,
        video: str,
        frames: NDArray[np.int_],
        total: int,
        height: int,
        width: int,
        *,
        size: Size | None = None,
    ) -> Mask:
        path = self._place(video)
        return masks_of_frames(path, video, frames, total, height, width, size=size)

    def _without_masks(self, missing: Sequence[str], total: int) -> ValueError:
        places = self._places(missing[0])
        # Of a whole path they are many: the shortest are those that are meant.
        ends = [place for place in places if place.suffix == '.npz'][-2:]
        tried = ', '.join(map(str, ends if leads_out(missing[0]) else places[:4]))
        return ValueError(
            f'{len(missing)} of {total} videos have no mask in {self.folder}, for '
            f'example {missing[0]} (looked for {tried}, ...): take them out of the list, give '
            "another folder, or use dict(type='motion')."
        )

    def _place(self, video: str) -> Path:
        path = self._find(video)
        if path is None:
            raise self._without_masks([video], 1)
        return path

    def _find(self, video: str) -> Path | None:
        return next((path for path in self._places(video) if path.exists()), None)

    def _places(self, video: str) -> list[Path]:
        stem = PurePath(video).with_suffix('')
        if leads_out(stem):
            names = ends_of(stem)
        else:
            names = [stem, PurePath(*stem.parts[1:])] if len(stem.parts) > 1 else [stem]
        return [place for name in names for place in mask_places(Path(self.folder, name))]


@dataclass(frozen=True)
class MotionMasks:
    """FAME's robust motion mask: share of the frame and noise adapted, camera followed.

    The video is cut into windows, and each gets one mask (:func:`mmdebias.ops.fame_mask`), so the
    mask of a frame does not depend on which frames a model samples.

    Args:
        data_root: Folder that the videos are relative to.
        clip_len: Frames of a window that are compared.
        frame_interval: Between them, in frames of the video.

    Raises:
        ValueError: ``clip_len`` below 2 or ``frame_interval`` below 1.
    """

    data_root: str
    clip_len: int = 16
    frame_interval: int = 2
    description: str = field(
        default="motion masks (FAME's, adaptive, following the camera)", init=False, repr=False
    )
    warning: str = field(
        default='Motion masks are estimates: they hold background that moves or that the actor '
        'uncovers, and miss parts of the actor that keep still.',
        init=False,
        repr=False,
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, 'data_root', str(self.data_root))
        if self.clip_len < 2 or self.frame_interval < 1:
            raise ValueError(
                f'masks: clip_len={self.clip_len} must be 2 or more, and frame_interval='
                f'{self.frame_interval} 1 or more.'
            )

    def check(self, videos: Sequence[str]) -> None:
        """Find nothing amiss: every video that moves has some."""

    def check_video(self, video: str, total: int, height: int, width: int) -> None:
        check_moving(video, total)

    def masks(
        self,
        video: str,
        frames: NDArray[np.int_],
        total: int,
        height: int,
        width: int,
        *,
        size: Size | None = None,
    ) -> Mask:
        path = video_path(self.data_root, video)
        windows = frames // (self.clip_len * self.frame_interval)
        found = {
            window: resize(motion_mask(path, int(window), self), *(size or (height, width)))
            for window in np.unique(windows)
        }
        return np.stack([found[window] for window in windows])


@dataclass(frozen=True)
class NoMasks:
    """No masks, for probes that need none: of videos that were composed before."""

    description: str = field(default='no masks', init=False, repr=False)
    warning: str = field(default='', init=False, repr=False)

    def check(self, videos: Sequence[str]) -> None:
        """Find nothing amiss."""

    def check_video(self, video: str, total: int, height: int, width: int) -> None:
        """Find nothing amiss."""

    def masks(
        self,
        video: str,
        frames: NDArray[np.int_],
        total: int,
        height: int,
        width: int,
        *,
        size: Size | None = None,
    ) -> Mask:
        raise ValueError(f'there are no masks of {video}: give masks, or leave this probe out.')


SOURCES_OF_MASKS: dict[
    str, type[MaskFiles] | type[MaskBoxes] | type[MotionMasks] | type[NoMasks]
] = {
    'files': MaskFiles,
    'boxes': MaskBoxes,
    'motion': MotionMasks,
    'none': NoMasks,
}


@overload
def build_masks(masks: None, data_root: str | Path) -> None: ...


@overload
def build_masks(masks: Mapping[str, Any], data_root: str | Path) -> MaskSource: ...


def build_masks(masks: Mapping[str, Any] | None, data_root: str | Path) -> MaskSource | None:
    """Return a mask source from its config.

    Args:
        masks: ``dict(type='files', folder=...)``, ``dict(type='boxes', file=...)``,
            ``dict(type='motion')``, ``dict(type='none')``, with further arguments of the class;
            None gives None.
        data_root: Folder that the videos are relative to.

    Raises:
        TypeError: something other than a dict.
        ValueError: an unknown type or argument; see the classes for others.
    """
    if masks is None:
        return None
    if not isinstance(masks, Mapping):
        raise TypeError(
            f'masks={str(masks)!r} must be a dict: dict(type="files", folder={str(masks)!r}).'
        )
    options = dict(masks)
    name = options.pop('type', None)
    if name not in SOURCES_OF_MASKS:
        raise ValueError(f'masks={dict(masks)}: type must be one of {list(SOURCES_OF_MASKS)}.')
    source = SOURCES_OF_MASKS[name]
    keys = {f.name: f.default is MISSING for f in fields(source) if f.init}
    keys.pop('data_root', None)  # given once, for masks and videos
    faults = [f'{key!r} is no key' for key in options if key not in keys]
    faults += [
        f'{key!r} is missing' for key, needed in keys.items() if needed and key not in options
    ]
    if faults:
        raise ValueError(
            f'masks={dict(masks)}: {" and ".join(faults)}; the keys of {name!r} are '
            f'{", ".join(("type", *keys))}.'
        )
    if name == 'motion':
        options['data_root'] = data_root
    return source(**options)


def forget_masks() -> None:
    """Let go of what was read of masks, boxes and motion."""
    read_box_file.cache_clear()
    stored_masks.cache_clear()
    motion_mask.cache_clear()


def check_moving(video: str | Path, total: int) -> None:
    """Raise ValueError where a video has too few frames for motion."""
    if total < 2:
        raise ValueError(f'{video} has {total} frame(s): motion needs two.')


# Masks are small, below 100 MB together, and each costs the reading of 16 frames.
@lru_cache(maxsize=4096)
def motion_mask(path: Path, window: int, source: MotionMasks) -> Mask:
    """Return the mask of a window of a video, bool ``[h, w]``, the short side 112."""
    span = source.clip_len * source.frame_interval

    def choose(total: int) -> NDArray[np.int_]:
        check_moving(path, total)
        # The last window is full, too, so that its mask rests on as many frames.
        begin = min(window * span, max(total - span, 0))
        step = min(source.frame_interval, max((total - 1 - begin) // (source.clip_len - 1), 1))
        return np.arange(begin, total)[: source.clip_len * step : step]

    frames, _, _ = read_frames(path, choose)
    height, width = frames[0].shape[:2]
    scale = MOTION_SIZE / min(height, width)
    size = (round(height * scale), round(width * scale))
    small = np.stack([resize(frame, *size) for frame in frames])
    clip = torch.from_numpy(small).permute(3, 0, 1, 2)[None].contiguous()
    return fame_mask(clip, **PRESETS['robust'])[0].numpy()
