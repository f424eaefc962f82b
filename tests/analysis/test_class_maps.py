import pytest
import torch
from mmengine.config import Config

from helpers.running import ROOT
from mmdebias.analysis import ClassMaps, classifier_with_gradients
from mmdebias.ops import stretch_maps, to_heat

CLIPS = torch.randint(
    0, 256, (2, 3, 8, 48, 48), dtype=torch.uint8, generator=torch.Generator().manual_seed(0)
)


def config(name='supervised/r3d_toy.py'):
    cfg = Config.fromfile(ROOT / 'configs' / name)
    cfg.model.backbone.base_channels = 4
    if cfg.model.get('cls_head'):
        cfg.model.cls_head.in_channels = 32
    return cfg


def cam(classifier, clips, labels):
    """The CAM of Zhou et al.: the class's weights times the last feature map."""
    with torch.no_grad():
        inputs = classifier.data_preprocessor(dict(inputs=list(clips[:, None]), data_samples=None))[
            'inputs'
        ][:, 0]
        features = classifier.backbone(inputs)
        weights = classifier.cls_head.fc_cls.weight[labels]
        maps = torch.einsum('nc,ncthw->nthw', weights, features).relu()
    return to_heat(stretch_maps(maps, clips.shape[2:]))


@pytest.mark.parametrize('labels', [None, torch.tensor([3, 5])])
def test_grad_cam_of_an_average_and_a_linear_layer_is_the_cam(labels):
    torch.manual_seed(1)
    classifier = classifier_with_gradients(config(), None)
    heat, scores = ClassMaps(classifier)(CLIPS, labels)
    assert heat.shape == (2, 8, 48, 48) and scores.shape == (2, 8)
    named = scores.argmax(1) if labels is None else labels
    # It comes in 256 levels.
    torch.testing.assert_close(heat, cam(classifier, CLIPS, named), rtol=0, atol=1.5 / 255)


def test_other_layers_give_finer_maps():
    classifier = classifier_with_gradients(config(), None)
    heat, _ = ClassMaps(classifier, 'backbone/layer2')(CLIPS)
    assert heat.shape == (2, 8, 48, 48)
    assert not torch.allclose(heat, ClassMaps(classifier)(CLIPS)[0], atol=0.1)


def test_linear_probe_has_maps_though_it_is_frozen():
    classifier = classifier_with_gradients(config('linear_probe/r3d_toy.py'), None)
    heat, _ = ClassMaps(classifier)(CLIPS)
    assert heat.max() == 1


def test_stock_2d_classifier():
    torch.manual_seed(1)
    cfg = Config(
        dict(
            model=dict(
                type='Recognizer2D',
                backbone=dict(type='ResNet', depth=18, pretrained=None, norm_eval=False),
                cls_head=dict(type='TSNHead', num_classes=4, in_channels=512, dropout_ratio=0),
                data_preprocessor=dict(
                    type='ActionDataPreprocessor',
                    mean=[120] * 3,
                    std=[60] * 3,
                    format_shape='NCHW',
                ),
            )
        )
    )
    heat, scores = ClassMaps(classifier_with_gradients(cfg, None))(CLIPS)
    assert heat.shape == (2, 8, 48, 48) and scores.shape == (2, 4)


@pytest.mark.parametrize('name', ['fame/r3d_toy.py', 'retrieval/r3d_toy.py'])
def test_config_without_a_classifier_is_refused(name):
    cfg = Config.fromfile(ROOT / 'configs' / name)
    with pytest.raises(ValueError, match=r'r3d_toy\.py has no classifier .* take .*caam'):
        classifier_with_gradients(cfg, None)


def test_checkpoint_of_another_classifier_is_refused(tmp_path):
    classifier = classifier_with_gradients(config(), None)
    torch.save(dict(state_dict=classifier.state_dict()), tmp_path / 'a.pth')
    loaded = classifier_with_gradients(config(), tmp_path / 'a.pth')
    torch.testing.assert_close(loaded.state_dict(), classifier.state_dict())
    other = config()
    other.model.cls_head.num_classes = 5
    with pytest.raises(
        ValueError, match=r'a\.pth is not a checkpoint of the Recognizer3D[\s\S]*fc_cls'
    ):
        classifier_with_gradients(other, tmp_path / 'a.pth')


def test_layer_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="layer='backbone/layer7' is not in the classifier"):
        ClassMaps(classifier_with_gradients(config(), None), 'backbone/layer7')
