import torch
from mmengine.config import Config

from helpers.running import ROOT
from mmdebias.apis import load_encoder
from mmdebias.weights import read_checkpoint, write_initial_weights


def small(folder):
    cfg = Config.fromfile(ROOT / 'configs' / folder / 'r3d_toy.py')
    cfg.model.backbone.base_channels = 2
    return cfg


def test_they_are_of_the_seed_and_fill_the_encoder(tmp_path):
    cfg = small('moco')
    first, other = (write_initial_weights(cfg, tmp_path / str(seed), seed) for seed in (0, 1))

    states = [load_encoder(cfg, file).backbone.state_dict() for file in (first, other)]
    again = read_checkpoint(write_initial_weights(cfg, tmp_path / 'again'))['state_dict']

    name = 'conv1.conv.weight'
    torch.testing.assert_close(states[0][name], again[f'backbone.{name}'])
    assert not torch.equal(states[0][name], states[1][name])


def test_a_file_that_is_there_is_left(tmp_path):
    file = write_initial_weights(small('moco'), tmp_path)
    file.write_bytes(b'mine')
    assert write_initial_weights(small('moco'), tmp_path) == file
    assert file.read_bytes() == b'mine'
