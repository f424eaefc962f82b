"""Training sees the frames that were drawn: of every kind of file, through workers."""

from pathlib import Path

import av
import numpy as np
import pytest
from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.runner import Runner
from torch.utils.data import DataLoader

from helpers.numbered import KINDS, read_number
from helpers.running import ROOT
from mmdebias.apis import _Videos
from mmdebias.datasets import TolerantVideoDataset, with_our_reader

av.logging.set_level(av.logging.PANIC)

# HMDB51's kind first of all.
MISREAD = (
    'MPEG-4 with B-frames in .avi', 'H.265, open groups', 'H.264, open groups', 'H.264, edit list',
    'H.264 in .ts', 'VP8, hidden frames', 'H.264, cut, in .mkv', 'MPEG-2', 'AV1',
)  # fmt: skip
SIZE = dict(type='Resize', scale=(112, 80), keep_ratio=False)


@pytest.fixture(scope='module')
def videos(tmp_path_factory):
    """A list of videos, one of each kind, and the number in the first frame of each."""
    folder = tmp_path_factory.mktemp('videos')
    paths = [KINDS[kind][1](folder / f'{i}{KINDS[kind][0]}') for i, kind in enumerate(MISREAD)]
    (folder / 'list.txt').write_text(''.join(f'{path.name}\n' for path in paths))
    return folder


def first_number(path):
    """The number in the first frame that a player shows."""
    with av.open(str(path)) as file:
        return read_number(next(file.decode(video=0)).to_ndarray(format='rgb24'))


def test_views_are_of_the_frames_that_were_drawn(videos):
    pipeline = dict(
        open=dict(type='VideoInit'),
        sample=dict(type='SampleViews', clip_len=4, frame_interval=3, views=dict(query={}, key={})),
        decode=dict(type='VideoDecode'),
        per_view=dict(type='PerView', resize=SIZE),
        format=dict(type='FormatShape', input_format='NCTHW'),
        pack=dict(type='PackActionInputs', meta_keys=('filename', 'frame_inds')),
    )
    dataset = TolerantVideoDataset('list.txt', pipeline, data_root=str(videos))
    loader = DataLoader(dataset, num_workers=2, collate_fn=list)
    for epoch in range(3):
        dataset.set_draw(0, epoch)
        for (sample,) in loader:
            meta = sample['data_samples'].metainfo
            first = first_number(meta['filename'])
            clips = sample['inputs'].permute(0, 2, 3, 4, 1).reshape(-1, 80, 112, 3).numpy()
            assert [read_number(frame) - first for frame in clips] == meta['frame_inds'].tolist()
    assert dataset.undecodable() == []


class FramesOfBatches(Hook):
    """Note the numbers in the frames of each batch, and those that were drawn."""

    def __init__(self):
        self.seen = []

    def before_train_iter(self, runner, batch_idx, data_batch=None):
        for clips, sample in zip(data_batch['inputs'], data_batch['data_samples']):
            frames = clips.permute(0, 2, 3, 4, 1).reshape(-1, 80, 112, 3).numpy()
            numbers = [read_number(frame) for frame in frames]
            drawn = sample.metainfo['frame_inds'].tolist()
            self.seen.append((Path(sample.metainfo['filename']).name, numbers, drawn))


@pytest.mark.slow
def test_a_whole_training_on_files_like_those_of_hmdb51(tmp_path):
    """The real runner, for three epochs: every frame of every batch is looked at."""
    suffix, write = KINDS[MISREAD[0]]
    paths = [write(tmp_path / f'{i}{suffix}') for i in range(8)]
    (tmp_path / 'train.txt').write_text(''.join(f'{path.name}\n' for path in paths))
    cfg = Config.fromfile(ROOT / 'configs' / 'moco' / 'r3d_toy.py')
    loader = cfg.train_dataloader
    loader.batch_size = 4
    loader.dataset.update(data_root=str(tmp_path), ann_file='train.txt')
    loader.dataset.pipeline.per_view = dict(type='PerView', resize=SIZE)
    loader.dataset.pipeline.pack.meta_keys = ('filename', 'view_names', 'frame_inds')
    cfg.model.backbone.base_channels = 4
    cfg.model.neck.in_channels = 32
    cfg.model.queue_size = 16
    cfg.train_cfg.max_epochs = 3
    cfg.work_dir = str(tmp_path / 'run')
    runner = Runner.from_cfg(cfg)
    hook = FramesOfBatches()
    runner.register_hook(hook)
    runner.train()

    assert {name for name, *_ in hook.seen} == {path.name for path in paths}
    assert len(hook.seen) == 3 * 8
    for _, numbers, drawn in hook.seen:
        assert len(drawn) == 2 * 8
        assert numbers == drawn


def test_embed_and_stock_configs_see_them_too(videos):
    """Also where a config names MMAction2's own reader."""
    names = (videos / 'list.txt').read_text().split()
    steps = with_our_reader(
        [
            dict(type='DecordInit'),
            dict(type='SampleFrames', clip_len=4, frame_interval=2, num_clips=3, test_mode=True),
            dict(type='DecordDecode'),
            dict(type='FormatShape', input_format='NCTHW'),
        ]
    )
    for index, name in enumerate(names):
        clips = _Videos([str(videos / name)], steps, 300)[0]
        numbers = np.array(
            [
                [read_number(frame) for frame in clip]
                for clip in clips.permute(0, 2, 3, 4, 1).numpy()
            ]
        )
        assert (np.diff(numbers, axis=1) == 2).all(), MISREAD[index]
        assert len(np.unique(numbers[:, 0])) == 3
