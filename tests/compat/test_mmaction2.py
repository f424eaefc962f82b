"""DRN, hue jitter and `init_cfg`."""

import sys

import cv2
import numpy as np
import pytest
import torch

from mmdebias import compat
from mmdebias.compat import mmaction2

# The module that MMAction2's wheel lacks


def test_drn_is_supplied(stock, needed):
    needed('mmaction.models.localizers.drn' in stock['drn'])
    from mmaction.models.localizers import DRN
    from mmaction.registry import MODELS

    if not any(isinstance(finder, mmaction2._DrnFinder) for finder in sys.meta_path):
        pytest.skip('this mmaction2 has DRN')
    for build in (DRN, lambda: MODELS.build(dict(type='mmaction.DRN'))):
        with pytest.raises(ImportError, match=r'git clone \S+mmaction2'):
            build()


def test_drn_on_disk_is_left_alone(tmp_path, monkeypatch):
    (tmp_path / 'models/localizers/drn').mkdir(parents=True)
    (tmp_path / 'models/localizers/drn/drn.py').touch()
    spec = type('Spec', (), dict(submodule_search_locations=[str(tmp_path)]))
    monkeypatch.setattr(mmaction2.importlib.util, 'find_spec', lambda name: spec)
    rest = [finder for finder in sys.meta_path if not isinstance(finder, mmaction2._DrnFinder)]
    monkeypatch.setattr(sys, 'meta_path', list(rest))
    mmaction2.supply_missing_drn()
    assert sys.meta_path == rest


# VindLU beside transformers


@pytest.fixture
def multimodal(monkeypatch, tmp_path):
    """``multimodal(text, *packages)``: whether VindLU is imported beside such a transformers."""
    from mmaction.utils import dependency

    def ask(text, *packages):
        (tmp_path / 'modeling_utils.py').write_text(text)
        spec = type('Spec', (), dict(submodule_search_locations=[str(tmp_path)]))
        monkeypatch.setattr(
            mmaction2.importlib.util, 'find_spec', lambda name: spec if name in packages else None
        )
        monkeypatch.setattr(dependency, 'WITH_MULTIMODAL', True)
        mmaction2.leave_out_vindlu()
        return dependency.WITH_MULTIMODAL

    return ask


def test_vindlu_is_left_out_where_it_cannot_be_imported(multimodal):
    names = 'import (apply_chunking_to_forward, find_pruneable_heads_and_indices)'
    assert multimodal(names, 'transformers', 'timm')
    assert not multimodal(names, 'transformers')
    assert not multimodal('as of version 5', 'transformers', 'timm')


# Hue


def numpy_1_hue(image, factor):
    """MMAction2's result under NumPy 1: uint8 + int stays uint8 unless the int is negative."""
    hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV)
    offset = int(factor * 255)
    hue = hsv[..., 0].astype(np.int64) + offset
    hsv[..., 0] = (hue % 256 if offset >= 0 else hue) % 180
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB).astype(np.float32)


def test_hue_jitter(stock, needed):
    from mmaction.datasets.transforms import ColorJitter

    if np.__version__ >= '2':
        needed(stock['hue'].startswith('OverflowError'))
    image = np.random.randint(0, 256, (16, 16, 3), dtype=np.uint8)
    for factor in (-0.5, -0.3, -0.1, -0.01, 0, 0.01, 0.1, 0.3):
        np.testing.assert_array_equal(
            ColorJitter.adjust_hue(image, factor), numpy_1_hue(image, factor)
        )
    frames = ColorJitter(hue=0.5)(dict(imgs=[image] * 8))['imgs']
    assert all(frame.dtype == np.uint8 and frame.shape == image.shape for frame in frames)


def test_hue_is_a_circle():
    """Where NumPy 1 wrapped at 256: 179 + 127 is 126 on a circle of 180, not 50."""
    hsv = np.array([[[179, 255, 255]]], np.uint8)
    turned = mmaction2._adjust_hue(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), 0.5)
    assert turned.dtype == np.float32
    expected = cv2.cvtColor(np.array([[[126, 255, 255]]], np.uint8), cv2.COLOR_HSV2RGB)
    np.testing.assert_allclose(turned, expected, atol=4)


def test_hue_jitter_that_works_is_left_alone(monkeypatch):
    from mmaction.datasets.transforms import ColorJitter

    def works(img, factor):
        return img

    monkeypatch.setattr(ColorJitter, 'adjust_hue', staticmethod(works))
    compat.jitter_hue_in_wide_integers()
    assert ColorJitter.adjust_hue is works


# init_cfg of ResNet3d

ONE_STAGE = dict(num_stages=1, out_indices=(0,), spatial_strides=(1,), temporal_strides=(1,))
SMALL = dict(ONE_STAGE, depth=18, base_channels=2, dilations=(1,), pretrained=None)


def backbone(name, **kwargs):
    from mmaction.registry import MODELS

    if name == 'ResNet3dLayer':
        arguments = dict(depth=18, pretrained=None, base_channels=2, stage=1)
    elif name == 'ResNet3dSlowFast':
        pathway = dict(type='resnet3d', **SMALL, inflate=(0,))
        arguments = dict(
            pretrained=None,
            channel_ratio=1,
            slow_pathway=dict(pathway, lateral=True, fusion_kernel=5),
            fast_pathway=dict(pathway, lateral=False),
        )
    elif name == 'ResNet2Plus1d':
        arguments = dict(depth=18, pretrained=None, pretrained2d=False, base_channels=2)
        arguments.update(conv_cfg=dict(type='Conv2plus1d'), inflate=(1, 1, 1, 1))
    else:
        arguments = dict(SMALL, inflate=(0,))
    return MODELS.build(dict(type=f'mmaction.{name}', **arguments, **kwargs))


def same(model, state):
    return all(torch.equal(value, state[key]) for key, value in model.state_dict().items())


@pytest.mark.parametrize(
    'name', ['ResNet3d', 'ResNet3dLayer', 'ResNet3dSlowOnly', 'ResNet3dSlowFast', 'ResNet2Plus1d']
)
def test_pretrained_init_cfg(name, stock, needed, tmp_path):
    needed(stock['init_cfg'] is False)
    source = backbone(name)
    for parameter in source.parameters():
        torch.nn.init.normal_(parameter)
    state = source.state_dict()
    torch.save(state, tmp_path / 'backbone.pth')
    torch.save({f'backbone.{key}': value for key, value in state.items()}, tmp_path / 'whole.pth')
    pretrained = dict(type='Pretrained', checkpoint=str(tmp_path / 'backbone.pth'))
    part = dict(pretrained, checkpoint=str(tmp_path / 'whole.pth'), prefix='backbone.')
    for init_cfg in (pretrained, part, [dict(type='Constant', layer='Conv3d', val=0), pretrained]):
        model = backbone(name, init_cfg=init_cfg)
        model.init_weights()
        assert same(model, state)
        assert model.init_cfg == init_cfg
    model = backbone(name)
    model.init_weights()
    assert not same(model, state) and model.init_cfg is None


def test_argument_pretrained_still_works(tmp_path):
    state = backbone('ResNet3d').state_dict()
    torch.save(state, tmp_path / 'backbone.pth')
    model = backbone('ResNet3d')
    model.pretrained, model.pretrained2d = str(tmp_path / 'backbone.pth'), False
    model.init_weights()
    assert same(model, state)
