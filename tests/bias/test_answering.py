import torch

from mmdebias.bias.answering import once


def test_clips_that_are_all_the_same_are_shown_once():
    clip = torch.rand(1, 3, 2, 4, 4)
    assert torch.equal(once(clip.repeat(5, 1, 1, 1, 1)), clip)
    other = clip.clone()
    other[..., -1, -1] += 1
    assert len(once(torch.cat([clip, clip, other]))) == 3
    assert len(once(clip)) == 1
