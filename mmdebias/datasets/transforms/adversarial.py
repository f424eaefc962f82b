"""Inputs that ask whether a model looks at what moves (BE Fig. 7, DSM Fig. 6).

The third kind of the figures, a video of one frame, is :class:`StaticClip`.
"""

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform

from mmdebias.ops import blend, fame_mask
from mmdebias.ops.compositing import crop_to_mask, paste_at, scale_to_height
from mmdebias.ops.foreground import PRESETS
from mmdebias.video import count_frames, read_frames

from ..mask_files import find_masks, masks_of_frames

# Frames on each side of the one cut out that the motion mask looks at.
REACH = 8


@TRANSFORMS.register_module()
class AddStaticFrame(BaseTransform):
    """Add one frame of another video to every frame: ``(1 - share) x_j + share y``.

    BE's Fig. 7 iii and DSM's Fig. 6 iii. The papers do not say how much is added; BE's own
    distracting videos add up to .3. Stands after the decoder.

    Required keys: imgs. Modified keys: imgs.

    Args:
        videos: Files, one of which is drawn for each sample, and one of its frames.
        share: Of the added frame, in [0, 1).

    Raises:
        ValueError: no ``videos``, or ``share`` outside [0, 1).
    """

    def __init__(self, videos: Sequence[str], share: float = 0.3) -> None:
        if not 0 <= share < 1:
            raise ValueError(f'share={share} is not in [0, 1).')
        self.videos = checked(videos)
        self.share = share

    def transform(self, results: dict) -> dict:
        """Blend a drawn frame into the sample's frames."""
        video = str(np.random.choice(self.videos))
        (other,) = read_frames(video, [np.random.randint(count_frames(video))])
        frames = np.stack(results['imgs'])
        other = cv2.resize(other, frames.shape[2:0:-1], interpolation=cv2.INTER_AREA)
        clip, still = (torch.from_numpy(f).permute(3, 0, 1, 2)[None] for f in (frames, other[None]))
        mixed = blend(clip, still, torch.tensor([self.share]))
        results['imgs'] = list(mixed[0].permute(1, 2, 3, 0).numpy())
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}({len(self.videos)} videos, share={self.share})'


@TRANSFORMS.register_module()
class PasteStaticPerson(BaseTransform):
    """Paste somebody out of another video, standing still, into every frame.

    BE's Fig. 7 ii and DSM's Fig. 6 ii. Stands after the decoder.

    Required keys: imgs. Modified keys: imgs.

    Args:
        videos: Files, one of which is drawn for each sample, and one of its frames.
        masks: Folder of the videos' masks, see :func:`mmdebias.datasets.find_masks`, which also
            finds those of generated videos without it. Videos without masks are cut by FAME's
            robust motion mask of the frames around: what moved is taken for the person.
        height: Of what is pasted, as a share of the frame's, in (0, 1].
        position: ``(x, y)`` of its middle, as shares of the room there is: 0 puts it at the left
            (top) edge, 1 at the right (bottom). None draws x and lets it stand on the lower edge.

    Raises:
        ValueError: no ``videos``, ``height`` or ``position`` out of range; on a sample, masks that
            are not those of the video.
        FileNotFoundError: on a sample, the folder lacks the masks of a video.
    """

    def __init__(
        self,
        videos: Sequence[str],
        masks: str | None = None,
        height: float = 0.6,
        position: tuple[float, float] | None = None,
    ) -> None:
        if not 0 < height <= 1:
            raise ValueError(f'height={height} is not in (0, 1].')
        if position is not None and not (
            len(position) == 2 and all(0 <= share <= 1 for share in position)
        ):
            raise ValueError(f'position={position} must be (x, y), each in [0, 1].')
        self.videos = checked(videos)
        self.masks = masks
        self.height = height
        self.position = position

    def transform(self, results: dict) -> dict:
        """Paste a drawn person into the sample's frames."""
        frames = np.stack(results['imgs'])
        piece, mask = scale_to_height(
            *self._person(), round(self.height * frames.shape[1]), frames.shape[2]
        )
        x, y = (np.random.uniform(), 1) if self.position is None else self.position
        top = round(y * (frames.shape[1] - mask.shape[0]))
        left = round(x * (frames.shape[2] - mask.shape[1]))
        results['imgs'] = list(paste_at(frames, piece, mask, top, left))
        return results

    def _person(self) -> tuple[np.ndarray, np.ndarray]:
        video = str(np.random.choice(self.videos))
        total = count_frames(video)
        index = int(np.random.randint(total))
        (frame,) = read_frames(video, [index])
        file = find_masks(video, self.masks)
        if file is not None:
            there = np.array([index])
            mask = masks_of_frames(file, video, there, total, *frame.shape[:2])[0]
        else:
            first = max(0, min(index - REACH, total - 2 * REACH))
            around = read_frames(video, range(first, min(first + 2 * REACH, total)))
            clip = torch.from_numpy(around).permute(3, 0, 1, 2)[None]
            mask = fame_mask(clip, **PRESETS['robust'])[0].numpy()
        return crop_to_mask(frame, mask)

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}({len(self.videos)} videos, masks={self.masks!r}, '
            f'height={self.height}, position={self.position})'
        )


def checked(videos: Sequence[str]) -> list[str]:
    """Return the files as a list; ValueError where there are none, or one path for a list."""
    if isinstance(videos, str) or not len(videos):
        raise ValueError(f'videos={videos!r} must be a list of one file or more.')
    return [str(video) for video in videos]
