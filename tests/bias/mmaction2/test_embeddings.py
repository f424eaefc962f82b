from types import SimpleNamespace

import pytest
import torch
from torch import nn

from mmdebias.bias.manifest import make_manifest
from mmdebias.bias.mmaction2.embeddings import KeepEmbeddings

PROBES = ['original', 'action_swap', 'static_frame', 'human_only']


@pytest.fixture
def rows():
    return make_manifest([('a.mp4', 0), ('b.mp4', 1)], PROBES, seed=0)


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
