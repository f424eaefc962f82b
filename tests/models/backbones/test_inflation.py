import pytest
import torch
import torch.nn.functional as F
from torch import nn

from mmdebias.models.backbones import R3D
from mmdebias.models.backbones.inflation import inflate


def resnet18_weights():
    """Keys and shapes of torchvision's `resnet18`, written down from its documentation."""
    weights = {'conv1.weight': torch.randn(64, 3, 7, 7), 'fc.weight': torch.randn(1000, 512)}
    weights['fc.bias'] = torch.randn(1000)
    norms = {'bn1': 64}
    width_in = 64
    for stage, width in enumerate((64, 128, 256, 512), 1):
        for block in range(2):
            name = f'layer{stage}.{block}'
            weights[f'{name}.conv1.weight'] = torch.randn(width, width_in, 3, 3)
            weights[f'{name}.conv2.weight'] = torch.randn(width, width, 3, 3)
            norms |= {f'{name}.bn1': width, f'{name}.bn2': width}
            if width != width_in:
                weights[f'{name}.downsample.0.weight'] = torch.randn(width, width_in, 1, 1)
                norms[f'{name}.downsample.1'] = width
            width_in = width
    for name, width in norms.items():
        for kind in ('weight', 'bias', 'running_mean', 'running_var'):
            weights[f'{name}.{kind}'] = torch.rand(width)
    return weights


@pytest.fixture
def resnet18(tmp_path):
    weights = resnet18_weights()
    torch.save(weights, tmp_path / 'resnet18.pth')
    return str(tmp_path / 'resnet18.pth'), weights


def test_r3d_starts_from_a_resnet_of_images(resnet18):
    file, weights = resnet18
    backbone = R3D(init_cfg=dict(type='Inflated', checkpoint=file))

    backbone.init_weights()

    for key, value in backbone.state_dict().items():
        if value.ndim == 5:
            torch.testing.assert_close(value.sum(dim=2), weights[key])
            torch.testing.assert_close(value[:, :, 0], value[:, :, -1])
        elif not key.endswith('num_batches_tracked'):
            torch.testing.assert_close(value, weights[key])


def test_a_repeated_frame_has_the_responses_of_the_image():
    image = torch.randn(2, 3, 16, 16)
    flat, conv = torch.randn(4, 3, 5, 5), nn.Conv3d(3, 4, (3, 5, 5), padding=(0, 2, 2), bias=False)

    conv.load_state_dict(inflate({'weight': flat}, conv.state_dict()))
    video = conv(image.unsqueeze(2).repeat(1, 1, 5, 1, 1))

    expected = F.conv2d(image, flat, padding=2).unsqueeze(2).expand_as(video)
    torch.testing.assert_close(video, expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(
    ('spoil', 'message'),
    [
        (
            lambda weights: weights.pop('layer1.0.conv1.weight'),
            r'layer1\.0\.conv1\.weight: missing',
        ),
        (lambda weights: weights.update({'x.weight': torch.zeros(1)}), 'x.weight: not of this net'),
        (
            lambda weights: weights.update({'conv1.weight': torch.zeros(64, 4, 7, 7)}),
            r'conv1.weight: \(64, 4, 7, 7\), wanted for \(64, 3, 7, 7, 7\)',
        ),
    ],
)
def test_weights_of_another_net_are_an_error_that_names_them(resnet18, spoil, message):
    file, weights = resnet18
    spoil(weights)
    torch.save(weights, file)

    with pytest.raises(ValueError, match=message):
        R3D(init_cfg=dict(type='Inflated', checkpoint=file)).init_weights()
