"""Encoders and features outside MMAction2's runner are those inside it."""

import threading
import warnings

import numpy as np
import pytest
import torch
from mmaction.registry import DATASETS, MODELS
from mmengine.config import Config
from mmengine.dataset import pseudo_collate

from helpers.released_files import fame_pretraining
from helpers.running import ROOT
from mmdebias import apis
from mmdebias.apis import embed, load_encoder
from mmdebias.methods import METHODS
from mmdebias.weights import CheckpointError


@pytest.fixture(scope='module')
def config():
    """Retrieval on the toy videos, with a smaller net."""
    cfg = Config.fromfile(ROOT / 'configs' / 'retrieval' / 'r3d_toy.py')
    cfg.model.backbone.base_channels = 4
    return cfg


@pytest.fixture(scope='module')
def checkpoint(config, tmp_path_factory):
    """As a run leaves it."""
    file = tmp_path_factory.mktemp('run') / 'epoch_1.pth'
    backbone = MODELS.build(config.model.backbone)
    backbone.init_weights()
    state = {f'backbone.{key}': value for key, value in backbone.state_dict().items()}
    torch.save(dict(meta={}, state_dict=state | {'neck.fc.weight': torch.zeros(1)}), file)
    return file


@pytest.fixture
def encoder(config, checkpoint):
    return load_encoder(config, checkpoint)


@pytest.fixture
def videos(few_videos):
    return sorted(few_videos.glob('*.mp4'))[:3]


def test_features_are_those_of_mmactions_recogniser(config, checkpoint, encoder, videos):
    lines = ''.join(f'{video} 0\n' for video in videos)
    (videos[0].parent / 'all.txt').write_text(lines)
    recognizer = MODELS.build(config.model)
    recognizer.load_state_dict(torch.load(checkpoint)['state_dict'], strict=False)
    recognizer.eval()
    dataset = dict(config.test_dataloader.dataset.query, ann_file=str(videos[0].parent / 'all.txt'))
    dataset.update(
        type='TolerantVideoDataset',
        data_root=None,
        data_prefix={},
        pipeline=config.test_dataloader.dataset.pipeline,
        test_mode=True,
    )
    dataset = DATASETS.build(dataset)
    with torch.no_grad():
        expected = recognizer.test_step(pseudo_collate([dataset[i] for i in range(3)]))

    features = embed(videos, encoder, batch_size=7)

    assert features.dtype == np.float32
    torch.testing.assert_close(torch.from_numpy(features), torch.stack(list(expected)))


@pytest.mark.parametrize('options', [dict(batch_size=1), dict(batch_size=99), dict(num_workers=2)])
def test_batches_and_workers_change_nothing(encoder, videos, options):
    expected = embed(videos, encoder)

    np.testing.assert_allclose(embed(videos, encoder, **options), expected, rtol=1e-4, atol=1e-6)


def test_videos_that_cannot_be_read_are_named_and_the_others_kept(encoder, videos, tmp_path):
    (tmp_path / 'broken.mp4').write_bytes(videos[0].read_bytes()[:600])
    mixed = [tmp_path / 'broken.mp4', videos[0], tmp_path / 'missing.mp4', videos[1]]

    with pytest.warns(UserWarning, match='2 of 4 videos could not be read') as caught:
        features = embed(mixed, encoder)

    np.testing.assert_allclose(features[[1, 3]], embed(videos[:2], encoder), rtol=1e-5)
    assert np.isnan(features[[0, 2]]).all()
    (message,) = (str(w.message) for w in caught if 'could not be read' in str(w.message))
    assert 'broken.mp4 (' in message
    assert 'missing.mp4 (there is no such file)' in message


def test_real_videos_give_real_features(encoder, real_videos):
    # Of the second some frames are damaged; they are concealed or left out, as players do.
    names = ['carphone.mp4', 'corrupted.mp4', 'three_frames.mov']
    features = embed([real_videos / name for name in names], encoder)
    assert np.isfinite(features).all()


def test_a_video_that_takes_too_long_is_named(encoder, videos, monkeypatch):
    released = threading.Event()
    read = apis.run_steps

    def wait(steps, sample):
        if sample['filename'] == str(videos[1]):
            released.wait(60)
        return read(steps, sample)

    monkeypatch.setattr(apis, 'run_steps', wait)
    with pytest.warns(UserWarning, match=r'1 of 2 .*it took longer than 2 s'):
        features = embed(videos[:2], encoder, time_limit=2)
    released.set()
    assert np.isnan(features[1]).all() and np.isfinite(features[0]).all()


