import math

import kornia
import pytest
import torch

from mmdebias.ops import turn_hue
from mmdebias.ops.hue import rgb_to_hsv


@pytest.fixture
def frames():
    """Noise with greys, black, white, and pixels two of whose channels are the largest."""
    frames = torch.rand(6, 3, 16, 16)
    frames[0, :, :4] = 0.5
    frames[0, :, 4:8] = 0
    frames[0, :, 8:] = 1
    frames[1, 1] = frames[1, 0]
    frames[2, 2] = frames[2, 1]
    frames[3, 2] = frames[3, 0]
    return frames


def test_hsv_is_kornias(frames):
    theirs = kornia.color.rgb_to_hsv(frames)
    for ours, channel in zip(rgb_to_hsv(frames), theirs.unbind(1)):
        torch.testing.assert_close(ours, channel, atol=1e-5, rtol=1e-5)


def test_hue_is_turned_as_kornia_turns_it(frames):
    angle = torch.tensor([0.3, -0.3, 2.0, -2.0, math.pi, -math.pi])
    theirs = kornia.enhance.adjust_hue(frames, angle)
    torch.testing.assert_close(turn_hue(frames, angle), theirs, atol=1e-5, rtol=0)
    torch.testing.assert_close(turn_hue(frames[0], 0.3), theirs[0], atol=1e-5, rtol=0)
    # Of clips, too: one angle for all their frames.
    clips, angle = frames.unflatten(0, (2, 3)), torch.tensor([0.3, -2.0])
    theirs = kornia.enhance.adjust_hue(frames, angle.repeat_interleave(3))
    torch.testing.assert_close(turn_hue(clips, angle).flatten(0, 1), theirs, atol=1e-5, rtol=0)


def test_a_third_of_the_circle_moves_the_channels_on_by_one(frames):
    torch.testing.assert_close(turn_hue(frames, 2 * math.pi / 3), frames.roll(1, 1))
    torch.testing.assert_close(turn_hue(frames, 0.0), frames)
    torch.testing.assert_close(turn_hue(frames, 2 * math.pi), frames, atol=1e-5, rtol=1e-5)


def test_gradients_pass():
    frames = torch.rand(2, 3, 4, 4, dtype=torch.float64, requires_grad=True)
    angle = torch.tensor([0.3, -0.3], dtype=torch.float64)
    assert torch.autograd.gradcheck(turn_hue, (frames, angle))
