"""Weights trained here leave whole, and come back as they left."""

import hashlib

import pytest
import torch
from mmaction.registry import MODELS
from mmengine.config import Config

from helpers.released_files import (
    fame_pretraining,
    make_weights,
    prefixed,
    torchvision_r2plus1d,
    torchvision_r3d,
)
from helpers.running import ROOT
from mmdebias.weights import (
    CheckpointError,
    import_weights,
    publish,
    read_checkpoint,
    strip,
    to_fame,
    to_torchvision,
)


def encoder_part(state, prefix, heads):
    kept = {key: value for key, value in state.items() if key.startswith(prefix)}
    return {key: v for key, v in kept.items() if not key.startswith(tuple(heads))}


def assert_same(one, other):
    assert list(one) == list(other)
    assert all(one[key].equal(other[key]) for key in one)
    assert all(one[key].dtype == other[key].dtype for key in one)


def there_and_back(checkpoint, layout, tmp_path):
    """Import, export, and all through files."""
    imported = import_weights(checkpoint)
    back = layout(dict(meta={}, state_dict=imported.state_dict))
    return read_checkpoint(publish(back, tmp_path / 'back'))


def test_fame_to_mmaction_and_back_is_exact(tmp_path):
    checkpoint = fame_pretraining()

    back = there_and_back(checkpoint, to_fame, tmp_path)

    query = 'module.encoder_q.'
    original = encoder_part(checkpoint['state_dict'], query, [f'{query}id_head.'])
    assert_same(back['state_dict'], original)
    assert back['arch'] == checkpoint['arch']


@pytest.mark.parametrize('make', [torchvision_r2plus1d, torchvision_r3d])
def test_torchvision_to_mmaction_and_back_is_exact(tmp_path, make):
    checkpoint = make()

    back = there_and_back(checkpoint, to_torchvision, tmp_path)

    assert_same(back, encoder_part(checkpoint, '', ['fc.']))


@pytest.mark.parametrize(
    ('net', 'layout'),
    [
        ('i3d', to_fame),
        ('r2plus1d_18', to_fame),
        ('r2plus1d_18', to_torchvision),
        ('r3d_18_torchvision', to_torchvision),
    ],
)
def test_mmaction_to_others_and_back_is_exact(net, layout):
    trained = dict(meta=dict(epoch=7), state_dict=prefixed('backbone.', make_weights(net)))

    assert_same(import_weights(layout(trained)).state_dict, trained['state_dict'])


@pytest.mark.parametrize(
    ('net', 'layout', 'message'),
    [
        ('c3d', to_fame, r'C3D with batch normalisation, and FAME has Inception I3D and R\(2'),
        ('i3d', to_torchvision, r'Inception I3D, and torchvision has R\(2\+1\)D-18 and its own'),
    ],
)
def test_a_net_that_a_layout_does_not_have_is_an_error(net, layout, message):
    with pytest.raises(CheckpointError, match=message):
        layout(dict(state_dict=prefixed('backbone.', make_weights(net))))


@pytest.fixture
def run_checkpoint():
    """As a run of MoCo leaves it, with a small net."""
    model = Config.fromfile(ROOT / 'configs' / 'moco' / 'r3d_toy.py').model
    model.backbone.base_channels, model.neck.in_channels = 4, 32
    state = MODELS.build(model).state_dict()
    return dict(meta=dict(epoch=3), state_dict=state, optimizer=dict(state={}), message_hub={})


def test_what_only_training_needs_is_stripped(run_checkpoint):
    stripped = strip(run_checkpoint)

    assert list(stripped) == ['meta', 'state_dict']
    assert {key.split('.')[0] for key in stripped['state_dict']} == {'backbone', 'neck'}
    before = {key.split('.')[0] for key in run_checkpoint['state_dict']}
    assert before == {'backbone', 'neck', 'queue', 'momentum_encoder'}


def test_the_backbone_alone(run_checkpoint):
    kept = strip(run_checkpoint, backbone_only=True)['state_dict']

    wanted = [key for key in run_checkpoint['state_dict'] if key.startswith('backbone.')]
    assert list(kept) == wanted


def test_a_checkpoint_without_encoder_is_an_error():
    with pytest.raises(CheckpointError, match=r'no tensors under state_dict\.backbone'):
        strip(dict(model={}))


@pytest.mark.parametrize('name', ['fame.pth', 'fame', 'new/folder/fame.pth', 'fame.v2'])
def test_the_name_carries_the_hash_of_the_file(tmp_path, name):
    file = publish(dict(state_dict=dict(a=torch.ones(3))), tmp_path / name)

    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert file == tmp_path / f'{name.removesuffix(".pth")}-{digest[:8]}.pth'
    assert list(file.parent.glob('.tmp-*')) == []


def test_the_hash_depends_on_the_content_alone(tmp_path):
    one, same, other = (
        publish(dict(state_dict=dict(a=torch.full((3,), value))), tmp_path / name)
        for name, value in (('one', 1.0), ('same', 1.0), ('other', 2.0))
    )

    assert one.stem[-8:] == same.stem[-8:] != other.stem[-8:]
