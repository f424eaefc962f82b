import warnings

import pytest
import torch
from torch import nn

from helpers.puppets import write_puppets
from mmdebias.bias import ClipSpec, bias_report, from_module, from_torchscript

CLIP = ClipSpec(frames=4, stride=2, size=32, mean=(0.5,) * 3, std=(0.25,) * 3, layout='NTCHW')


@pytest.fixture
def net():
    """A small random net of clips [N, T, 3, H, W]."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(1), nn.Linear(4 * 3 * 32 * 32, 2))


@pytest.fixture
def script(net, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        torch.jit.save(torch.jit.script(net), tmp_path / 'net.pt')
    return tmp_path / 'net.pt'


def test_a_torchscript_file_is_reported_on_as_its_module(net, script, tmp_path):
    paths, labels = write_puppets(tmp_path)
    masks = tmp_path / 'masks' / 'puppets'
    models = [from_module('module', net, CLIP), from_torchscript('file', script, CLIP)]
    report = bias_report(models, paths, labels, masks)
    for measure in report.content['measures']:
        one, other = measure['values']
        assert one['value'] == other['value'], measure['name']
    assert f'TorchScript, {script}, sha256' in report.markdown()


def test_a_file_that_is_no_torchscript_is_named(net, tmp_path):
    torch.save(net.state_dict(), tmp_path / 'weights.pth')
    with pytest.raises(ValueError, match=r'net: .*weights.pth is no TorchScript .* weights alone'):
        from_torchscript('net', tmp_path / 'weights.pth', CLIP)
    with pytest.raises(FileNotFoundError, match='net: there is no file'):
        from_torchscript('net', tmp_path / 'nowhere.pt', CLIP)


def test_what_cannot_be_called_is_no_model():
    with pytest.raises(TypeError, match='of net must be a module or a function of clips'):
        from_module('net', 'model.pth', CLIP)
    with pytest.raises(ValueError, match="output='logits' must be 'scores' or 'features'"):
        from_module('net', print, CLIP, 'logits')
    with pytest.raises(ValueError, match='batch_size=0 must be 1 or more'):
        from_module('net', print, CLIP, batch_size=0)


def test_what_torchscript_says_of_a_wrong_clip_is_told(script, tmp_path):
    paths, labels = write_puppets(tmp_path)
    model = from_torchscript('net', script, ClipSpec(frames=4, stride=2, size=16))
    with pytest.raises(ValueError, match=r'net does not take clips .*: RuntimeError: .*shapes.*; '):
        bias_report([model], paths, labels, tmp_path / 'masks' / 'puppets')
