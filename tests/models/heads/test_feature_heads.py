import torch
from mmaction.registry import MODELS

from mmdebias.models import ClipFeatureHead, UnitFeatureHead


def test_maps_of_all_sizes_become_features_of_one():
    head = ClipFeatureHead()
    for size in ((2, 7, 7), (2, 14, 14), (1, 4, 4)):
        assert head(torch.randn(3, 5, *size)).shape == (3, 5 * 98)
    maps = torch.randn(2, 5, 2, 14, 14)
    blocks = maps.reshape(2, 5, 2, 7, 2, 7, 2).amax((4, 6))
    assert torch.equal(head(maps), blocks.flatten(1))


def test_clips_of_a_video_count_alike_where_each_is_normalised_first():
    maps = torch.randn(6, 5, 2, 3, 3) * torch.tensor([1.0, 5.0, 20.0] * 2).view(6, 1, 1, 1, 1)
    clips = maps.mean((2, 3, 4)).unflatten(0, (2, 3))
    head = UnitFeatureHead(average_clips='score')
    expected = (clips / clips.norm(dim=2, keepdim=True)).mean(1)
    torch.testing.assert_close(torch.stack(list(head.predict(maps, [None, None]))), expected)
    plain = MODELS.build(dict(type='FeatureHead', average_clips='score')).predict(
        maps, [None, None]
    )
    torch.testing.assert_close(torch.stack(list(plain)), clips.mean(1))


def test_clips_of_a_video_stay_apart():
    maps = torch.randn(6, 2, 2, 7, 7)
    by_video = ClipFeatureHead().predict(maps, [None, None])
    assert torch.equal(by_video, maps.flatten(1).unflatten(0, (2, 3)))
