"""An MMAction2 model on the rows of a report: each source once, and going on when interrupted."""

import numpy as np
import pytest
import torch
from mmaction.registry import MODELS
from mmengine.config import Config
from mmengine.runner import Runner

from helpers.running import ROOT
from mmdebias.bias import Model, bias_report, kept_frames, make_manifest, probe_config
from mmdebias.bias.mmaction2 import testing
from mmdebias.bias.mmaction2.testing import batches_of_rows
from mmdebias.bias.probes import PROBES
from mmdebias.bias.scores import load_scores
from mmdebias.datasets.toy import ToyConfig, make_toy

ASKED = ['original', 'scuba_videos', 'scufo_videos', 'action_swap', 'static_frame']
VIDEOS = [(f'{number}.mp4', number % 2) for number in range(7)]


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    """Sixteen generated videos of eight classes, with masks."""
    folder = tmp_path_factory.mktemp('testing') / 'toy'
    make_toy(folder, ToyConfig(videos=8, test_videos=16, size=(32, 32), frames=12), workers=1)
    return folder


@pytest.fixture(scope='module')
def model(tmp_path_factory):
    """Config and checkpoint of a small random classifier that is tested with two clips."""
    folder = tmp_path_factory.mktemp('model')
    cfg = Config.fromfile(ROOT / 'configs/supervised/r3d_toy.py')
    cfg.model.backbone.base_channels, cfg.model.cls_head.in_channels = 4, 32
    cfg.test_dataloader.dataset.pipeline.sample.update(num_clips=2, clip_len=4, frame_interval=1)
    cfg.test_dataloader.update(num_workers=0, persistent_workers=False, batch_size=4)
    cfg.dump(folder / 'config.py')
    torch.manual_seed(0)
    torch.save(dict(state_dict=MODELS.build(cfg.model).state_dict()), folder / 'last.pth')
    return Model('net', folder / 'config.py', folder / 'last.pth')


@pytest.mark.parametrize('workers', [0, 1, 3])
def test_all_rows_of_a_video_go_to_one_worker(workers):
    rows = make_manifest(VIDEOS, ASKED, seed=0)
    batches = batches_of_rows(rows, 4, workers)
    assert sorted(number for batch in batches for number in batch) == list(range(len(rows)))
    assert max(map(len, batches)) == 4
    for batch in batches:
        assert len({PROBES[rows[number].probe].frozen for number in batch}) == 1
    turns = {}
    for turn, batch in enumerate(batches[: 2 * workers]):
        for number in batch:
            turns.setdefault(rows[number].video, set()).add(turn % workers)
    assert all(len(found) == 1 for found in turns.values())


def test_scores_are_those_of_a_plain_test_and_each_video_is_decoded_once(
    toy, model, tmp_path, monkeypatch
):
    decoded, shown = [], []
    plain = kept_frames.read_frames

    def counted(path, numbers):
        decoded.append(str(path))
        return plain(path, numbers)

    monkeypatch.setattr(kept_frames, 'read_frames', counted)
    monkeypatch.setattr(testing, '_once', lambda inputs: shown.append(own(inputs)) or shown[-1])
    bias_report([model], toy / 'test.txt', out=tmp_path / 'out', probes=ASKED)
    # Once by the process that draws the samples of the page, and once by the test.
    assert max(decoded.count(path) for path in decoded) == 2
    counts = [len(clips) for inputs in shown for clips in inputs]
    assert sorted(counts) == [1] * 32 + [2] * 48

    cfg = Config.fromfile(model.config)
    masks = dict(type='files', folder=str(toy / 'masks'))
    manifest = tmp_path / 'out' / 'manifest.jsonl'
    run = probe_config(cfg, manifest, toy, masks, tmp_path / 'plain.npz')
    run.update(load_from=str(model.checkpoint), work_dir=str(tmp_path / 'run'), visualizer=None)
    Runner.from_cfg(run).test()
    (file,) = (tmp_path / 'out' / 'scores').iterdir()
    expected = load_scores(tmp_path / 'plain.npz', 80)
    np.testing.assert_allclose(load_scores(file, 80), expected, atol=1e-6)


own = testing._once


def test_an_interrupted_model_goes_on_with_the_rows_that_are_left(
    toy, model, tmp_path, monkeypatch
):
    def report(out):
        return bias_report([model], toy / 'test.txt', out=tmp_path / out, probes=ASKED)

    shown = []

    def stopped(inputs):
        shown.append(len(inputs))
        if len(shown) == 6:
            raise KeyboardInterrupt
        return own(inputs)

    monkeypatch.setattr(testing, '_once', stopped)
    with pytest.raises(KeyboardInterrupt):
        report('a')
    assert len(list((tmp_path / 'a' / 'parts').glob('*/*.npz'))) == 1
    done, shown[:] = sum(shown[:5]), [0] * 10  # and is not stopped again
    found = report('a')
    assert sum(shown) == 80 - done
    assert not list((tmp_path / 'a' / 'parts').iterdir())
    assert found.content['measures'] == report('b').content['measures']
