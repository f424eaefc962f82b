"""Released checkpoints become checkpoints of MMAction2 with the same features."""

import pytest
import torch
from mmengine.runner.checkpoint import load_checkpoint
from torch import nn

from helpers.released_files import (
    NET,
    be_pretraining,
    every_layout,
    fame_pretraining,
    make_weights,
    pytorchvideo_slow,
    slowfast_moco,
    torchvision_r2plus1d,
    torchvision_r3d,
)
from mmdebias.weights import CheckpointError, import_weights, read_checkpoint, save


class Model(nn.Module):
    """A model as MMAction2 has them: with a backbone."""

    def __init__(self, net):
        super().__init__()
        self.backbone = NET[net].build()


def find_state(checkpoint):
    names = ('state_dict', 'model', 'model_state')
    return next((checkpoint[name] for name in names if name in checkpoint), checkpoint)


@every_layout
def test_features_are_the_same_before_and_after(released, tmp_path):
    checkpoint, clip = released.make(), torch.randn(1, 3, 4, 32, 32)
    torch.save(checkpoint, tmp_path / 'released.pth')

    imported = import_weights(read_checkpoint(tmp_path / 'released.pth'))
    file = save(dict(meta={}, state_dict=imported.state_dict), tmp_path / 'imported.pth')
    model = Model(released.net)
    load_checkpoint(model, str(file), strict=True)

    assert imported.net.name == released.net
    backbone = model.backbone
    backbone.eval()
    with torch.no_grad():
        features = backbone(clip)
        expected = released.features(checkpoint, clip)
    assert features.std() > 0
    torch.testing.assert_close(features, expected, rtol=1e-4, atol=1e-4 * float(expected.std()))


@every_layout
def test_every_key_is_accounted_for_and_no_bit_changes(released):
    checkpoint = released.make()

    imported = import_weights(checkpoint, released.source)

    state = find_state(checkpoint)
    assert list(imported.went) == list(state)
    taken = {key: to for key, to in imported.went.items() if not to.startswith('left out: ')}
    assert sorted(taken.values()) == sorted(imported.state_dict)
    for key, to in taken.items():
        assert imported.state_dict[to].equal(state[key])
        assert imported.state_dict[to].dtype == state[key].dtype


def test_pytorchvideo_and_slowfast_name_the_same_net():
    one, other = import_weights(pytorchvideo_slow()), import_weights(slowfast_moco())

    assert one.net.name == 'slowonly_r50'
    assert list(one.state_dict) == list(other.state_dict)
    assert all(one.state_dict[key].equal(other.state_dict[key]) for key in one.state_dict)


@pytest.mark.parametrize(
    ('file', 'net', 'name'),
    [
        ('backbones_fame', 'i3d', 'i3d'),
        ('backbones_fame', 'r21d', 'r2plus1d_18'),
        ('backbones_be_dsm', 'i3d', 'i3d'),
        ('backbones_be_dsm', 'c3d', 'c3d'),
        ('backbones_be_dsm', 'r3d18', 'r3d_18'),
        ('backbones_be_dsm', 'r3d34', 'r3d_34'),
    ],
)
def test_the_authors_keys_are_the_nets_and_a_heads(oracle, file, net, name):
    recorded = oracle(file)
    state = {
        str(key): torch.tensor(0.0).expand(
            [int(n) for n in str(shape).strip('(),').split(',') if n]
        )
        for key, shape in zip(recorded[f'{net}_keys'], recorded[f'{net}_shapes'])
    }
    if file == 'backbones_fame':
        checkpoint = dict(state_dict={f'module.encoder_q.{k}': v for k, v in state.items()})
    else:
        checkpoint = dict(model={f'module.{k}': v for k, v in state.items()})

    imported = import_weights(checkpoint)

    assert imported.net.name == name
    heads = [key for key, to in imported.went.items() if to == 'left out: head']
    assert heads
    assert len(heads) + len(imported.state_dict) == len(state)


