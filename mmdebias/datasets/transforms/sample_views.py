"""Choosing the frames of several views of one video."""

from dataclasses import dataclass

import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform

OTHERWISE = ('farthest', 'third', 'any')


@dataclass(frozen=True)
class View:
    """Where a view's clip starts, compared with the others."""

    same_as: str | None = None
    other_than: str | tuple[str, ...] | None = None
    shift_from: str | None = None
    shift: tuple[int, int] | None = None
    min_gap: int | None = None
    otherwise: str = 'farthest'
    in_steps: bool = False
    wrap: bool = True

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the views that this one starts from, none where it is drawn by itself."""
        named = self.same_as or self.other_than or self.shift_from or ()
        return (named,) if isinstance(named, str) else tuple(named)


@TRANSFORMS.register_module()
class SampleViews(BaseTransform):
    """Draw the frames of any number of named views of a video.

    A view is ``clip_len`` frames, ``frame_interval`` apart. Each view says how its first frame is
    chosen:

    - ``dict()``: uniformly among all starts with which the clip fits into the video;
    - ``dict(same_as='anchor')``: the frames of another view (to be cropped by itself);
    - ``dict(other_than='anchor', min_gap=8)``: as ``dict()``, but at least ``min_gap`` frames
      before or after another view's start (BE's hard negative), or those of several views,
      ``other_than=['anchor', 'first']``. Without ``min_gap`` it is one clip, so that they share no
      frames. Where the gap does not fit, the start farthest away is taken; where that is less than
      ``frame_interval`` frames, so that the two would show all but the same, the video is entered
      anywhere in its loop, as far away as it allows. That puts a cut into the one and not into the
      other, which tells them apart. ``otherwise='third'`` starts a third of the video
      later instead, in the loop (BE's released code), and ``otherwise='any'`` anywhere but at the
      same start (DSM's);
    - ``dict(shift_from='anchor', shift=(2, 20))``: another view's start plus a number of frames
      drawn uniformly from that range, both ends included (DSM, section "Temporal shift"). With
      ``in_steps=True`` the range counts frames of the clip, ``frame_interval`` of the video each.
      With ``wrap=False`` only shifts are drawn with which the clip ends before the video does;
      where there are none, such shifts towards the beginning; else any.

    Past the end of the video, frames are taken from its beginning again, which puts a cut into the
    clip; so are those of a video shorter than a clip, unless ``loop`` is False.

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
            one that is not there or from itself, a range that holds no shift but 0, an unknown
            ``otherwise``, or an option beside a source that does not take it; on a video, if every
            shift of the range is a whole number of its lengths, which would repeat the source's
            frames, if ``other_than`` is asked of a single frame, or if it is too short and
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
            start = starts[view.shift_from] % total
            step = self.frame_interval if view.in_steps else 1
            room = None if view.wrap else (-start, total - self._span - start)
            return start + draw_shift(*view.shift, total, step, room)
        if view.other_than is not None:
            return self._start_apart(view, [starts[name] % total for name in view.sources], total)
        return int(np.random.choice(self._fitting(total)))

    def _start_apart(self, view: View, taken: list[int], total: int) -> int:
        gap = self._span if view.min_gap is None else view.min_gap
        fitting = self._fitting(total)
        distance = np.min([np.abs(fitting - start) for start in taken], axis=0)
        if distance.max() >= gap:
            return int(np.random.choice(fitting[distance >= gap]))
        if view.otherwise == 'third':
            third = max(total // 3, 1)
            return taken[-1] + draw_shift(third, third, total)  # from the last: from all, by turns
        least = min(gap, self.frame_interval)
        if view.otherwise == 'any':
            gap = least = 1
        if distance.max() >= least:
            return int(np.random.choice(fitting[distance >= min(gap, distance.max())]))
        looped = np.arange(total)
        around = np.abs(looped - np.array(taken)[:, None])
        distance = np.minimum(around, total - around).min(0)
        if not distance.any():
            raise ValueError(
                f'other_than={view.other_than!r} asks for another start in a video of {total} '
                'frame(s): leave the video out.'
            )
        return int(np.random.choice(looped[distance >= min(gap, distance.max())]))

    def _fitting(self, total: int) -> np.ndarray:
        """Return the starts with which a clip fits into the video; 0 where none does."""
        return np.arange(max(total - self._span, 0) + 1)

    @property
    def _span(self) -> int:
        """Return frames of the video from a clip's first to its last."""
        return (self.clip_len - 1) * self.frame_interval + 1

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(clip_len={self.clip_len}, '
            f'frame_interval={self.frame_interval}, views={self.views}, loop={self.loop})'
        )


def draw_shift(
    low: int, high: int, total: int, step: int = 1, room: tuple[int, int] | None = None
) -> int:
    """Return a uniform shift from ``[low, high]`` that is not a whole number of videos.

    Args:
        low: Smallest shift, in steps.
        high: Largest.
        total: Frames of the video, which the shift loops over.
        step: Frames of a step.
        room: Smallest and largest shift, in frames, that keep the clip inside the video: drawn are
            such shifts; where there are none, such shifts the other way; else any.

    Returns:
        Frames.

    Raises:
        ValueError: every shift of the range would come back to the same frames.
    """
    shifts = [step * shift for shift in range(low, high + 1) if step * shift % total]
    if not shifts:
        raise ValueError(
            f'No shift of {step * low} to {step * high} frames changes a clip of a video of '
            f'{total} frame(s).'
        )
    if room is not None:
        first, last = room
        inside = [shift for shift in shifts if first <= shift <= last]
        shifts = inside or [-shift for shift in shifts if first <= -shift <= last] or shifts
    return int(np.random.choice(shifts))


def _parse_view(name: str, how: dict, known: list[str]) -> View:
    try:
        view = View(**how)
    except TypeError as error:
        raise ValueError(
            f'views[{name!r}]={dict(how)} is not understood: use dict(), dict(same_as=VIEW), '
            f'dict(other_than=VIEWS, min_gap=FRAMES, otherwise=RULE) or dict(shift_from=VIEW, '
            f'shift=(LOW, HIGH), in_steps=False, wrap=True). {error}'
        ) from error
    sources = [key for key in ('same_as', 'other_than', 'shift_from') if getattr(view, key)]
    if len(sources) > 1:
        raise ValueError(f'views[{name!r}] has both {" and ".join(sources)}: keep one.')
    missing = [source for source in view.sources if source not in known]
    if missing:
        raise ValueError(
            f'views[{name!r}] starts from {missing[0]!r}, which is not there; there are {known}.'
        )
    if (view.shift_from is None) != (view.shift is None):
        raise ValueError(f'views[{name!r}] needs both shift_from=VIEW and shift=(LOW, HIGH).')
    if view.shift is not None and not _is_range(view.shift):
        raise ValueError(
            f'views[{name!r}] has shift={view.shift}: it must be (LOW, HIGH) in whole frames, with '
            'a shift other than 0 in between.'
        )
    if view.min_gap is not None and (view.other_than is None or view.min_gap < 1):
        raise ValueError(
            f'views[{name!r}] has min_gap={view.min_gap}: it must be 1 or more, beside '
            'other_than=VIEW.'
        )
    if view.otherwise not in OTHERWISE or (view.other_than is None and how.get('otherwise')):
        raise ValueError(
            f'views[{name!r}] has otherwise={view.otherwise!r}: it must be one of {OTHERWISE}, '
            'beside other_than=VIEW.'
        )
    if view.shift_from is None and (view.in_steps or not view.wrap):
        raise ValueError(f'views[{name!r}] has in_steps or wrap: they belong to shift_from=VIEW.')
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
            if name not in order and all(source in order for source in view.sources)
        ]
        if not ready:
            rest = [name for name in views if name not in order]
            raise ValueError(f'The views {rest} start from one another: draw one by itself.')
        order += ready
    return order


def _is_range(shift: tuple[int, int]) -> bool:
    whole = len(shift) == 2 and all(isinstance(limit, int) for limit in shift)
    return whole and shift[0] <= shift[1] and any(shift)
