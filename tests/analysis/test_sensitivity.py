import pytest
import torch

from mmdebias.analysis import feel, summarise
from mmdebias.analysis.sensitivity import changes


@pytest.fixture
def clips():
    """Two clips of 6 frames: a square of one colour walks over a wall of one, each its own."""
    clips = torch.zeros(2, 3, 6, 32, 32, dtype=torch.uint8)
    masks = torch.zeros(2, 6, 32, 32, dtype=torch.bool)
    for index, (wall, square) in enumerate((((200, 0, 0), (0, 0, 250)), ((0, 200, 0), (250,) * 3))):
        clips[index] = torch.tensor(wall, dtype=torch.uint8).view(3, 1, 1, 1)
        for t in range(6):
            masks[index, t, 8:16, 4 * t : 4 * t + 8] = True
            clips[index, :, t, 8:16, 4 * t : 4 * t + 8] = torch.tensor(square).view(3, 1, 1)
    return clips, masks


def mean_colour(clips):
    return clips.float().mean((2, 3, 4)) + 1


def order_of_frames(clips):
    """Where the brightness lies in each frame, from left to right."""
    columns = clips.float().mean((1, 3))
    return (columns * torch.linspace(-1, 1, clips.shape[4])).sum(2)


def test_each_change_changes_one_thing(clips):
    found = dict(changes(*clips, shift=2))
    assert list(found) == [
        'other scene', 'actor removed', 'another actor', 'time reversed', 'frames shuffled',
        'frozen', '2 frames later', 'mirrored', 'warped', 'black border', 'brighter',
    ]  # fmt: skip
    assert all(each.shape == (2, 3, 4, 32, 32) and each.dtype == torch.uint8
               for each in found.values())  # fmt: skip
    now, masks = clips[0][:, :, :4], clips[1][:, :4]
    red, green, blue = (torch.tensor(c, dtype=torch.uint8) for c in
                        ((200, 0, 0), (0, 200, 0), (0, 0, 250)))  # fmt: skip

    def colours(name, inside):
        """Return the colours of the first clip, on its actor or off it."""
        chosen = masks[0] if inside else ~masks[0]
        return found[name][0].permute(1, 2, 3, 0)[chosen].unique(dim=0)

    assert (colours('other scene', True) == blue).all()
    assert (colours('other scene', False) == green).all()
    assert (found['actor removed'][0].permute(1, 2, 3, 0) == red).all()
    assert (colours('another actor', True) == 250).all()
    assert (colours('another actor', False) == red).all()
    assert torch.equal(found['time reversed'], now.flip(2))
    assert torch.equal(found['frozen'], now[:, :, [2, 2, 2, 2]])
    assert torch.equal(found['2 frames later'], clips[0][:, :, 2:])
    assert torch.equal(found['mirrored'], now.flip(4))
    assert (found['black border'][..., :2] == 0).all()
    assert torch.equal(found['black border'][..., 2:-2, 2:-2], now[..., 2:-2, 2:-2])
    assert found['brighter'].max() == 255
    shuffled = found['frames shuffled']
    assert not torch.equal(shuffled, now) and not torch.equal(shuffled, now.flip(2))


def test_of_two_frames_the_shuffled_are_the_reversed(clips):
    found = dict(changes(clips[0][:, :, :2], clips[1][:, :2], seed=0))
    assert torch.equal(found['frames shuffled'], found['time reversed'])


def test_what_sees_colours_feels_the_scene_only(clips):
    distances = feel(mean_colour, *clips)
    assert distances['time reversed'] == pytest.approx([0, 0], abs=1e-6)
    assert (distances['other scene'] > 0.3).all() and (distances['another video'] > 0.3).all()
    assert summarise(distances) == pytest.approx([1, 1], abs=1e-3)


def test_what_sees_places_feels_the_motion_only(clips):
    grey = clips[0].clone()
    for index in range(2):  # a scene that weighs as much on both sides
        grey[index][~clips[1][index].expand(3, -1, -1, -1)] = 0
    distances = feel(order_of_frames, grey, clips[1])
    assert distances['other scene'] == pytest.approx([0, 0], abs=1e-3)
    assert (distances['time reversed'] > 0.1).all()
    assert (summarise(distances) < 0.05).all()


def test_batches_change_nothing(clips):
    one, many = (feel(mean_colour, *clips, batch_size=size) for size in (1, 8))
    assert all(one[name] == pytest.approx(many[name]) for name in many)


def test_wrong_input_is_named(clips):
    with pytest.raises(ValueError, match='of one video'):
        feel(mean_colour, clips[0][:1], clips[1][:1])
    with pytest.raises(ValueError, match='shift=5 leaves 1 of 6 frames'):
        feel(mean_colour, *clips, shift=5)
    with pytest.raises(ValueError, match=r'masks \[2, 3, 32, 32\]'):
        feel(mean_colour, clips[0], clips[1][:, :3])