def test_no_video_read_is_an_error(encoder, tmp_path):
    with pytest.raises(RuntimeError, match=r'none of the 1 videos .*a\.mp4 \(there is no such'):
        embed([tmp_path / 'a.mp4'], encoder)


@pytest.mark.parametrize(
    ('videos', 'options', 'error', 'message'),
    [
        ('one.mp4', {}, TypeError, r"must be a list of files: \['one.mp4'\]"),
        ([], {}, ValueError, 'videos is empty'),
        (['one.mp4'], dict(batch_size=0), ValueError, 'batch_size=0 must be 1 or more'),
        (['one.mp4'], dict(time_limit=0), ValueError, 'time_limit=0 must be a number of seconds'),
    ],
)
def test_wrong_arguments_are_errors(encoder, videos, options, error, message):
    with pytest.raises(error, match=message):
        embed(videos, encoder, **options)


def test_a_progress_bar_counts_videos(encoder, videos, capsys):
    embed(videos, encoder, progress=True)
    assert '3/3' in capsys.readouterr().err

    embed(videos, encoder)
    assert '3/3' not in capsys.readouterr().err


def test_clips_are_normalised_as_in_the_config(config, encoder):
    clips = torch.randint(0, 256, (2, 3, 8, 48, 48), dtype=torch.uint8)
    mean, std = (
        torch.tensor(config.model.data_preprocessor[name]).view(3, 1, 1, 1)
        for name in ('mean', 'std')
    )

    with torch.no_grad():
        expected = encoder.backbone((clips / 255 - mean) / std).mean(dim=(2, 3, 4))
        torch.testing.assert_close(encoder(clips), expected)
        torch.testing.assert_close(encoder(clips / 255), expected)


def test_mmactions_own_statistics_count_to_255(config):
    cfg = config.copy()
    cfg.model.data_preprocessor = dict(
        type='ActionDataPreprocessor', mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375]
    )
    encoder = load_encoder(cfg)

    clips = torch.full((1, 3, 8, 48, 48), 255, dtype=torch.uint8)
    red = encoder.normaliser.normalise(clips)[0, 0, 0, 0, 0]

    assert red.item() == pytest.approx((255 - 123.675) / 58.395)


def test_a_name_and_a_released_file_are_enough(tmp_path):
    checkpoint = fame_pretraining()
    torch.save(checkpoint, tmp_path / 'fame.pth.tar')

    encoder = load_encoder('fame/i3d_ucf101', tmp_path / 'fame.pth.tar')

    assert not encoder.training
    assert not encoder.backbone.training
    key = 'mixed_5c.branch_0.conv3d.weight'
    theirs = checkpoint['state_dict'][f'module.encoder_q.{key}']
    assert encoder.backbone.state_dict()[key].equal(theirs)
    # A config of pre-training tests nothing: clips are read as tests of the net do.
    tuned = load_encoder('finetune/i3d_ucf101')
    assert encoder.pipeline == tuned.pipeline


@pytest.mark.parametrize('name', [method.toy_config for method in METHODS.values()])
def test_every_methods_pre_training_says_how_its_encoder_reads_videos(name, videos):
    encoder = load_encoder(name)
    features = embed(videos[:1], encoder)
    assert len(features) == 1 and np.isfinite(features).all()


@pytest.mark.parametrize('name', ['fame/of_no_net', 'fame', 'nothing.py'])
def test_a_config_that_is_not_there_is_an_error(name):
    with pytest.raises(FileNotFoundError, match=f"'{name}' is no config file, and no name such as"):
        load_encoder(name)


def test_a_checkpoint_of_another_encoder_is_an_error(checkpoint):
    with pytest.raises(CheckpointError, match=r'epoch_1\.pth: .* not the InceptionI3D of the'):
        load_encoder('fame/i3d_ucf101', checkpoint)


def test_nothing_is_said_when_all_is_well(encoder, videos):
    with warnings.catch_warnings():
        warnings.simplefilter('error', UserWarning)
        embed(videos, encoder)
