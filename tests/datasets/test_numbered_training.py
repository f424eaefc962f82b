"""Training sees the frames that were drawn: of every kind of file, through workers."""

import av
import numpy as np
import pytest
from torch.utils.data import DataLoader

from helpers.numbered import KINDS, read_number
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
        clips = _Videos([str(videos / name)], steps)[0]
        numbers = np.array(
            [
                [read_number(frame) for frame in clip]
                for clip in clips.permute(0, 2, 3, 4, 1).numpy()
            ]
        )
        assert (np.diff(numbers, axis=1) == 2).all(), MISREAD[index]
        assert len(np.unique(numbers[:, 0])) == 3
