import numpy as np
import pytest

from mmdebias.datasets import SampleViews
from mmdebias.datasets.transforms.sample_views import draw_shift


def frames_by_view(results):
    """``{view: its frames}``."""
    frames = results['frame_inds'][results['view_positions']]
    return dict(zip(results['view_names'], frames))


def sample(total, views, clip_len=4, frame_interval=2):
    return SampleViews(clip_len, frame_interval, views)(dict(total_frames=total))


def test_independent_views_fit_into_the_video_and_reach_both_ends():
    starts = {'query': set(), 'key': set()}
    for _ in range(200):
        frames = frames_by_view(sample(10, dict(query=dict(), key=dict())))
        for view, inds in frames.items():
            assert np.array_equal(inds, inds[0] + np.arange(4) * 2)
            starts[view].add(inds[0])
    # 4 frames with interval 2 span 7 of the 10 frames.
    assert starts == {'query': {0, 1, 2, 3}, 'key': {0, 1, 2, 3}}


def test_shared_view_has_the_same_frames():
    views = dict(anchor=dict(), positive=dict(same_as='anchor'))
    results = sample(100, views)
    frames = frames_by_view(results)
    assert np.array_equal(frames['anchor'], frames['positive'])
    assert len(results['frame_inds']) == 4


@pytest.mark.parametrize('total', [20, 61, 90, 300])
def test_triplet_decodes_no_more_frames_than_two_clips(total):
    negative = dict(shift_from='anchor', shift=(4, 30))
    views = dict(anchor=dict(), positive=dict(same_as='anchor'), negative=negative)
    for _ in range(20):
        assert len(sample(total, views, clip_len=16, frame_interval=4)['frame_inds']) <= 2 * 16


def test_each_distinct_frame_is_decoded_once_and_in_order():
    views = dict(anchor=dict(), positive=dict(same_as='anchor'), other=dict())
    inds = sample(12, views)['frame_inds']
    assert np.array_equal(inds, np.unique(inds))


def test_shifted_view_starts_within_the_range_and_loops():
    views = dict(anchor=dict(), negative=dict(shift_from='anchor', shift=(2, 5)))
    shifts = set()
    for _ in range(200):
        frames = frames_by_view(sample(11, views))
        shifts.add(int((frames['negative'][0] - frames['anchor'][0]) % 11))
        assert max(frames['negative']) < 11
    assert shifts == {2, 3, 4, 5}


def test_shift_never_comes_back_to_the_same_frames():
    views = dict(anchor=dict(), negative=dict(shift_from='anchor', shift=(0, 8)))
    for _ in range(100):
        frames = frames_by_view(sample(4, views))
        assert frames['anchor'][0] != frames['negative'][0]


def test_video_that_no_shift_changes_is_an_error():
    views = dict(anchor=dict(), negative=dict(shift_from='anchor', shift=(2, 2)))
    with pytest.raises(ValueError, match='No shift of 2 to 2 frames'):
        sample(2, views)


@pytest.mark.parametrize('shift', [(2, 20), (4, 30)])
@pytest.mark.parametrize('total', [2, 3, 7, 16, 19, 61, 70])
def test_dsms_shifts_change_every_frame_of_short_and_long_videos(shift, total):
    views = dict(anchor=dict(), negative=dict(shift_from='anchor', shift=shift))
    for _ in range(60):
        frames = frames_by_view(sample(total, views, clip_len=16, frame_interval=4))
        assert (frames['anchor'] != frames['negative']).all()


def test_shift_is_uniform_over_what_is_left_of_the_range():
    # Of 2 to 20 a video of 5 frames leaves 15: all but 5, 10, 15 and 20.
    draws = [draw_shift(2, 20, 5) for _ in range(6000)]
    values, counts = np.unique(draws, return_counts=True)
    assert sorted(values) == [s for s in range(2, 21) if s % 5]
    assert counts.min() > 300 and counts.max() < 500


@pytest.mark.parametrize(
    ('total', 'expected'),
    [
        (10, {0, 1, 2, 3}),  # 4 frames with interval 2 span 7 of the 10 frames
        (8, {0, 1}),
        (5, {1, 2, 3, 4}),  # only one clip fits, if at all: it loops
    ],
)
def test_other_view_never_starts_where_the_first_does(total, expected):
    views = dict(query=dict(), negative=dict(other_than='query', min_gap=1))
    starts = set()
    for _ in range(200):
        frames = frames_by_view(sample(total, views))
        assert frames['negative'][0] != frames['query'][0]
        starts.add(int(frames['negative'][0]))
    assert starts == expected


