from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from mmdebias.bias.embeddings import SCENE_SHARE, KeepEmbeddings, felt_measure
from mmdebias.bias.manifest import make_manifest

PROBES = ['original', 'action_swap', 'static_frame', 'human_only']


@pytest.fixture
def rows():
    return make_manifest([('a.mp4', 0), ('b.mp4', 1)], PROBES, seed=0)


def test_the_scene_is_weighed_against_the_motion(rows):
    angle = {'original': 0, 'action_swap': 60, 'static_frame': 90, 'human_only': 10}
    vectors = {
        index: np.array(
            [np.cos(np.deg2rad(angle[row.probe])), np.sin(np.deg2rad(angle[row.probe]))]
        )
        for index, row in enumerate(rows)
        if row.probe != 'human_only'
    }
    (measure,) = felt_measure(rows, vectors).values()
    assert measure.name == SCENE_SHARE and measure.better == 'lower'
    # 1 - cos 60° is a half, 1 - cos 90° one.
    assert measure.values == pytest.approx([1 / 3, 1 / 3]) and measure.videos == ('a.mp4', 'b.mp4')
    still = next(i for i, row in enumerate(rows) if row.probe == 'static_frame')
    assert felt_measure(rows, {i: v for i, v in vectors.items() if i != still})[
        SCENE_SHARE
    ].videos == ('b.mp4',)
    assert felt_measure(rows, {}) == {}


def test_features_of_the_rows_are_kept_while_they_are_scored(rows):
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.backbone = nn.Conv3d(3, 4, 1)

    model, keep = Net(), KeepEmbeddings(rows)
    runner = SimpleNamespace(model=model)
    keep.before_test(runner)
    for first in range(0, len(rows), 2):
        clips = torch.rand(6, 3, 2, 4, 4)  # two rows of three clips
        maps = model.backbone(clips)
        samples = [SimpleNamespace(sample_idx=index) for index in (first, first + 1)]
        keep.after_test_iter(runner, 0, None, samples)
    keep.after_test(runner)
    assert not model.backbone._forward_hooks
    assert sorted(keep.found) == [i for i, row in enumerate(rows) if row.probe != 'human_only']
    # The last two rows are of one video: its frozen frame is kept, its actor alone is not.
    chosen = max(keep.found)
    place = chosen - (len(rows) - 2)
    units = nn.functional.normalize(maps.mean((2, 3, 4)), dim=1).unflatten(0, (2, 3))[place]
    expected = nn.functional.normalize(units.mean(0), dim=0).detach().numpy()
    assert keep.found[chosen] == pytest.approx(expected, abs=1e-6)


def test_a_backbone_without_features_is_left_out(rows):
    model, keep = SimpleNamespace(backbone=nn.Identity()), KeepEmbeddings(rows)
    keep.before_test(SimpleNamespace(model=model))
    model.backbone('no features')
    keep.after_test_iter(None, 0, None, [SimpleNamespace(sample_idx=0)])
    assert keep.found == {}
