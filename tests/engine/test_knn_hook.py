"""The hook through the real runner."""

import logging

import pytest
import torch
from mmaction.registry import DATASETS
from mmengine.config import Config
from mmengine.runner import Runner

from helpers.running import ROOT
from helpers.two_ranks import on_two_ranks
from mmdebias.engine import KNNHook
from mmdebias.evaluation import knn_accuracy


def knn_loader(videos, gallery='train.txt'):
    clips = Config.fromfile(ROOT / 'configs/retrieval/r3d_toy.py').test_dataloader.dataset.pipeline
    side = dict(data_root=str(videos))
    return dict(
        batch_size=3,
        num_workers=0,
        sampler=dict(type='DefaultSampler', shuffle=False),
        dataset=dict(
            type='GalleryAndQueries',
            gallery=dict(side, ann_file=gallery),
            query=dict(side, ann_file='test.txt'),
            pipeline=clips,
        ),
    )


def pretraining(videos, work_dir, hooks):
    cfg = Config.fromfile(ROOT / 'configs/moco/r3d_toy.py')
    cfg.work_dir, cfg.experiment_name = str(work_dir), str(work_dir)
    cfg.custom_hooks = [dict(type='EpochSeedHook'), *hooks]
    cfg.model.update(queue_size=16, neck=dict(cfg.model.neck, in_channels=32))
    cfg.model.backbone.base_channels = 4
    cfg.train_cfg.max_epochs, cfg.randomness.seed = 2, 3
    loader = cfg.train_dataloader
    loader.update(batch_size=4, num_workers=0, persistent_workers=False)
    loader.dataset.data_root = str(videos)
    return Runner.from_cfg(cfg)


def test_training_goes_on_as_if_nothing_had_been_measured(few_videos, tmp_path, caplog):
    plain = pretraining(few_videos, tmp_path / 'plain', [])
    plain.train()
    hook = dict(type='KNNHook', dataloader=knn_loader(few_videos), interval=1, k=3)
    watched = pretraining(few_videos, tmp_path / 'watched', [hook])
    watched.train()
    for name, tensor in plain.model.state_dict().items():
        assert torch.equal(tensor, watched.model.state_dict()[name]), name
    log = next((tmp_path / 'watched').glob('*/*.log')).read_text()
    assert log.count('Epoch(knn)') == 2 and 'knn/top1: ' in log


def test_accuracy_is_that_of_the_encoders_features(few_videos, tmp_path):
    runner = pretraining(few_videos, tmp_path, [])
    hook = KNNHook(knn_loader(few_videos), interval=1, k=3)
    hook.before_train(runner)
    seen = {}
    runner.visualizer.add_scalars = lambda metrics, step: seen.update(metrics)
    hook.after_train_epoch(runner)

    dataset = DATASETS.build(knn_loader(few_videos)['dataset'])
    model = runner.model.eval()
    with torch.no_grad():
        rows = [
            model.backbone(model.data_preprocessor.normalise(dataset[i]['inputs']))
            .mean((2, 3, 4))
            .mean(0)
            for i in range(12)
        ]
    labels = torch.tensor([i % 2 for i in range(12)])
    rows = torch.stack(rows)
    assert seen['knn/top1'] == knn_accuracy(rows[:8], labels[:8], rows[8:], labels[8:], k=3)[1]


def measure(videos, work_dir, gallery):
    runner = pretraining(videos, work_dir, [])
    torch.manual_seed(0)
    runner.model.init_weights()
    hook = KNNHook(knn_loader(videos, gallery), interval=1, k=3)
    hook.before_train(runner)
    seen = {}
    runner.visualizer.add_scalars = lambda metrics, step: seen.update(metrics)
    hook.after_train_epoch(runner)
    return seen


def check_rank(rank, videos, work_dir, whole):
    from mmengine.registry import init_default_scope

    import mmdebias  # noqa: F401  (registers everything)

    logging.disable(logging.INFO)
    init_default_scope('mmaction')
    assert measure(videos, work_dir, 'odd.txt') == whole


@pytest.mark.slow
def test_two_ranks_measure_what_one_does(few_videos, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # MMEngine collects results below the working directory
    lines = (few_videos / 'train.txt').read_text().splitlines()[:7]
    (few_videos / 'odd.txt').write_text('\n'.join(lines))
    whole = measure(few_videos, tmp_path / 'one', 'odd.txt')
    assert whole
    on_two_ranks(check_rank, few_videos, tmp_path / 'two', whole)


def test_interval_is_checked(few_videos):
    with pytest.raises(ValueError, match='interval=0'):
        KNNHook(knn_loader(few_videos), interval=0)