@pytest.mark.parametrize('min_gap', [None, 1, 3, 7, 100])
@pytest.mark.parametrize('total', [2, 5, 7, 8, 10, 13, 14, 30])
def test_other_view_keeps_its_gap_or_as_much_of_it_as_the_video_allows(total, min_gap):
    views = dict(query=dict(), negative=dict(other_than='query', min_gap=min_gap))
    gap, last = min_gap or 7, max(total - 7, 0)
    for _ in range(100):
        frames = frames_by_view(sample(total, views))
        query, negative = (int(frames[view][0]) for view in ('query', 'negative'))
        around, farthest = abs(negative - query), max(query, last - query)
        if farthest >= min(gap, 2):  # a step of the clip
            assert 0 <= negative <= last
            assert around >= min(gap, farthest)
        else:  # in the loop
            assert min(around, total - around) >= min(gap, total // 2)
        if total == 30 and min_gap is None and abs(negative - query) >= 7:
            assert not set(frames['query']) & set(frames['negative'])


@pytest.mark.parametrize(
    ('total', 'otherwise', 'expected'),
    [
        # 4 frames with interval 2 span 7: of 10 frames there are the starts 0 to 3.
        (10, 'farthest', {(0, 3), (1, 3), (2, 0), (3, 0)}),
        (10, 'third', {(0, 3), (1, 4), (2, 5), (3, 6)}),
        (10, 'any', {(a, b) for a in range(4) for b in range(4) if a != b}),
        # One clip fits: the loop is entered elsewhere.
        (6, 'farthest', {(0, 3)}),
        (6, 'third', {(0, 2)}),
        (6, 'any', {(0, b) for b in range(1, 6)}),
        # Where the gap fits it is kept, whatever else.
        (11, 'any', {(0, 4), (4, 0), *((a, b) for a in (1, 2, 3) for b in range(5) if a != b)}),
    ],
)
def test_a_gap_that_does_not_fit_is_made_up_for_by_a_rule(total, otherwise, expected):
    views = dict(query=dict(), negative=dict(other_than='query', min_gap=4, otherwise=otherwise))
    found = set()
    for _ in range(300):
        frames = frames_by_view(sample(total, views))
        found.add((int(frames['query'][0]), int(frames['negative'][0])))
    assert found == expected


@pytest.mark.parametrize('total', range(2, 40))
def test_other_view_is_a_step_away_at_least_and_has_a_cut_only_where_that_does_not_fit(total):
    views = dict(query=dict(), negative=dict(other_than='query'))
    for _ in range(50):
        frames = frames_by_view(sample(total, views))  # a clip spans 7 frames, a step is 2
        query, negative = (int(frames[view][0]) for view in ('query', 'negative'))
        around = abs(negative - query)
        if total >= 4:
            assert min(around, total - around) >= 2
        if total >= 10:
            assert negative + 7 <= total


@pytest.mark.parametrize('total', [3, 7, 8, 9, 13, 21, 40])
@pytest.mark.parametrize('min_gap', [None, 1])
def test_several_other_views_differ_from_each_other(total, min_gap):
    first = dict(other_than='query', min_gap=min_gap)
    second = dict(other_than=['query', 'first'], min_gap=min_gap)
    for _ in range(50):
        frames = frames_by_view(sample(total, dict(second=second, query={}, first=first)))
        starts = {int(frames[name][0]) for name in frames}
        assert len(starts) == 3
        if total == 40 and min_gap is None:  # there is room for three clips of 7
            assert not set(frames['query']) & set(frames['second'])
            assert not set(frames['first']) & set(frames['second'])


def test_there_are_not_more_other_views_than_frames():
    first, second = dict(other_than='query'), dict(other_than=['query', 'first'])
    with pytest.raises(ValueError, match=r"other_than=\['query', 'first'\] .* of 2 frame"):
        sample(2, dict(query={}, first=first, second=second))


def test_shift_counts_frames_of_the_clip_where_that_is_asked():
    views = dict(anchor=dict(), negative=dict(shift_from='anchor', shift=(2, 4), in_steps=True))
    shifts = set()
    for _ in range(100):
        frames = frames_by_view(sample(100, views, frame_interval=3))
        shifts.add(int((frames['negative'][0] - frames['anchor'][0]) % 100))
    assert shifts == {6, 9, 12}


def test_shift_can_be_kept_from_wrapping():
    def shifts(total, wrap):
        views = dict(anchor=dict(), negative=dict(shift_from='anchor', shift=(2, 5), wrap=wrap))
        for _ in range(200):
            frames = frames_by_view(sample(total, views))
            wrapped = (np.diff(frames['negative']) < 0).any()
            yield int(frames['negative'][0] - frames['anchor'][0]), bool(wrapped)

    kept = list(shifts(14, wrap=False))
    assert not any(wrapped for _, wrapped in kept)
    # Forward where a shift fits, else towards the beginning.
    assert {shift for shift, _ in kept} == {2, 3, 4, 5, -2, -3, -4, -5}
    assert any(wrapped for _, wrapped in shifts(14, wrap=True))
    # Of 8 frames a clip takes 7: no shift of 2 stays inside.
    assert all(wrapped for _, wrapped in shifts(8, wrap=False))


def test_of_several_that_are_a_third_away_no_two_are_the_same():
    rule = dict(min_gap=9, otherwise='third')
    views = dict(
        query=dict(),
        first=dict(other_than='query', **rule),
        second=dict(other_than=['query', 'first'], **rule),
    )
    for total in (3, 6, 9):
        starts = [int(frames[0]) for frames in frames_by_view(sample(total, views)).values()]
        assert len(set(starts)) == 3


@pytest.mark.parametrize('otherwise', ['farthest', 'third', 'any'])
def test_other_view_of_a_single_frame_is_an_error(otherwise):
    with pytest.raises(ValueError, match='a video of 1 frame'):
        sample(1, dict(query=dict(), negative=dict(other_than='query', otherwise=otherwise)))


def test_short_video_is_refused_where_order_matters():
    sampling = SampleViews(4, 2, dict(query=dict()), loop=False)
    assert sampling(dict(total_frames=7))['frame_inds'].tolist() == [0, 2, 4, 6]
    with pytest.raises(ValueError, match=r'6 frame\(s\) and a clip of 4 with interval 2 spans 7'):
        sampling(dict(total_frames=6))


def test_short_video_is_looped():
    frames = frames_by_view(sample(3, dict(query=dict())))['query']
    assert frames.tolist() == [0, 2, 1, 0]


def test_any_number_of_views_keeps_its_order():
    names = [f'view{i}' for i in range(5)]
    results = sample(50, {name: dict() for name in names})
    assert list(results['view_names']) == names
    assert results['num_clips'] == 5


def test_a_view_may_be_named_before_the_one_it_starts_from():
    # As in the copy of a config that a run writes down: its keys are sorted.
    views = dict(key=dict(same_as='query'), query=dict())
    results = sample(50, views)
    assert list(results['view_names']) == ['key', 'query']
    assert np.array_equal(*frames_by_view(results).values())


@pytest.mark.parametrize(
    ('arguments', 'says'),
    [
        (dict(clip_len=0), 'clip_len=0'),
        (dict(frame_interval=0), 'frame_interval=0'),
        (dict(views={}), 'views is empty'),
        (dict(views=dict(a=dict(same_as='b'))), "starts from 'b'"),
        (dict(views=dict(a=dict(), b=dict(shift_from='a'))), 'both shift_from'),
        (dict(views=dict(a=dict(), b=dict(shift=(1, 2)))), 'both shift_from'),
        (dict(views=dict(a=dict(), b=dict(shift_from='a', shift=(3, 2)))), 'LOW, HIGH'),
        (dict(views=dict(a=dict(), b=dict(shift_from='a', shift=(0, 0)))), 'LOW, HIGH'),
        (dict(views=dict(a=dict(), b=dict(shift_from='a', shift=(1, 2, 3)))), 'LOW, HIGH'),
        (dict(views=dict(a=dict(), b=dict(shift_from='a', shift=(0.5, 2)))), 'whole frames'),
        (dict(views=dict(a=dict(), b=dict(same_as='a', shift_from='a', shift=(1, 2)))), 'keep one'),
        (dict(views=dict(a=dict(), b=dict(same_as='a', other_than='a'))), 'keep one'),
        (dict(views=dict(a=dict(other_than='b'))), "starts from 'b'"),
        (dict(views=dict(a=dict(same_as='b'), b=dict(same_as='a'))), 'start from one another'),
        (dict(views=dict(a=dict(start=3))), 'not understood'),
        (dict(views=dict(a=dict(min_gap=3))), 'beside other_than'),
        (dict(views=dict(a=dict(), b=dict(other_than='a', min_gap=0))), 'min_gap=0'),
        (dict(views=dict(a=dict(), b=dict(other_than='a', otherwise='no'))), "otherwise='no'"),
        (dict(views=dict(a=dict(otherwise='any'))), 'beside other_than'),
        (dict(views=dict(a=dict(), b=dict(same_as='a', in_steps=True))), 'belong to shift_from'),
        (dict(views=dict(a=dict(), b=dict(same_as='a', wrap=False))), 'belong to shift_from'),
    ],
)
def test_bad_arguments_are_refused_when_built(arguments, says):
    with pytest.raises(ValueError, match=says):
        SampleViews(**{**dict(clip_len=4, frame_interval=2, views=dict(a=dict())), **arguments})


def test_empty_video_is_an_error():
    with pytest.raises(ValueError, match='no frames'):
        sample(0, dict(query=dict()))
