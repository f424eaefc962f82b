"""Choosing the frames of several views of one video."""

from dataclasses import dataclass

import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform


@dataclass(frozen=True)
class View:
    """Where a view's clip starts, compared with the others."""

    same_as: str | None = None
    other_than: str | None = None
    shift_from: str | None = None
    shift: tuple[int, int] | None = None

    @property
    def source(self) -> str | None:
        """Return the view that this one starts from, None where it is drawn by itself."""
        return self.same_as or self.other_than or self.shift_from


@TRANSFORMS.register_module()
class SampleViews(BaseTransform):
    """Draw the frames of any number of named views of a video.

    A view is ``clip_len`` frames, ``frame_interval`` apart. Each view says how its first frame is
    chosen:

    - ``dict()``: uniformly among all starts with which the clip fits into the video;
    - ``dict(same_as='anchor')``: the frames of another view (to be cropped by itself);
    - ``dict(other_than='anchor')``: as ``dict()``, but never at another view's start (BE's hard
      negative); in a video that holds only one clip, anywhere else in it;
    - ``dict(shift_from='anchor', shift=(2, 20))``: another view's start plus a number of frames
      drawn uniformly from that range, both ends included (DSM, section "Temporal shift").

    Past the end of the video, frames are taken from its beginning again; so are those of a video
    shorter than a clip, unless ``loop`` is False.

    Frames that views share, or that a loop repeats, appear once in ``frame_inds``, sorted, so that
    any of MMAction2's decoders decodes each once; :class:`PerView` deals them out.

    Required keys: total_frames. Added keys: frame_inds, view_positions, view_names, clip_len,
    frame_interval, num_clips.

    Args:
        clip_len: Frames T of a clip.
        frame_interval: Distance between its frames, in frames of the video.
        views: ``{name: how}`` in the order in which clips are packed.
        loop: False refuses a video that is shorter than a clip: tasks about the order of frames
            would be given a wrong one. ``TolerantVideoDataset`` then takes another video.

    Raises:
        ValueError: ``clip_len`` or ``frame_interval`` below one, no views, a view that starts from
            one that is not there or from itself, or a range that holds no shift but 0; on a video,
            if every shift of the range is a whole number of its lengths, which would repeat the
            source's frames, if ``other_than`` is asked of a single frame, or if it is too short and
            ``loop`` is False.
    """

    def __init__(
        self, clip_len: int, frame_interval: int, views: dict[str, dict], loop: bool = True
    ) -> None:
        for name, value in (('clip_len', clip_len), ('frame_interval', frame_interval)):
            if value < 1:
                raise ValueError(f'{name}={value} must be 1 or more.')
        if not views:
            raise ValueError('views is empty: name each view, for example dict(query=dict()).')
        self.clip_len = clip_len
        self.frame_interval = frame_interval
        self.loop = loop
        self.views = {name: _parse_view(name, how, list(views)) for name, how in views.items()}
        self.drawn = _sources_first(self.views)

    def transform(self, results: dict) -> dict:
        """Draw frames for one video."""
        total = int(results['total_frames'])
        if total < 1:
            raise ValueError('The video has no frames.')
        if not self.loop and total < self._span:
            raise ValueError(
                f'The video has {total} frame(s) and a clip of {self.clip_len} with interval '
                f'{self.frame_interval} spans {self._span}: leave the video out, or sample less.'
            )
        starts: dict[str, int] = {}
        for name in self.drawn:
            starts[name] = self._start(self.views[name], starts, total)
        offsets = np.arange(self.clip_len) * self.frame_interval
        frames = (np.array([starts[name] for name in self.views])[:, None] + offsets) % total
        distinct, positions = np.unique(frames, return_inverse=True)
        results['frame_inds'] = distinct + results.get('start_index', 0)
        results['view_positions'] = positions.reshape(frames.shape)
        results['view_names'] = tuple(self.views)
        results['clip_len'] = self.clip_len
        results['frame_interval'] = self.frame_interval
        results['num_clips'] = len(self.views)
        return results

    def _start(self, view: View, starts: dict[str, int], total: int) -> int:
        if view.same_as is not None:
            return starts[view.same_as]
        if view.shift_from is not None:
            return starts[view.shift_from] + draw_shift(*view.shift, total)
        choices = np.arange(max(total - self._span, 0) + 1)
        if view.other_than is not None:
            taken = starts[view.other_than] % total
            choices = choices[choices != taken]
            if not len(choices):
                return taken + draw_shift(1, total, total)
        return int(np.random.choice(choices))

    @property
    def _span(self) -> int:
        """Return frames of the video from a clip's first to its last."""
        return (self.clip_len - 1) * self.frame_interval + 1

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(clip_len={self.clip_len}, '
            f'frame_interval={self.frame_interval}, views={self.views}, loop={self.loop})'
        )


def draw_shift(low: int, high: int, total: int) -> int:
    """Return a uniform shift from ``[low, high]`` that is not a whole number of videos.

    Args:
        low: Smallest shift, in frames.
        high: Largest.
        total: Frames of the video, which the shift loops over.

    Raises:
        ValueError: every shift of the range would come back to the same frames.
    """
    shifts = [shift for shift in range(low, high + 1) if shift % total]
    if not shifts:
        raise ValueError(
            f'No shift of {low} to {high} frames changes a clip of a video of {total} frame(s).'
        )
    return int(np.random.choice(shifts))


def _parse_view(name: str, how: dict, known: list[str]) -> View:
    try:
        view = View(**how)
    except TypeError as error:
        raise ValueError(
            f'views[{name!r}]={dict(how)} is not understood: use dict(), dict(same_as=VIEW), '
            f'dict(other_than=VIEW) or dict(shift_from=VIEW, shift=(LOW, HIGH)). {error}'
        ) from error
    sources = [key for key in ('same_as', 'other_than', 'shift_from') if getattr(view, key)]
    if len(sources) > 1:
        raise ValueError(f'views[{name!r}] has both {" and ".join(sources)}: keep one.')
    if view.source and view.source not in known:
        raise ValueError(
            f'views[{name!r}] starts from {view.source!r}, which is not there; there are {known}.'
        )
    if (view.shift_from is None) != (view.shift is None):
        raise ValueError(f'views[{name!r}] needs both shift_from=VIEW and shift=(LOW, HIGH).')
    if view.shift is not None and not _is_range(view.shift):
        raise ValueError(
            f'views[{name!r}] has shift={view.shift}: it must be (LOW, HIGH) in whole frames, with '
            'a shift other than 0 in between.'
        )
    return view


def _sources_first(views: dict[str, View]) -> list[str]:
    """Order views so that each comes behind the one it starts from.

    Not the order they are named in: MMEngine sorts the keys of a config that it writes down.
    """
    order: list[str] = []
    while len(order) < len(views):
        ready = [
            name
            for name, view in views.items()
            if name not in order and (view.source is None or view.source in order)
        ]
        if not ready:
            rest = [name for name in views if name not in order]
            raise ValueError(f'The views {rest} start from one another: draw one by itself.')
        order += ready
    return order


def _is_range(shift: tuple[int, int]) -> bool:
    whole = len(shift) == 2 and all(isinstance(limit, int) for limit in shift)
    return whole and shift[0] <= shift[1] and any(shift)
