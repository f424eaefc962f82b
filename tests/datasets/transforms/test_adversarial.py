import decord
import numpy as np
import pytest

from helpers.videos import write_video
from mmdebias.datasets import AddStaticFrame, PasteStaticPerson
from mmdebias.datasets.toy.masks import pack_masks

GREY = 100


@pytest.fixture
def person(tmp_path):
    """A generated set of one video: a red bar of 8x24 that stands still, and its masks."""
    frames = np.full((20, 32, 32, 3), (20, 20, 200), np.uint8)
    masks = np.zeros((20, 32, 32), bool)
    masks[:, 4:28, 12:20] = True
    frames[masks] = (220, 20, 20)
    for folder in ('videos', 'masks'):
        (tmp_path / folder).mkdir()
    write_video(tmp_path / 'videos' / 'bar.mp4', frames)
    (tmp_path / 'masks' / 'bar.npz').write_bytes(pack_masks(masks))
    return str(tmp_path / 'videos' / 'bar.mp4')


def clip(frames=5, height=48, width=64):
    return dict(imgs=[np.full((height, width, 3), GREY, np.uint8) for _ in range(frames)])


def test_person_stands_still_where_it_is_told_to(person):
    imgs = np.stack(PasteStaticPerson([person], height=0.5, position=(1, 1))(clip())['imgs'])
    assert (imgs == imgs[:1]).all()
    changed = (imgs[0] != GREY).any(-1)
    assert changed[24:, 56:].all()  # 24x8 in the lower right corner
    assert changed.sum() == 24 * 8
    red = imgs[0, 30:40, 58:62].reshape(-1, 3).mean(0)
    assert np.abs(red - (220, 20, 20)).max() < 25  # the blue around it is left behind


def test_person_is_drawn_by_numpy(person):
    transform = PasteStaticPerson([person], height=0.5)
    same, other = [], []
    for seed in (3, 3, 4):
        np.random.seed(seed)
        (same if seed == 3 else other).append(np.stack(transform(clip())['imgs']))
    assert (same[0] == same[1]).all() and (same[0] != other[0]).any()


def test_without_masks_what_moves_is_the_person(tmp_path):
    frames = np.full((20, 64, 64, 3), (20, 120, 60), np.uint8)
    for t in range(20):
        frames[t, 20:44, 16 + t : 32 + t] = (220, 20, 20)
    write_video(tmp_path / 'square.mp4', frames)
    transform = PasteStaticPerson([str(tmp_path / 'square.mp4')], height=0.6, position=(0, 1))
    imgs = np.stack(transform(clip())['imgs']).astype(int)
    pasted = (imgs[0] != GREY).any(-1)
    red = (imgs[0, ..., 0] > 150) & (imgs[0, ..., 1] < 80)
    assert (imgs == imgs[:1]).all()
    assert 0.02 < pasted.mean() < 0.5 and red.sum() > 0.4 * pasted.sum()


def test_frame_is_added_to_all_frames(person):
    np.random.seed(0)
    imgs = np.stack(AddStaticFrame([person], share=0.25)(clip(height=32, width=32))['imgs'])
    still = decord.VideoReader(person)[3].asnumpy()  # all of its frames are alike
    expected = 0.75 * GREY + 0.25 * still.astype(float)
    assert (imgs == imgs[:1]).all()
    assert np.abs(imgs[0] - expected).mean() < 2


@pytest.mark.parametrize(
    ('kind', 'arguments', 'says'),
    [
        (AddStaticFrame, dict(videos=['a.mp4'], share=1), 'share=1'),
        (AddStaticFrame, dict(videos=[]), r'videos=\[\] must be a list'),
        (PasteStaticPerson, dict(videos='a.mp4'), "videos='a.mp4' must be a list"),
        (PasteStaticPerson, dict(videos=['a.mp4'], height=0), 'height=0'),
        (PasteStaticPerson, dict(videos=['a.mp4'], position=(0, 2)), r'position=\(0, 2\)'),
    ],
)
def test_wrong_arguments_are_refused_when_built(kind, arguments, says):
    with pytest.raises(ValueError, match=says):
        kind(**arguments)
