"""The loop through the real runner: interrupted, repeated, on two ranks."""

import logging

import pytest
import torch
from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.runner import Runner

from helpers.running import ROOT
from helpers.two_ranks import on_two_ranks


def runner_on(videos, work_dir, protocol='r3d_toy', experiment='test'):
    cfg = Config.fromfile(ROOT / 'configs' / 'retrieval' / f'{protocol}.py')
    cfg.work_dir, cfg.experiment_name = str(work_dir), f'{experiment}_{work_dir}'
    cfg.default_hooks, cfg.custom_hooks = dict(logger=None, checkpoint=None), []
    cfg.model.backbone.base_channels = 4
    loader = cfg.test_dataloader
    loader.update(num_workers=0, persistent_workers=False, batch_size=1)
    for side, name in (('gallery', 'odd.txt'), ('query', 'test.txt')):
        loader.dataset[side].update(data_root=str(videos), ann_file=name)
    runner = Runner.from_cfg(cfg)
    torch.manual_seed(0)  # the runner has drawn a seed of its own
    runner.model.init_weights()
    return runner


@pytest.fixture
def videos(few_videos):
    """7 videos in the gallery and 4 that search: two ranks cannot share 11 evenly."""
    lines = (few_videos / 'train.txt').read_text().splitlines()[:7]
    (few_videos / 'odd.txt').write_text('\n'.join(lines))
    return few_videos


class Counting(Hook):
    def __init__(self, stop_after=None):
        self.batches, self.stop_after = 0, stop_after

    def after_test_iter(self, *_, **__):
        self.batches += 1
        if self.batches == self.stop_after:
            raise RuntimeError('pulled the plug')


@pytest.mark.parametrize('protocol', ['r3d_toy', 'r3d_toy_clips'])
def test_interrupted_test_goes_on_and_ends_the_same(protocol, videos, tmp_path):
    whole = runner_on(videos, tmp_path / 'whole', protocol).test()

    runner = runner_on(videos, tmp_path / 'part', protocol, 'stopped')
    runner.register_hook(Counting(stop_after=5))
    with pytest.raises(RuntimeError, match='pulled the plug'):
        runner.test()
    again = runner_on(videos, tmp_path / 'part', protocol, 'again')
    counting = Counting()
    again.register_hook(counting)
    assert again.test() == whole
    assert counting.batches == 11 - 5
    assert again.test() == whole
    assert counting.batches == 11 - 5  # nothing was left to do


def test_other_weights_do_not_find_the_features(videos, tmp_path):
    runner = runner_on(videos, tmp_path)
    counting = Counting()
    runner.register_hook(counting)
    runner.test()
    runner.model.backbone.conv1.conv.weight.data.add_(1)
    runner.test()
    assert counting.batches == 22


def test_loop_is_for_metrics_of_features(videos, tmp_path):
    runner = runner_on(videos, tmp_path)
    runner._test_evaluator = dict(type='AccMetric')
    with pytest.raises(TypeError, match='AccMetric'):
        runner.test()


def check_rank(rank, videos, work_dir, protocol, whole):
    import logging

    from mmengine.registry import init_default_scope

    import mmdebias  # noqa: F401  (registers everything)

    logging.disable(logging.INFO)
    init_default_scope('mmaction')
    runner = runner_on(videos, work_dir, protocol)
    counting = Counting()
    runner.register_hook(counting)
    assert runner.test() == whole
    assert counting.batches == 6  # 11 videos and one that stands in for the twelfth


@pytest.mark.slow
@pytest.mark.parametrize('protocol', ['r3d_toy', 'r3d_toy_clips'])
def test_two_ranks_measure_what_one_does(protocol, videos, tmp_path):
    logging.disable(logging.INFO)
    whole = runner_on(videos, tmp_path / 'one', protocol).test()
    on_two_ranks(check_rank, videos, tmp_path / 'two', protocol, whole)
    logging.disable(logging.NOTSET)


@pytest.mark.slow
@pytest.mark.parametrize(
    ('protocol', 'metric', 'names'),
    [
        ('r3d_toy', 'VideoRetrieval', ('retrieval/R@1', 'retrieval/R@50')),
        ('r3d_toy', 'KNNAccuracy', ('knn/top1', 'knn/top5')),
        ('r3d_toy_clips', 'ClipRetrieval', ('clip_retrieval/R@1', 'clip_retrieval/R@50')),
    ],
)
def test_real_files_are_retrieved(real_videos, tmp_path, protocol, metric, names):
    files = sorted(p.name for p in real_videos.iterdir() if p.suffix in ('.mp4', '.avi', '.mov'))
    files.remove('corrupted.mp4')  # a test counts every video: this one would stop it
    for name, part in (('odd.txt', files[::2]), ('test.txt', files[1::2])):
        lines = [f'{real_videos / file} {len(file) % 2}\n' for file in part]
        # Duplicates in the gallery are as good as any other video.
        (tmp_path / name).write_text(''.join(lines * (2 if name == 'odd.txt' else 1)))
    runner = runner_on(tmp_path, tmp_path / 'work', protocol)
    runner._test_evaluator = dict(type=metric)
    metrics = runner.test()
    assert 0 <= metrics[names[0]] <= metrics[names[1]] <= 1
    # Both classes are among the 8 videos of the gallery; of clips it has more than 50.
    assert metrics[names[1]] == 1 or (metric == 'ClipRetrieval' and metrics[names[1]] > 0)
