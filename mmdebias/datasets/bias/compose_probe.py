"""Composing the clips of a bias report from decoded frames."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform

from mmdebias.ops.compositing import partner_index, paste, place, resize

from .backgrounds import cut_out, draw_stripes, draws, read_image, still_scene, without_actor
from .manifest import WITHOUT_MASKS, ProbeRow
from .masks import MaskSource, build_masks
from .reading import read_frames, spread, video_path

# MMAction2's usual mean, which normalises to about zero.
NEUTRAL = (124, 116, 104)


@TRANSFORMS.register_module()
class ComposeProbe(BaseTransform):
    """Turn the frames of a video into those of a probe.

    Stands right behind a decoder of video files, whatever has chosen the frames: one clip or many,
    dense or one frame a segment. A frame's mask and background depend on the row and on the frame
    alone, not on what else is sampled. With x_t the frames, M_t their masks:

    - 'original': x_t.
    - 'scuba_*': ``x_t M_t + B (1 - M_t)``, B one still picture for the video: stripes, a picture,
      or a frame of another video without its actor, who would be a conflicting foreground (SCUBA,
      Li et al., ICCV 2023).
    - 'scufo_*': one frame of that, repeated. The frame nearest to a moment that the row draws is
      taken, among those that show some foreground, if any do.
    - 'conflict_*': SCUBA with the foreground of one frame of the partner pasted into B, at its
      height and somewhere on the left or right. What moves is before what stands still.
    - 'action_swap': the foreground before the partner's frames without their actor, at index
      ``clip(round(t / T_f * T_b), 0, T_b - 1)`` (HAT, Chung et al., NeurIPS 2022).
    - 'human_only': the foreground before one neutral colour.
    - 'background_only': x_t without the actor.
    - 'static_frame': one frame of the video, repeated; a moment that the row draws.

    An actor is taken away by the per-pixel median of frames that show what is behind, and by
    OpenCV's inpainting where none does (:func:`mmdebias.ops.compositing.clean_plate`). A frame
    whose mask is empty shows the background only. Frames of a partner are resized to the video's.

    Required keys: imgs, frame_inds, total_frames, probe_row (a :class:`ProbeRow`, or its fields).
    Modified keys: imgs.

    Args:
        data_root: Folder that the manifest's videos are relative to.
        masks: Config of a mask source, see :func:`build_masks`; None where no row needs masks.
        images_root: Folder that the manifest's pictures are relative to.
        colour: RGB of 'human_only', 0 to 255: best the mean that the model normalises with.

    Raises:
        ValueError: masks that cannot be had; on a video, see :meth:`check` and the mask source.
    """

    def __init__(
        self,
        data_root: str = '',
        masks: dict | None = None,
        images_root: str | None = None,
        colour: Sequence[float] = NEUTRAL,
    ) -> None:
        self.data_root = str(data_root)
        self.masks: MaskSource | None = build_masks(masks, data_root)
        self.images_root = images_root
        self.colour = np.rint(np.asarray(colour, dtype=float)).astype(np.uint8)

    def check(self, rows: Sequence[ProbeRow]) -> None:
        """Look, before anything runs, for what the rows need.

        Raises:
            FileNotFoundError: videos or pictures are missing.
            ValueError: masks are missing, or no source of them is given.
        """
        named = {row.video for row in rows} | {row.partner for row in rows if row.partner}
        named |= {row.background for row in rows if row.source == 'videos'}
        self._check_files('videos', 'data_root', self.data_root, sorted(named), video_path)
        pictures = sorted({row.background for row in rows if row.source == 'images'})
        if pictures and self.images_root is None:
            raise ValueError('The manifest has pictures behind actors: give images_root, theirs.')
        self._check_files('pictures', 'images_root', self.images_root or '', pictures, Path)
        masked = [row for row in rows if row.probe not in WITHOUT_MASKS]
        if masked and self.masks is None:
            raise ValueError(
                f'{masked[0].probe} needs masks and there are none: give a folder of mask files, '
                "boxes, or masks=dict(type='motion')."
            )
        if masked:
            of = {row.video for row in masked} | {row.partner for row in masked if row.partner}
            of |= {row.background for row in masked if row.source == 'videos'}
            self.masks.check(sorted(of))

    @staticmethod
    def _check_files(
        what: str, argument: str, root: str, names: list[str], locate: Callable
    ) -> None:
        missing = [name for name in names if not locate(root, name).is_file()]
        if missing:
            raise FileNotFoundError(
                f'{len(missing)} of {len(names)} {what} of the manifest are missing, for example '
                f'{locate(root, missing[0])}: correct {argument}, or the list.'
            )

    def transform(self, results: dict) -> dict:
        """Compose the frames of one video."""
        row = results['probe_row']
        row = row if isinstance(row, ProbeRow) else ProbeRow(**row)
        if 'filename' not in results and 'frame_dir' in results:
            raise ValueError('ComposeProbe reads video files, and this sample is a frame folder.')
        indices = np.atleast_1d(results['frame_inds']) - results.get('start_index', 0)
        total = int(results['total_frames'])
        results['imgs'] = self.compose(row, results['imgs'], indices, total)
        return results

    def preview(self, row: ProbeRow, count: int = 16) -> np.ndarray:
        """A row as it is shown to a model, for looking at.

        Args:
            row: Of a manifest.
            count: Frames, evenly spread over the video.

        Returns:
            RGB, uint8 ``[min(count, T), H, W, 3]``, at the video's own size.
        """
        path = video_path(self.data_root, row.video)
        frames, indices, total = read_frames(path, lambda total: spread(total, count))
        return np.stack(self.compose(row, list(frames), indices, total))

    def compose(
        self, row: ProbeRow, frames: Sequence[np.ndarray], indices: np.ndarray, total: int
    ) -> list[np.ndarray]:
        """The frames of a probe.

        Args:
            row: Of a manifest.
            frames: RGB, uint8 ``[H, W, 3]`` each.
            indices: int, their numbers in the video, from 0.
            total: Frames of the video.

        Returns:
            As many frames of the same size.
        """
        if row.probe == 'original':
            return list(frames)
        if row.probe == 'static_frame':
            return _repeat(frames[_nearest(row, indices, total)], len(frames))
        if self.masks is None:
            raise ValueError(f'{row.probe} needs masks: give ComposeProbe masks.')
        height, width = frames[0].shape[:2]
        masks = self.masks.masks(row.video, indices, total, height, width)
        if row.probe == 'background_only':
            return [
                without_actor(frame, mask, self.data_root, row.video, self.masks)
                for frame, mask in zip(frames, masks)
            ]
        if row.probe == 'human_only':
            behind = [self.colour] * len(frames)
        elif row.probe == 'action_swap':
            behind = self._partner_frames(row, indices, total, height, width)
        else:
            behind = [self._still_background(row, height, width)] * len(frames)
        if row.probe.startswith('scufo'):
            shown = np.flatnonzero(masks.any((1, 2)))
            shown = shown if len(shown) else np.arange(len(frames))
            one = shown[_nearest(row, indices[shown], total)]
            return _repeat(paste(frames[one], masks[one], behind[one]), len(frames))
        return [paste(*parts) for parts in zip(frames, masks, behind)]

    def _still_background(self, row: ProbeRow, height: int, width: int) -> np.ndarray:
        """B of a SCUBA video, with the partner's foreground in it where there is a conflict."""
        if row.source == 'stripes':
            picture = draw_stripes(row.seed, height, width)
        elif row.source == 'images':
            picture = read_image(Path(self.images_root or '', row.background), height, width)
        else:
            moment = draws(row.seed, 'still').uniform()
            scene = still_scene(self.data_root, row.background, self.masks, moment)
            picture = resize(scene, height, width)
        if row.partner is None:
            return picture
        draw = draws(row.seed, 'partner').uniform
        frame, mask = cut_out(self.data_root, row.partner, self.masks, draw())
        frame, mask = (resize(part, height, width) for part in (frame, mask))
        return place(frame, mask, picture, draw())

    def _partner_frames(
        self, row: ProbeRow, indices: np.ndarray, total: int, height: int, width: int
    ) -> list[np.ndarray]:
        path = video_path(self.data_root, row.partner)
        frames, chosen, count = read_frames(path, lambda n: partner_index(indices, total, n))
        masks = self.masks.masks(row.partner, chosen, count, *frames.shape[1:3])
        source = self.data_root, row.partner, self.masks
        return [
            resize(without_actor(frame, mask, *source), height, width)
            for frame, mask in zip(frames, masks)
        ]

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(data_root={self.data_root!r}, masks={self.masks}, '
            f'images_root={self.images_root!r}, colour={self.colour.tolist()})'
        )


def _nearest(row: ProbeRow, indices: np.ndarray, total: int) -> int:
    """Which of some frames is nearest to the moment that a row freezes."""
    return int(np.abs(indices - draws(row.seed, 'moment').uniform() * total).argmin())


def _repeat(frame: np.ndarray, times: int) -> list[np.ndarray]:
    # Copies: MMAction2's Flip works in place and would flip one frame many times.
    return [frame.copy() for _ in range(times)]
