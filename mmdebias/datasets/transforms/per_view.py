"""Transforming each view of a video by itself."""

from collections.abc import Sequence

import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform, Compose

from ..named_steps import ordered_steps


@TRANSFORMS.register_module()
class PerView(BaseTransform):
    """Run MMAction2's own transforms on each view: drawn anew for each, one draw for its frames.

    Comes after the decoder. Afterwards the views' frames stand one view after another in ``imgs``,
    and ``FormatShape(input_format='NCTHW')`` makes ``[V, C, T, H, W]`` of them.

    Required keys: imgs, frame_inds, view_positions, view_names (of :class:`SampleViews`). Modified
    keys: imgs, frame_inds, view_positions, img_shape, num_clips.

    Args:
        transforms: Configs of the transforms in their order, or None where they are given by name.
        views: Names of the views that are transformed; the others stay as they are. None: all.
        **steps: Configs of the transforms by name, such as ``crop``, ``resize`` and ``flip``; they
            run in the order of :data:`mmdebias.datasets.named_steps.STEPS`. None leaves one out.

    Raises:
        ValueError: both ``transforms`` and ``steps``, or a step of an unknown name; on a sample,
            ``views`` that are not sampled, or views whose frames end up in different sizes or
            numbers and so cannot be stacked.
    """

    def __init__(
        self,
        transforms: Sequence[dict] | None = None,
        views: Sequence[str] | None = None,
        **steps: dict | None,
    ) -> None:
        if transforms is not None and steps:
            raise ValueError(f'PerView has transforms and the steps {list(steps)}: give one.')
        self.views = None if views is None else tuple(views)
        configs = ordered_steps(steps if transforms is None else transforms)
        # Built here: Compose would look in mmcv's registry, where MMAction2's transforms are not.
        self.transforms = Compose([TRANSFORMS.build(config) for config in configs])

    def transform(self, results: dict) -> dict | None:
        """Transform one video's views; None where a transform gives the sample up."""
        views, frames = results['view_names'], results['imgs']
        unknown = [view for view in self.views or () if view not in views]
        if unknown:
            raise ValueError(
                f'PerView transforms the views {unknown}, and SampleViews samples {list(views)}: '
                'name views that are sampled.'
            )
        uses = np.bincount(results['view_positions'].ravel(), minlength=len(frames))
        imgs, shapes = [], {}
        for view, positions in zip(views, results['view_positions']):
            # MMAction2's Flip works in place: a frame used twice would be flipped twice.
            clip = [frames[i].copy() if uses[i] > 1 else frames[i] for i in positions]
            # A view sees a sample with one clip, so that stock transforms need not know of views.
            inds = results['frame_inds'][positions]
            sample = dict(results, imgs=clip, frame_inds=inds, num_clips=1)
            if self.views is None or view in self.views:
                sample = self.transforms(sample)
            if sample is None:
                return None
            imgs.extend(sample['imgs'])
            # What was cropped or flipped stays known to the transforms behind.
            results.update({key: sample[key] for key in sample.keys() - results.keys()})
            shapes[view] = (len(sample['imgs']), *sample['imgs'][0].shape)
        if len(set(shapes.values())) > 1:
            raise ValueError(
                f'The views end up with frames (number, height, width, channels) {shapes}; they '
                'must agree to be stacked: resize all to one size.'
            )
        results['imgs'] = imgs
        # A PerView behind this one finds each view's frames where they are now.
        results['frame_inds'] = results['frame_inds'][results['view_positions'].ravel()]
        results['view_positions'] = np.arange(len(imgs)).reshape(len(views), -1)
        results['img_shape'] = imgs[0].shape[:2]
        results['num_clips'] = len(views)
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}(views={self.views}, {self.transforms})'
