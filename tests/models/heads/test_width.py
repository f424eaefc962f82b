import pytest
import torch
from mmaction.registry import MODELS
from torch import nn

from mmdebias.models.heads.width import explain_head_width


@pytest.mark.parametrize('kind', ['I3DHead', 'LinearProbeHead'])
def test_a_head_of_another_encoder_says_what_to_set(kind):
    model = nn.Module()
    model.cls_head = MODELS.build(dict(type=kind, num_classes=3, in_channels=8))
    explain_head_width(model)
    with pytest.raises(ValueError, match=r'fc_cls is made for 8 channels.*cls_head\.in_channels=6'):
        model.cls_head(torch.zeros(2, 6, 1, 2, 2))


def test_it_looks_once_and_leaves_other_models_alone():
    model = nn.Module()
    explain_head_width(model)
    model.cls_head = MODELS.build(dict(type='I3DHead', num_classes=3, in_channels=8))
    explain_head_width(model)
    assert model.cls_head.fc_cls._forward_pre_hooks
    assert model.cls_head(torch.zeros(2, 8, 1, 2, 2)).shape == (2, 3)
    assert not model.cls_head.fc_cls._forward_pre_hooks
