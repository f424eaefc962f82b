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


class Both(nn.Module):
    """Scores and features of clips [N, T, 3, H, W]."""

    def forward(self, clips: torch.Tensor) -> dict[str, torch.Tensor]:
        colours = clips.mean((1, 3, 4))
        return dict(scores=colours[:, :2], features=colours)


def test_a_torchscript_file_may_return_features_beside_scores(tmp_path):
    paths, labels = write_puppets(tmp_path)
    masks = tmp_path / 'masks' / 'puppets'
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        torch.jit.save(torch.jit.script(Both()), tmp_path / 'both.pt')
    model = from_torchscript('both', tmp_path / 'both.pt', CLIP, has_features=True)
    report = bias_report([model], paths, labels, masks)
    assert 0 <= report.value('both', 'sensitivity/scene_share') <= 1


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
