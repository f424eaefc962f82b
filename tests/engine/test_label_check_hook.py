"""Lists of the configs, through the real runner: an error before anything is trained or tested."""

import pytest
from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.runner import Runner

from helpers.running import ROOT
from mmdebias.engine import KNNHook


class Stop(Exception):
    """Nothing is trained or tested."""


class StopHook(Hook):
    """Ends a run when all hooks have looked at it."""

    def before_run(self, runner):
        raise Stop


@pytest.fixture
def run(few_videos, tmp_path):
    """``run(config, task, text)``: train or test on a list of that text."""

    def start(config, task, text, stop=False):
        (tmp_path / 'list.txt').write_text(text)
        cfg = Config.fromfile(ROOT / 'configs' / config)
        cfg.work_dir, cfg.experiment_name = str(tmp_path / 'work'), f'{tmp_path}_{config}_{task}'
        cfg.model.backbone.base_channels = 4
        if 'num_classes' in cfg.model.cls_head:
            cfg.model.cls_head.in_channels = 32
        for loader in filter(None, (cfg.train_dataloader, cfg.val_dataloader, cfg.test_dataloader)):
            loader.update(num_workers=0, persistent_workers=False)
        sides = [cfg.train_dataloader, cfg.val_dataloader] if task == 'train' else []
        for loader in sides or [cfg.test_dataloader]:
            part = loader.dataset
            part = part.get('query', part)
            part.update(data_root=str(few_videos), ann_file=str(tmp_path / 'list.txt'))
            if 'gallery' in loader.dataset:
                loader.dataset.gallery.data_root = str(few_videos)
        runner = Runner.from_cfg(cfg)
        if stop:
            runner.register_hook(StopHook(), priority='VERY_LOW')
        getattr(runner, task)()

    return start


@pytest.mark.parametrize('config', ['finetune/r3d_toy.py', 'linear_probe/r3d_toy.py'])
@pytest.mark.parametrize('task', ['train', 'test'])
@pytest.mark.parametrize(
    ('text', 'says'),
    [('00.mp4 0\n01.mp4 8\n', 'line 2.*label 8.*num_classes=8'), ('00.mp4\n', 'line 1.*no label')],
)
def test_labels_that_are_no_classes_are_an_error(run, config, task, text, says):
    with pytest.raises(ValueError, match=rf'list\.txt, {says}'):
        run(config, task, text)


@pytest.mark.parametrize(
    ('task', 'says'),
    [
        ('train', 'list.txt: no video has the class 0 of the 8 classes'),
        ('test', 'list.txt: No label is 0 and the largest is 7'),
    ],
)
def test_labels_that_may_count_from_1_are_a_warning(run, tmp_path, task, says):
    """Then the videos are looked for, which are not all there."""
    lines = [f'{label:02}.mp4 {label}\n' for label in range(1, 8)]
    with pytest.raises(Stop):
        run('finetune/r3d_toy.py', task, ''.join(lines), stop=True)
    (log,) = (tmp_path / 'work').glob('*/*.log')
    assert 'WARNING' in log.read_text() and says in log.read_text()


@pytest.mark.parametrize('config', ['retrieval/r3d_toy.py', 'retrieval/r3d_toy_clips.py'])
def test_retrieval_needs_labels(run, config):
    with pytest.raises(ValueError, match=r"list\.txt, line 1: '10\.mp4' has no label"):
        run(config, 'test', '10.mp4\n')


def test_knn_while_pre_training_needs_labels(few_videos, tmp_path):
    (tmp_path / 'list.txt').write_text('10.mp4\n')
    side = dict(data_root=str(few_videos))
    sides = dict(
        gallery=dict(side, ann_file='train.txt'),
        query=dict(side, ann_file=str(tmp_path / 'list.txt')),
    )
    dataset = dict(type='GalleryAndQueries', pipeline=[], **sides)
    sampler = dict(type='DefaultSampler', shuffle=False)
    hook = KNNHook(dict(batch_size=1, num_workers=0, sampler=sampler, dataset=dataset))
    with pytest.raises(ValueError, match=r"list\.txt, line 1: '10\.mp4' has no label"):
        hook.before_train(Runner)
