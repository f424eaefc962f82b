from types import SimpleNamespace

import torch
from torch import nn

from mmdebias.engine import ChannelsLastHook


def test_weights_and_maps_move_and_numbers_stay():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv3d(3, 4, 3), nn.BatchNorm3d(4), nn.ReLU(), nn.Conv3d(4, 5, 3))
    clips = torch.rand(2, 3, 8, 9, 10)
    expected = model(clips)
    expected.square().mean().backward()
    gradient = model[0].weight.grad.clone()

    model.zero_grad()
    ChannelsLastHook().before_train(SimpleNamespace(model=model))
    features = model(clips)
    features.square().mean().backward()

    assert features.is_contiguous(memory_format=torch.channels_last_3d)
    torch.testing.assert_close(features, expected)
    torch.testing.assert_close(model[0].weight.grad, gradient, rtol=1e-3, atol=1e-5)
