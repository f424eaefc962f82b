"""Encoders as programs give the features of the encoder."""

import sys

import pytest
import torch
from torch import nn

from helpers.released_files import NET, make_weights
from helpers.running import ROOT, run
from mmdebias.weights import (
    CheckpointError,
    UnsupportedEncoderError,
    export_onnx,
    export_torchscript,
)

SIZE = (4, 32, 32)


@pytest.fixture(scope='module')
def encoder():
    backbone = NET['c3d'].build()
    backbone.load_state_dict(make_weights('c3d'))
    return backbone.eval()


@pytest.mark.parametrize('batch', [1, 5])
def test_torchscript_takes_batches_of_any_size(encoder, tmp_path, batch):
    difference = export_torchscript(encoder, tmp_path / 'c3d.pt', SIZE)

    clips = torch.randn(batch, 3, *SIZE)
    with torch.no_grad():
        torch.testing.assert_close(torch.jit.load(tmp_path / 'c3d.pt')(clips), encoder(clips))
    assert difference < 1e-5


def test_onnx_takes_batches_of_any_size(encoder, tmp_path):
    for module in ('onnx', 'onnxscript', 'onnxruntime'):
        pytest.importorskip(module, reason='comes with the extra "export"')
    import onnxruntime

    difference = export_onnx(encoder, tmp_path / 'new' / 'c3d.onnx', SIZE)

    session = onnxruntime.InferenceSession(str(tmp_path / 'new' / 'c3d.onnx'))
    for batch in (1, 5):
        clips = torch.randn(batch, 3, *SIZE)
        (features,) = session.run(['features'], dict(clips=clips.numpy()))
        with torch.no_grad():
            expected = encoder(clips)
        scale = float(expected.abs().max())
        torch.testing.assert_close(
            torch.from_numpy(features), expected, atol=1e-5 * scale, rtol=1e-4
        )
    assert difference < 1e-5


class Restless(nn.Module):
    """A module that a trace does not capture: each call gives more."""

    def __init__(self):
        super().__init__()
        self.calls = 0

    def forward(self, clips):
        self.calls += 1
        return clips * self.calls


def test_a_program_that_differs_is_an_error(tmp_path):
    (tmp_path / 'restless.pt').write_text('an earlier one')
    with pytest.raises(CheckpointError, match='would give other features than the encoder'):
        export_torchscript(Restless(), tmp_path / 'restless.pt', SIZE)
    (left,) = tmp_path.iterdir()
    assert left.read_text() == 'an earlier one'


class Net(nn.Module):
    """A net of one layer and something around it."""

    def __init__(self, layer, around=lambda features: features):
        super().__init__()
        self.layer, self.around = layer, around

    def forward(self, clips):
        return self.around(self.layer(clips))


@pytest.mark.parametrize('export', [export_torchscript, export_onnx])
@pytest.mark.parametrize(
    ('net', 'says'),
    [
        (
            Net(nn.Conv2d(3, 4, 3)),
            r'Net takes frames \[N, 3, H, W\], not clips \[N, 3, 4, 32, 32\]',
        ),
        (Net(nn.Conv3d(3, 4, 1), lambda x: (x, x)), r'Net gives 2 feature maps .* one output'),
        (Net(nn.Conv3d(3, 4, 7)), r'Net cannot take clips .*\(.*[Kk]ernel size.*another --size'),
        (Net(nn.Conv3d(3, 4, 1), torch.mean), r'Net gives \[\] for two clips'),
    ],
)
def test_what_can_be_no_program_is_refused_and_leaves_nothing(tmp_path, export, net, says):
    if export is export_onnx:
        pytest.importorskip('onnxscript', reason='comes with the extra "export"')
    with pytest.raises(UnsupportedEncoderError, match=says):
        export(net, tmp_path / 'new' / 'net', SIZE)
    assert not list(tmp_path.iterdir())


FULL_DISK = """
import resource, sys
from torch import nn
from mmdebias.weights import export_torchscript
resource.setrlimit(resource.RLIMIT_FSIZE, (1024, resource.RLIM_INFINITY))
try:
    export_torchscript(nn.Conv3d(3, 2, 1), sys.argv[1], (2, 8, 8))
except OSError as error:
    print('error:', error)
"""


def test_a_full_disk_is_an_error_and_leaves_nothing(tmp_path):
    """TorchScript's own writer ends the process, without a word of Python's."""
    pytest.importorskip('resource')
    shown = run([sys.executable, '-c', FULL_DISK, tmp_path / 'a.pt'], cwd=ROOT)
    assert 'error:' in shown and not list(tmp_path.iterdir())