def test_the_momentum_encoder_is_not_taken_for_the_encoder():
    went = import_weights(fame_pretraining()).went

    assert went['module.encoder_q.mixed_3b.branch_0.conv3d.weight'] == (
        'backbone.mixed_3b.branch_0.conv3d.weight'
    )
    assert went['module.encoder_k.mixed_3b.branch_0.conv3d.weight'] == 'left out: momentum encoder'
    assert went['module.queue'] == went['module.queue_ptr'] == 'left out: queue of keys'
    assert went['module.encoder_q.id_head.2.weight'] == 'left out: head'


def test_a_piece_of_a_larger_tensor_is_not_saved_with_the_whole():
    checkpoint = be_pretraining()
    whole = torch.randn(1000, 64)
    checkpoint['model']['module.conv1.bias'] = whole[7]

    taken = import_weights(checkpoint).state_dict['backbone.conv1.bias']

    assert taken.equal(whole[7])
    assert taken.untyped_storage().nbytes() == 64 * 4


def test_counters_that_old_files_lack_are_added():
    checkpoint = be_pretraining()
    model = checkpoint['model']
    checkpoint['model'] = {k: v for k, v in model.items() if not k.endswith('_tracked')}

    imported = import_weights(checkpoint)

    assert len(imported.added) == 8
    assert imported.state_dict['backbone.bn1.num_batches_tracked'].equal(torch.tensor(0))


def test_what_does_not_fit_is_listed_key_by_key():
    checkpoint = be_pretraining()
    model = checkpoint['model']
    del model['module.conv3a.weight']
    model['module.conv6.weight'] = torch.zeros(1)
    model['module.conv1.weight'] = torch.zeros(64, 2, 3, 3, 3)

    with pytest.raises(CheckpointError) as error:
        import_weights(checkpoint)

    message = str(error.value)
    assert 'C3D with batch normalisation' in message
    assert 'missing     conv3a.weight (256, 128, 3, 3, 3)' in message
    assert 'left over   module.conv6.weight' in message
    shapes = '(64, 2, 3, 3, 3), wanted (64, 3, 3, 3, 3)'
    assert f'other shape module.conv1.weight {shapes}' in message


def test_two_keys_for_one_tensor_are_one_too_many():
    checkpoint = torchvision_r3d()
    checkpoint['conv1.weight'] = checkpoint['stem.0.weight']

    with pytest.raises(CheckpointError, match=r'several keys .* stem\.0\.weight, conv1\.weight'):
        import_weights(checkpoint)


def test_a_head_of_another_name_is_left_out_when_asked():
    checkpoint = be_pretraining()
    checkpoint['model']['module.projector.weight'] = torch.zeros(1)
    with pytest.raises(CheckpointError, match=r'left over   module\.projector\.weight'):
        import_weights(checkpoint)

    imported = import_weights(checkpoint, ignore=['module.projector.'])

    assert imported.went['module.projector.weight'] == 'left out: as asked'


def test_a_file_of_another_net_is_an_error_that_names_the_nets_known():
    state = {f'layer{i}.0.conv1.weight': torch.zeros(8, 8, 3, 3) for i in range(1, 5)}
    other = dict(state_dict={f'module.{key}': value for key, value in state.items()})

    with pytest.raises(CheckpointError, match=r'none of the nets known here: Inception I3D, R\(2'):
        import_weights(other)


@pytest.mark.parametrize(
    ('checkpoint', 'source', 'message'),
    [
        (dict(weights=1), 'auto', 'not in any known layout: it holds weights'),
        (torchvision_r2plus1d(), 'fame', "not in the layout 'fame': .* looks like torchvision"),
        (torchvision_r2plus1d(), 'FAME', "source='FAME' must be auto or one of fame, be"),
        (
            dict(meta={}, state_dict={'backbone.conv1.weight': torch.zeros(1)}),
            'auto',
            'is an MMAction2 checkpoint already .* give it to load_from as it is',
        ),
    ],
)
def test_another_layout_is_an_error_that_says_which(checkpoint, source, message):
    with pytest.raises(CheckpointError, match=message):
        import_weights(checkpoint, source)


def test_weights_of_half_precision_stay_so():
    model = {
        f'module.{k}': v.half() for k, v in make_weights('c3d').items() if v.is_floating_point()
    }

    imported = import_weights(dict(model=model))

    assert imported.state_dict['backbone.conv1.weight'].dtype == torch.float16
