"""ONNX files are reported on as the nets that they were exported from."""

import logging
import sys
import warnings

import numpy as np
import pytest
import torch
from torch import nn

from helpers.puppets import write_puppets
from mmdebias.bias import ClipSpec, bias_report, from_module, from_onnx
from mmdebias.models import InceptionI3D
from mmdebias.optional import MissingPackageError

CLIP = ClipSpec(frames=8, stride=2, size=32, mean=(0.45,) * 3, std=(0.225,) * 3)


@pytest.fixture(scope='module')
def puppets(tmp_path_factory):
    return write_puppets(tmp_path_factory.mktemp('puppets'))


class Classifier(nn.Module):
    """An encoder with a linear layer: scores and features."""

    def __init__(self, encoder, width):
        super().__init__()
        self.encoder, self.head = encoder, nn.Linear(width, 2)

    def forward(self, clips):
        features = self.encoder(clips).mean((2, 3, 4))
        return dict(scores=self.head(features), features=features)


def export(net, path, batch=None, outputs=('scores', 'features')):
    """Write a net as ONNX, for batches of any number or of one number."""
    for name in ('onnx', 'onnxscript', 'onnxruntime'):
        pytest.importorskip(name, reason='pip install "mmdebias[export]"')
    logging.getLogger('torch.onnx').setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        torch.onnx.export(
            net.eval(),
            (torch.randn(batch or 2, *CLIP.shape),),
            path,
            input_names=['clips'],
            output_names=list(outputs),
            dynamic_shapes=None if batch else ({0: torch.export.Dim('batch', min=1)},),
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    return path


@pytest.mark.slow
def test_the_report_of_i3d_is_that_of_its_net(puppets, tmp_path):
    torch.manual_seed(0)
    backbone = InceptionI3D()
    backbone.init_weights()
    net = Classifier(backbone, 1024)
    file = export(net, tmp_path / 'net.onnx')
    paths, labels = puppets
    report = bias_report(
        [
            from_module('torch', net, CLIP, has_features=True, version='1'),
            from_onnx('onnx', file, CLIP),
        ],
        paths,
        labels,
        paths[0].parents[1] / 'masks' / 'puppets',
        train=paths,
        train_labels=labels,
        scenes=dict(zip(paths, labels)),
        out=tmp_path / 'out',
    )
    for measure in report.content['measures']:
        one, other = measure['values']
        assert one['value'] == pytest.approx(other['value'], abs=1e-4), measure['name']
    assert report.content['measures'][-1]['name'] == 'sensitivity/scene_share'
    stored = [np.load(file)['scores'] for file in (tmp_path / 'out' / 'scores').iterdir()]
    np.testing.assert_allclose(*stored, atol=1e-4)


def test_a_file_for_batches_of_one_number_takes_the_rest_too(tmp_path):
    pool = nn.Sequential(nn.AdaptiveAvgPool3d(1), nn.Flatten(), nn.Linear(3, 2))
    model = from_onnx('net', export(pool, tmp_path / 'net.onnx', 3, ['scores']), CLIP)
    clips = torch.randn(2, *CLIP.shape)
    assert model.batch_size == 3
    with torch.no_grad():
        torch.testing.assert_close(torch.from_numpy(model.load()(clips)), pool(clips))


def test_clips_that_the_file_does_not_take_are_named(tmp_path):
    pool = nn.Sequential(nn.AdaptiveAvgPool3d(1), nn.Flatten(), nn.Linear(3, 2))
    file = export(pool, tmp_path / 'net.onnx', outputs=['scores'])
    other = ClipSpec(frames=16, size=32)
    with pytest.raises(ValueError, match=r'net takes clips .*8, 32, 32\], and those of the spec'):
        from_onnx('net', file, other)
    with pytest.raises(ValueError, match=r"takes tensor\(float\), and values='uint8' are"):
        from_onnx('net', file, ClipSpec(frames=8, size=32, values='uint8'))


def test_a_file_that_is_no_onnx_is_named(tmp_path):
    pytest.importorskip('onnxruntime', reason='pip install "mmdebias[onnx]"')
    (tmp_path / 'net.onnx').write_bytes(b'no graph')
    with pytest.raises(ValueError, match=r'net: .*net.onnx is no ONNX model'):
        from_onnx('net', tmp_path / 'net.onnx', CLIP)
    with pytest.raises(FileNotFoundError, match='net: there is no file'):
        from_onnx('net', tmp_path / 'nowhere.onnx', CLIP)


def test_without_onnxruntime_its_command_is_named(tmp_path, monkeypatch):
    (tmp_path / 'net.onnx').touch()
    monkeypatch.setitem(sys.modules, 'onnxruntime', None)
    with pytest.raises(
        MissingPackageError, match=r'needs onnxruntime.*pip install "mmdebias\[onnx'
    ):
        from_onnx('net', tmp_path / 'net.onnx', CLIP)
