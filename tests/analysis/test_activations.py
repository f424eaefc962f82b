import pytest
import torch
from mmengine.config import Config

from helpers.running import ROOT
from mmdebias.analysis import activation_maps, feature_maps
from mmdebias.apis import load_encoder


@pytest.fixture(scope='module')
def encoder():
    cfg = Config.fromfile(ROOT / 'configs' / 'supervised' / 'r3d_toy.py')
    cfg.model.backbone.base_channels = 4
    return load_encoder(cfg)


CLIPS = torch.randint(
    0, 256, (3, 3, 8, 48, 48), dtype=torch.uint8, generator=torch.Generator().manual_seed(0)
)


def test_features_are_the_backbones(encoder):
    with torch.no_grad():
        expected = encoder.backbone(encoder.normaliser.normalise(CLIPS))
        # Batches of another size round otherwise.
        found = feature_maps(encoder, CLIPS, batch_size=2)
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
        layer = encoder.backbone.layer1(
            encoder.backbone.maxpool(encoder.backbone.conv1(encoder.normaliser.normalise(CLIPS)))
        )
    torch.testing.assert_close(feature_maps(encoder, CLIPS, 'layer1'), layer)


def test_maps_cover_the_clips_and_are_of_the_channels(encoder):
    maps = activation_maps(encoder, CLIPS)
    assert maps.shape == (3, 8, 48, 48)
    # The last map has 2x2 places at 4 times: its corners are those of the clip's first map.
    corners = feature_maps(encoder, CLIPS).mean(1)[:, 0]
    torch.testing.assert_close(maps[:, 0][:, [0, 0, -1, -1], [0, -1, 0, -1]], corners.flatten(1))
    assert not torch.allclose(maps, activation_maps(encoder, CLIPS, reduce='norm'))
    assert activation_maps(encoder, CLIPS, layer='layer2').shape == (3, 8, 48, 48)


def test_2d_nets_take_frames_one_by_one():
    cfg = Config.fromfile(ROOT / 'configs' / 'supervised' / 'r3d_toy.py')
    cfg.model.backbone = dict(type='ResNet', depth=18, pretrained=None, norm_eval=False)
    cfg.test_dataloader.dataset.pipeline.format.input_format = 'NCHW'
    encoder = load_encoder(cfg)
    features = feature_maps(encoder, CLIPS[:2])
    assert features.shape == (2, 512, 8, 2, 2)
    with torch.no_grad():
        frame = encoder.backbone(encoder.normaliser.normalise(CLIPS)[1, :, 5][None])
    torch.testing.assert_close(features[1, :, 5], frame[0], rtol=1e-4, atol=1e-5)


def test_layers_that_are_not_there_or_no_maps_are_refused(encoder):
    with pytest.raises(ValueError, match=r"layer='layer9' is not in ResNet3d, which has conv1, .*"):
        feature_maps(encoder, CLIPS, 'layer9')
    cfg = Config(
        dict(
            model=dict(
                backbone=dict(type='ResNet3dSlowFast', pretrained=None),
                data_preprocessor=dict(mean=[0.5] * 3, std=[0.25] * 3),
            ),
            test_dataloader=dict(dataset=dict(pipeline=[])),
        )
    )
    slowfast = load_encoder(cfg)
    clips = torch.zeros(1, 3, 16, 32, 32, dtype=torch.uint8)
    with pytest.raises(TypeError, match=r'slow_path\.layer4'):
        feature_maps(slowfast, clips)
    assert feature_maps(slowfast, clips, 'slow_path.layer4').ndim == 5
