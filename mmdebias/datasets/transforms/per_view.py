"""Transforming each view of a video by itself."""

import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform, Compose


@TRANSFORMS.register_module()
class PerView(BaseTransform):
    """Run MMAction2's own transforms on each view: drawn anew for each, one draw for its frames.

    Comes after the decoder. Afterwards the views' frames stand one view after another in ``imgs``,
    and ``FormatShape(input_format='NCTHW')`` makes ``[V, C, T, H, W]`` of them.

    Required keys: imgs, frame_inds, view_positions, view_names (of :class:`SampleViews`). Modified
    keys: imgs, img_shape, num_clips.

    Args:
        transforms: Configs for all views, or ``{view: configs}`` where views differ.

    Raises:
        ValueError: a dict that does not name exactly the sampled views, or views whose frames end
            up in different sizes or numbers and so cannot be stacked.
    """

    def __init__(self, transforms: list[dict] | dict[str, list[dict]]) -> None:
        if isinstance(transforms, dict):
            self.transforms = {view: _compose(steps) for view, steps in transforms.items()}
            self.shared = None
        else:
            self.transforms = {}
            self.shared = _compose(transforms)

    def transform(self, results: dict) -> dict | None:
        """Transform one video's views; None where a transform gives the sample up."""
        views, frames = results['view_names'], results['imgs']
        if self.shared is None and set(self.transforms) != set(views):
            raise ValueError(
                f'PerView has transforms for {list(self.transforms)} and SampleViews samples '
                f'{list(views)}: name the same views.'
            )
        uses = np.bincount(results['view_positions'].ravel(), minlength=len(frames))
        imgs, shapes = [], {}
        for view, positions in zip(views, results['view_positions']):
            # MMAction2's Flip works in place: a frame used twice would be flipped twice.
            clip = [frames[i].copy() if uses[i] > 1 else frames[i] for i in positions]
            # A view sees a sample with one clip, so that stock transforms need not know of views.
            inds = results['frame_inds'][positions]
            sample = dict(results, imgs=clip, frame_inds=inds, num_clips=1)
            sample = (self.shared or self.transforms[view])(sample)
            if sample is None:
                return None
            imgs.extend(sample['imgs'])
            shapes[view] = (len(sample['imgs']), *sample['imgs'][0].shape)
        if len(set(shapes.values())) > 1:
            raise ValueError(
                f'The views end up with frames (number, height, width, channels) {shapes}; they '
                'must agree to be stacked: resize all to one size.'
            )
        results['imgs'] = imgs
        results['img_shape'] = imgs[0].shape[:2]
        results['num_clips'] = len(views)
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}({self.shared or self.transforms})'


def _compose(transforms: list[dict]) -> Compose:
    # Built here: Compose would look in mmcv's registry, where MMAction2's transforms are not.
    return Compose([TRANSFORMS.build(step) for step in transforms])
