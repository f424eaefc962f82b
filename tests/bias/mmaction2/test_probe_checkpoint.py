"""A self-supervised checkpoint as a classifier that MMAction2 tests."""

import pytest
import torch
from mmaction.registry import MODELS
from mmengine.config import Config

from helpers.running import ROOT
from mmdebias.bias.frozen_features import fit_rows, predict_rows
from mmdebias.bias.mmaction2.features import frozen_features, list_loader
from mmdebias.bias.mmaction2.probe_checkpoint import encoder_config, needs_probe, write_probe
from mmdebias.evaluation.classifiers import load_classifier
from mmdebias.weights import CheckpointError


@pytest.mark.parametrize(
    ('name', 'expected'),
    [
        ('moco', True),
        ('dsm/r3d_toy_triplet', True),
        ('be/rotnet_r3d_toy', True),
        ('retrieval', True),
        ('retrieval/r3d_toy_clips', True),
        ('supervised', False),
        ('linear_probe', False),
    ],
)
def test_what_has_no_classes_needs_a_probe(name, expected):
    name = name if '/' in name else f'{name}/r3d_toy'
    assert needs_probe(Config.fromfile(ROOT / 'configs' / f'{name}.py')) == expected


@pytest.fixture
def pretrained(tmp_path):
    """A small random MoCo: its config and checkpoint."""
    cfg = Config.fromfile(ROOT / 'configs' / 'moco' / 'r3d_toy.py')
    cfg.model.backbone.base_channels, cfg.model.neck.in_channels = 4, 32
    cfg.train_dataloader.update(batch_size=3, num_workers=0)
    torch.save(dict(state_dict=MODELS.build(cfg.model).state_dict()), tmp_path / 'moco.pth')
    return cfg, tmp_path / 'moco.pth'


def test_what_is_tested_is_what_was_fitted(pretrained, few_videos, tmp_path):
    videos = sorted(few_videos.glob('*.mp4'))
    labels = [int(video.stem) % 2 for video in videos]
    lines = ''.join(f'{video} {label}\n' for video, label in zip(videos, labels))
    (tmp_path / 'all.txt').write_text(lines)

    cfg, encoder = encoder_config(*pretrained)
    features = torch.stack(list(frozen_features(encoder, list_loader(cfg, tmp_path / 'all.txt'))))
    layer = fit_rows(features, labels, 2)
    config, checkpoint = write_probe(*pretrained, layer, tmp_path / 'probe')

    written = Config.fromfile(config)
    classifier = load_classifier(written, checkpoint)
    scores = []
    with torch.no_grad():
        for batch in list_loader(written, tmp_path / 'all.txt'):
            scores += [sample.pred_score for sample in classifier.test_step(batch)]
    torch.testing.assert_close(torch.stack(scores), predict_rows(features, *layer))


def test_another_encoder_is_an_error(pretrained):
    cfg, checkpoint = pretrained
    cfg.model.backbone.base_channels = 8
    with pytest.raises(CheckpointError, match='is not the ResNet3d of the config'):
        encoder_config(cfg, checkpoint)
