from itertools import permutations

import pytest
import torch

from mmdebias.models import ClipOrder, Rotation, SpaceTimePuzzles


def numbered(n=1, frames=24, size=16):
    """Clips whose values tell time, row and column: 10000 t + 100 y + x, in each channel."""
    t = torch.arange(frames).view(-1, 1, 1)
    y, x = torch.arange(size).view(-1, 1), torch.arange(size)
    return (10000 * t + 100 * y + x).expand(n, 3, frames, size, size)


TASKS = {
    'rotation': Rotation(),
    'clip order': ClipOrder(clip_len=4, gap=2),
    'puzzles': SpaceTimePuzzles(clip_len=24, size=16, jitter=(2, 2, 2)),
}


@pytest.mark.parametrize('name', TASKS)
def test_every_transformation_is_drawn_and_views_are_transformed_alike(name):
    task, clips = TASKS[name], numbered(300)
    pieces, labels = task(dict(query=clips, disturbed=-clips))
    assert set(labels.tolist()) == set(range(task.num_classes))
    assert pieces['query'].shape[:3] == (300, task.num_pieces, 3)
    assert torch.equal(pieces['disturbed'], -pieces['query'])


def test_rotation_is_a_quarter_turn_a_class():
    clips = numbered(12)
    pieces, labels = Rotation()(dict(query=clips))
    for clip, piece, label in zip(clips, pieces['query'], labels.tolist()):
        assert torch.equal(piece[0], clip.rot90(label, (2, 3)))


def test_clips_come_in_the_order_of_their_class_with_the_gap_between_them():
    task = ClipOrder(clip_len=4, gap=2)
    assert task.frames == 16 and task.num_classes == 6
    pieces, labels = task(dict(query=numbered(50)))
    firsts = set()
    for clips, label in zip(pieces['query'], labels.tolist()):
        starts = clips[:, 0, 0, 0, 0] // 10000
        first = starts.min()
        order = list(permutations(range(3)))[label]
        assert starts.tolist() == [first + 6 * place for place in order]
        assert (clips[:, 0, :, 0, 0].diff(dim=1) == 10000).all()
        firsts.add(int(first))
    assert firsts == set(range(24 - 16 + 1))  # left-over frames lie at both ends


@pytest.mark.parametrize('axis', ['space', 'time'])
def test_puzzle_is_four_cells_along_one_axis_in_the_order_of_its_class(axis):
    task = SpaceTimePuzzles(24, 16, axis, jitter=(0, 0, 0), replicate_channel=False)
    pieces, labels = task(dict(query=numbered(60)))
    assert pieces['query'].shape == (60, 4, 3, 6, 8, 8)
    others = set()
    for puzzle, label in zip(pieces['query'], labels.tolist()):
        order = list(permutations(range(4)))[label]
        corner = puzzle[:, 0, 0, 0, 0]
        time, row, column = corner // 10000, corner // 100 % 100, corner % 100
        place = 2 * (row // 8) + column // 8
        changing, still = (place, time) if axis == 'space' else (time // 6, place)
        assert changing.tolist() == list(order)
        assert len(set(still.tolist())) == 1
        others.add(int(still[0]))
    assert len(others) == 4


def test_both_axes_are_drawn():
    cells = SpaceTimePuzzles(24, 16, 'both', jitter=(0, 0, 0)).draw_cells(200)
    in_time = (cells[:, :, 0] == torch.arange(4)).all(1)
    assert 60 < in_time.sum() < 140


def test_jitter_moves_each_piece_inside_its_cell():
    task = SpaceTimePuzzles(24, 16, 'time', jitter=(2, 3, 3), replicate_channel=False)
    pieces, labels = task(dict(query=numbered(100)))
    assert pieces['query'].shape[3:] == (4, 5, 5)
    time = pieces['query'][:, :, 0, 0, 0, 0] // 10000
    cell = task.orders[labels]
    assert set((time - 6 * cell).flatten().tolist()) == {0, 1, 2}


def test_one_channel_stands_for_all():
    clips = torch.rand(40, 3, 24, 16, 16)
    pieces, _ = SpaceTimePuzzles(24, 16, jitter=(0, 0, 0))(dict(query=clips))
    assert torch.equal(pieces['query'][:, :, 0], pieces['query'][:, :, 2])
    kept = {
        c
        for clip, puzzle in zip(clips, pieces['query'])
        for c in range(3)
        if torch.isin(puzzle[0, 0, 0, 0, 0], clip[c])
    }
    assert kept == {0, 1, 2}


@pytest.mark.parametrize(
    ('build', 'says'),
    [
        (lambda: SpaceTimePuzzles(47, 112), 'clip_len=47 cannot be cut into 4'),
        (lambda: SpaceTimePuzzles(48, 111), 'size=111 cannot be cut into 2'),
        (lambda: SpaceTimePuzzles(0, 112), 'clip_len=0'),
        (lambda: SpaceTimePuzzles(48, 112, axis='depth'), "axis='depth'"),
        (lambda: SpaceTimePuzzles(48, 112, jitter=(12, 8, 8)), r'jitter=\(12, 8, 8\)'),
        (lambda: SpaceTimePuzzles(48, 112, jitter=(0, -1, 0)), 'jitter'),
        (lambda: SpaceTimePuzzles(48, 112, jitter=(0, 8)), 'jitter'),
        (lambda: ClipOrder(clip_len=0), 'clip_len=0'),
        (lambda: ClipOrder(gap=-1), 'gap=-1'),
        (lambda: ClipOrder(num_clips=1), 'num_clips=1'),
    ],
)
def test_bad_arguments_are_refused_when_built(build, says):
    with pytest.raises(ValueError, match=says):
        build()


def test_clips_that_do_not_fit_the_task_are_refused():
    clips = torch.rand(2, 3, 8, 16, 16)
    with pytest.raises(ValueError, match='set clip_len=64 in SampleViews'):
        ClipOrder()(dict(query=clips))
    with pytest.raises(ValueError, match='puzzle is made for'):
        SpaceTimePuzzles(24, 16, jitter=(0, 0, 0))(dict(query=clips))
    with pytest.raises(ValueError, match='only square'):
        Rotation()(dict(query=clips[..., :8]))
