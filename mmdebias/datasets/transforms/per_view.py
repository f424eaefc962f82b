"""Transforming each view of a video by itself."""

import contextlib
import copy
from collections.abc import Iterator, Mapping, Sequence

import mmcv
import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform, Compose

from ..named_steps import ordered_steps
from ..seeding import drawing_alike
from .read_video import UndecodedFrames


@TRANSFORMS.register_module()
class PerView(BaseTransform):
    """Run MMAction2's own transforms on each view: drawn anew for each, one draw for its frames.

    Comes after the decoder. Behind :class:`VideoDecode`, crops are drawn before anything is decoded
    where all transforms can do that (see :func:`drawing`). Afterwards the views' frames stand one
    view after another in ``imgs``, and ``FormatShape(input_format='NCTHW')`` makes ``[V, C, T, H,
    W]`` of them.

    Required keys: imgs, frame_inds, view_positions, view_names (of :class:`SampleViews`). Modified
    keys: imgs, frame_inds, view_positions, img_shape, num_clips.

    Args:
        transforms: Configs of the transforms in their order, or None where they are given by name.
        views: Names of the views that are transformed; the others stay as they are. None: all.
        same_draws: ``{view: other view}``: what is drawn for one is drawn for the other, so that
            both are cropped and flipped alike. The preprocessor has an argument of that name for
            what is drawn on the device.
        **steps: Configs of the transforms by name, such as ``crop``, ``resize`` and ``flip``; they
            run in the order of :data:`mmdebias.datasets.named_steps.STEPS`. None leaves one out.

    Raises:
        ValueError: both ``transforms`` and ``steps``, or a step of an unknown name; on a sample,
            ``views`` or ``same_draws`` that are not sampled, or views whose frames end up in
            different sizes or numbers and so cannot be stacked.
    """

    def __init__(
        self,
        transforms: Sequence[dict] | None = None,
        views: Sequence[str] | None = None,
        same_draws: Mapping[str, str] | None = None,
        **steps: dict | None,
    ) -> None:
        if transforms is not None and steps:
            raise ValueError(f'PerView has transforms and the steps {list(steps)}: give one.')
        self.views = None if views is None else tuple(views)
        self.same_draws = dict(same_draws or {})
        configs = ordered_steps(steps if transforms is None else transforms)
        # Built here: Compose would look in mmcv's registry, where MMAction2's transforms are not.
        self.transforms = Compose([TRANSFORMS.build(config) for config in configs])
        self.drawing = drawing(self.transforms.transforms)

    def transform(self, results: dict) -> dict | None:
        """Transform one video's views; None where a transform gives the sample up."""
        views = results['view_names']
        named = [*(self.views or ()), *self.same_draws, *self.same_draws.values()]
        unknown = [view for view in named if view not in views]
        if unknown:
            raise ValueError(
                f'PerView transforms the views {unknown}, and SampleViews samples {list(views)}: '
                'name views that are sampled.'
            )
        undecoded = isinstance(results['imgs'], UndecodedFrames) and self.drawing is not None
        samples = self._draw_then_decode(results) if undecoded else self._transform(results)
        if samples is None:
            return None
        imgs, shapes = [], {}
        for view, sample in zip(views, samples):
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

    def _transform(self, results: dict) -> list[dict] | None:
        """Run the transforms on frames."""
        frames, samples = results['imgs'], []
        states: dict[str, tuple] = {}
        uses = np.bincount(results['view_positions'].ravel(), minlength=len(frames))
        for view, positions, sample in self._samples(results):
            # MMAction2's Flip works in place: a frame used twice would be flipped twice.
            sample['imgs'] = [frames[i].copy() if uses[i] > 1 else frames[i] for i in positions]
            if self.views is None or view in self.views:
                with self._drawing_alike(states, view):
                    sample = self.transforms(sample)
            if sample is None:
                return None
            samples.append(sample)
        return samples

    def _draw_then_decode(self, results: dict) -> list[dict]:
        """Draw what the transforms would do, then decode what they would keep."""
        frames, samples, parts = results['imgs'], [], []
        states: dict[str, tuple] = {}
        for view, positions, sample in self._samples(results):
            del sample['imgs']
            if self.views is None or view in self.views:
                with self._drawing_alike(states, view):
                    sample = self.drawing(sample)
            drawn = sample.pop('lazy', None)
            box = None if drawn is None else tuple(drawn['crop_bbox'].round().astype(int).tolist())
            parts += [(position, box) for position in positions]
            samples.append((sample, drawn))
        length = results['view_positions'].shape[1]

        def finished(place: int, part: np.ndarray) -> np.ndarray:
            sample, drawn = samples[place // length]
            return part if drawn is None else finish(part, sample['img_shape'], drawn)

        pixels = frames.parts(parts, finished)
        for number, (sample, _) in enumerate(samples):
            sample['imgs'] = pixels[number * length : (number + 1) * length]
        return [sample for sample, _ in samples]

    def _drawing_alike(
        self, states: dict[str, tuple], view: str
    ) -> contextlib.AbstractContextManager[None]:
        """Draw for a view what is drawn for the one it is to be like."""
        if not self.same_draws:  # noting where the generators stand takes 0.1 ms a view
            return contextlib.nullcontext()
        return drawing_alike(states, self.same_draws.get(view, view))

    def _samples(self, results: dict) -> Iterator[tuple[str, np.ndarray, dict]]:
        """Yield each view's name, where its frames are, and a sample of it.

        It sees a sample with one clip, so that stock transforms need not know of views.
        """
        for view, positions in zip(results['view_names'], results['view_positions']):
            yield (
                view,
                positions,
                dict(results, frame_inds=results['frame_inds'][positions], num_clips=1),
            )

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(views={self.views}, same_draws={self.same_draws}, '
            f'{self.transforms})'
        )


def drawing(transforms: Sequence[BaseTransform]) -> Compose | None:
    """Return transforms that draw what they would do without doing it.

    MMAction2's croppers, ``Resize`` and ``Flip`` can (``lazy=True``). Only where they stand in that
    order, the pixels come out the same as if each were done in turn.

    Args:
        transforms: As built from the config; they are not changed.

    Returns:
        Copies that draw; None where one cannot, or where the order is another.
    """
    ranks = [dict(Resize=1, Flip=2).get(type(step).__name__, 0) for step in transforms]
    in_order = ranks == sorted(ranks) and ranks.count(1) <= 1 and ranks.count(2) <= 1
    if not in_order or not all(hasattr(step, 'lazy') for step in transforms):
        return None
    copies = [copy.copy(step) for step in transforms]
    for step in copies:
        step.lazy = True
    return Compose(copies)


def finish(frame: np.ndarray, size: tuple[int, int], drawn: dict) -> np.ndarray:
    """Resize and flip a frame that has been cropped.

    Args:
        frame: Of shape ``[h, w, 3]``; it is changed.
        size: Height and width it is to have.
        drawn: What MMAction2's transforms noted under ``lazy``.
    """
    if frame.shape[:2] != tuple(size):
        how = drawn['interpolation'] or 'bilinear'
        frame = mmcv.imresize(frame, size[::-1], interpolation=how)
    if drawn['flip']:
        # Not as a view that runs backwards: 32 of them take 3 ms more to stack.
        frame = mmcv.imflip_(np.ascontiguousarray(frame), drawn['flip_direction'])
    return frame
