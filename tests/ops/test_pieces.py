import pytest
import torch

from mmdebias.ops import cut_pieces, rotate


def test_pieces_are_slices():
    clips = torch.rand(2, 3, 6, 8, 10)
    corners = torch.tensor([[[0, 0, 0], [3, 2, 5]], [[1, 4, 1], [2, 0, 6]]])
    pieces = cut_pieces(clips, corners, (3, 4, 4))
    assert pieces.shape == (2, 2, 3, 3, 4, 4)
    assert torch.equal(pieces[0, 1], clips[0, :, 3:6, 2:6, 5:9])
    assert torch.equal(pieces[1, 0], clips[1, :, 1:4, 4:8, 1:5])


@pytest.mark.parametrize('corner', [[4, 0, 0], [0, 5, 0], [0, 0, 7], [0, -1, 0]])
def test_piece_outside_its_clip_is_refused(corner):
    with pytest.raises(ValueError, match='does not lie in clips'):
        cut_pieces(torch.rand(1, 3, 6, 8, 10), torch.tensor([[corner]]), (3, 4, 4))


def test_corners_for_another_batch_are_refused():
    with pytest.raises(ValueError, match=r'need \[2, P, 3\]'):
        cut_pieces(torch.rand(2, 3, 6, 8, 10), torch.zeros(3, 1, 3).long(), (3, 4, 4))


def test_turns_are_those_of_each_frame():
    clips = torch.randint(0, 256, (5, 3, 4, 6, 6), dtype=torch.uint8)
    turned = rotate(clips, torch.arange(5))
    for k in range(5):
        for t in range(4):
            assert torch.equal(turned[k, :, t], torch.rot90(clips[k, :, t], k, dims=(1, 2)))
    assert torch.equal(turned[0], clips[0]) and torch.equal(turned[4], clips[4])


def test_frames_that_are_not_square_are_refused():
    with pytest.raises(ValueError, match='4x6 pixels; only square'):
        rotate(torch.rand(1, 3, 2, 4, 6), torch.tensor([1]))
