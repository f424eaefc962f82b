"""Every hook and every augment of ours where two ranks train: neither may wait for the other."""

import torch
from mmaction.registry import HOOKS, MODELS
from mmengine.config import Config
from mmengine.dist import is_main_process
from mmengine.hooks import Hook
from mmengine.registry import init_default_scope
from mmengine.runner import Runner

import mmdebias.models.augments
from helpers.running import ROOT
from helpers.two_ranks import on_two_ranks
from mmdebias.models.gather import on_this_rank_alone

OURS = sorted(
    name for name, kind in HOOKS.module_dict.items() if kind.__module__.startswith('mmdebias.')
)
# In the order of a view; FAME wants raw colours.
AUGMENTS = [
    dict(type='FAME', across_ranks=True),
    dict(type='KorniaAugment', transforms=[dict(type='RandomGrayscale', p=0.5)]),
    dict(
        type='OneAugment',
        augments=[
            dict(type='KorniaAugment', transforms=[dict(type='ColorJitter', brightness=0.5)]),
            dict(type='KorniaAugment', transforms=[dict(type='ColorJitter', contrast=0.5)]),
        ],
    ),
    dict(type='InnerRotation', degrees=10.0),
    dict(type='SpatialWarping'),
    dict(type='BackgroundErasing'),
    dict(type='GaussianNoiseFrame'),
    dict(type='VideoMixup'),
    dict(type='VideoCutMix'),
    dict(type='InterVideoFrame'),
]
BLENDING = dict(type='FAMEBlending', num_classes=2, mean=[0] * 3, std=[255] * 3, across_ranks=True)


class DrawsAlone(Hook):
    """What a hook of a user's may do: rank 0 looks at a batch, at any time."""

    def __init__(self):
        self.seen = []

    def look(self, runner, moment):
        if is_main_process():
            clips = torch.randint(0, 256, (2, 2, 3, 8, 48, 48), dtype=torch.uint8)
            with on_this_rank_alone():
                runner.model.data_preprocessor(dict(inputs=clips), training=True)
            self.seen.append(moment)

    def before_train(self, runner):
        self.look(runner, 'start')

    def after_train_iter(self, runner, batch_idx, data_batch=None, outputs=None):
        self.look(runner, 'middle')

    def after_train(self, runner):
        self.look(runner, 'end')


def trained(videos, work_dir):
    cfg = Config.fromfile(ROOT / 'configs/fame/r3d_toy.py')
    cfg.work_dir, cfg.experiment_name = str(work_dir), 'two_ranks'
    side = dict(data_root=str(videos))
    knn = dict(
        batch_size=3,
        num_workers=0,
        sampler=dict(type='DefaultSampler', shuffle=False),
        dataset=dict(
            type='GalleryAndQueries',
            gallery=dict(side, ann_file='train.txt'),
            query=dict(side, ann_file='test.txt'),
            pipeline=Config.fromfile(
                ROOT / 'configs/retrieval/r3d_toy.py'
            ).test_dataloader.dataset.pipeline,
        ),
    )
    settings = {name: {} for name in OURS} | {'KNNHook': dict(dataloader=knn, interval=1, k=3)}
    cfg.custom_hooks = [dict(type=name, **settings[name]) for name in settings]
    cfg.model.data_preprocessor.views = dict(query=AUGMENTS, key=AUGMENTS)
    cfg.model.update(queue_size=16, neck=dict(cfg.model.neck, in_channels=32))
    cfg.model.backbone.base_channels = 4
    cfg.load_from = str(work_dir / 'start.pth')
    cfg.train_cfg.max_epochs, cfg.randomness.seed = 2, 3
    cfg.train_dataloader.update(batch_size=2, num_workers=0, persistent_workers=False)
    dataset = cfg.train_dataloader.dataset
    dataset.update(side, ann_file=str(work_dir / 'train.txt'), max_failed_share=1.0)
    return cfg


def train_and_look(rank, videos, work_dir):
    init_default_scope('mmaction')
    runner = Runner.from_cfg(trained(videos, work_dir))
    looking = DrawsAlone()
    runner.register_hook(looking, priority='VERY_LOW')
    runner.train()
    assert looking.seen == (['start', 'middle', 'middle', 'middle', 'middle', 'end'], [])[rank]
    blending = MODELS.build(BLENDING)
    for _ in range(2):
        clips = torch.rand(1, 1, 3, 4, 32, 32)  # across ranks, one clip each is enough
        assert not torch.equal(blending.do_blending(clips, torch.eye(2)[:1])[0], clips)
        if rank == 0:
            pair = torch.rand(2, 1, 3, 4, 32, 32)
            with on_this_rank_alone():
                blending.do_blending(pair, torch.eye(2))


def test_no_hook_and_no_augment_waits_for_the_other_rank(few_videos, tmp_path):
    tried = {augment['type'] for augment in [*AUGMENTS, BLENDING]}
    assert tried == set(mmdebias.models.augments.__all__)
    # One video that cannot be read, so that it is reported.
    (tmp_path / 'broken.mp4').write_text('no video')
    lines = (few_videos / 'train.txt').read_text() + f'{tmp_path / "broken.mp4"} 0\n'
    (tmp_path / 'train.txt').write_text(lines)
    model = MODELS.build(trained(few_videos, tmp_path).model)
    torch.save(dict(state_dict=model.state_dict()), tmp_path / 'start.pth')

    on_two_ranks(train_and_look, few_videos, tmp_path, seconds=240)

    assert (tmp_path / 'fame_masks.png').exists()
    assert 'broken.mp4' in (tmp_path / 'undecodable_videos.txt').read_text()
