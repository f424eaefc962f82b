import threading

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from helpers.videos import cut_video
from mmdebias.datasets import TolerantVideoDataset, TooManyUndecodableVideosError

PIPELINE = [
    dict(type='VideoInit'),
    dict(type='SampleViews', clip_len=4, frame_interval=2, views=dict(query=dict(), key=dict())),
    dict(type='VideoDecode'),
    dict(
        type='PerView',
        transforms=[
            dict(type='RandomResizedCrop', area_range=(0.5, 1.0)),
            dict(type='Resize', scale=(16, 16), keep_ratio=False),
        ],
    ),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs', meta_keys=('filename', 'view_names')),
]


def make_dataset(folder, lines, name='list.txt', **kwargs):
    (folder / name).write_text('\n'.join(lines) + '\n')
    return TolerantVideoDataset(name, PIPELINE, data_root=str(folder), **kwargs)


@pytest.fixture
def folder(few_videos, tmp_path):
    """Good videos ``00.mp4`` to ``11.mp4`` and a broken one, ``broken.mp4``."""
    for video in few_videos.glob('*.mp4'):
        (tmp_path / video.name).symlink_to(video)
    (tmp_path / 'broken.mp4').write_bytes((few_videos / '00.mp4').read_bytes()[:200])
    return tmp_path


GOOD = [f'{i:02}.mp4' for i in range(12)]


def test_sample_is_uint8_views(folder):
    sample = make_dataset(folder, GOOD)[0]
    assert sample['inputs'].shape == (2, 3, 4, 16, 16)
    assert sample['inputs'].dtype == torch.uint8
    assert sample['data_samples'].metainfo['view_names'] == ('query', 'key')


def test_decoder_is_a_choice(folder):
    samples = []
    for decoder in ('Video', 'Decord', 'OpenCV'):
        pipeline = list(PIPELINE)
        pipeline[0], pipeline[2] = dict(type=f'{decoder}Init'), dict(type=f'{decoder}Decode')
        dataset = TolerantVideoDataset(
            make_dataset(folder, GOOD).ann_file, pipeline, data_root=str(folder)
        )
        dataset.set_draw(0, 0)
        samples.append(dataset[0]['inputs'].float())
    for sample in samples[1:]:  # decoders round colours differently
        assert (samples[0] - sample).abs().mean() < 4


def test_labels_are_optional_and_paths_may_contain_spaces(folder):
    (folder / 'my 3.mp4').symlink_to(folder / '03.mp4')
    plain = make_dataset(folder, [*GOOD, 'my 3.mp4'])
    assert plain.get_data_info(12)['filename'] == f'{folder}/my 3.mp4'
    assert plain.get_data_info(0)['label'] == -1
    labelled = make_dataset(folder, ['00.mp4 7', '', 'my 3.mp4 0'])
    assert [labelled.get_data_info(i)['label'] for i in range(2)] == [7, 0]
    assert labelled[1]['data_samples'].gt_label.item() == 0


def test_broken_video_is_named_replaced_and_counted(folder, caplog, tmp_path):
    dataset = make_dataset(folder, [*GOOD, 'broken.mp4'])
    dataset.log_file = str(tmp_path / 'log.txt')
    for _ in range(2):
        assert dataset[12]['data_samples'].metainfo['filename'] != f'{folder}/broken.mp4'
    assert dataset.undecodable() == [f'{folder}/broken.mp4']
    (line,) = (tmp_path / 'log.txt').read_text().splitlines()
    assert line.startswith(f'{folder}/broken.mp4\t')


def test_failures_in_workers_reach_the_main_process(folder):
    dataset = make_dataset(folder, [*GOOD, 'broken.mp4', 'missing.mp4'], max_failed_share=0.5)
    loader = DataLoader(dataset, batch_size=7, num_workers=2, collate_fn=list)
    assert sum(len(batch) for batch in loader) == 14
    assert dataset.undecodable() == [f'{folder}/broken.mp4', f'{folder}/missing.mp4']


def test_too_many_failures_stop_with_the_reason(folder):
    dataset = make_dataset(folder, [*GOOD[:3], 'broken.mp4'], max_failed_share=0.1)
    with pytest.raises(TooManyUndecodableVideosError, match=r'1 videos of .*max_failed_share=0.1'):
        dataset[3]
    loader = DataLoader(make_dataset(folder, [*GOOD[:3], 'broken.mp4']), 4, num_workers=1)
    with pytest.raises(TooManyUndecodableVideosError, match='Check data_root'):
        list(loader)


def test_test_mode_replaces_nothing(folder):
    dataset = make_dataset(folder, ['00.mp4', 'broken.mp4'], test_mode=True)
    with pytest.raises(RuntimeError, match=r'broken.mp4 cannot be read'):
        dataset[1]


def test_test_mode_takes_no_cut_video_for_a_short_one(folder):
    cut_video(folder / '00.mp4', folder / 'cut.mp4')
    dataset = make_dataset(folder, ['00.mp4', 'cut.mp4'], test_mode=True)
    dataset[0]
    with pytest.raises(RuntimeError, match=r'cut\.mp4 cannot be read \(.* is cut: '):
        dataset[1]
    assert make_dataset(folder, ['cut.mp4'])[0] is not None


def test_a_video_that_takes_too_long_is_replaced_and_counted(folder):
    released = threading.Event()

    def wait(sample):
        if sample['filename'].endswith('03.mp4'):
            released.wait(60)
        return sample

    lines = folder / 'list.txt'
    lines.write_text('\n'.join(GOOD))
    dataset = TolerantVideoDataset(
        str(lines), [wait, *PIPELINE], data_root=str(folder), time_limit=0.5
    )
    sample = dataset[3]
    released.set()
    assert sample['data_samples'].metainfo['filename'] != f'{folder}/03.mp4'
    assert dataset.undecodable() == [f'{folder}/03.mp4']


def test_a_time_limit_is_a_number_of_seconds(folder):
    with pytest.raises(ValueError, match='time_limit=0 must be'):
        make_dataset(folder, GOOD, time_limit=0)


def test_fault_of_a_transform_is_not_blamed_on_the_video(folder):
    dataset = make_dataset(folder, GOOD)
    dataset.pipeline.transforms[4] = lambda results: 1 / 0
    with pytest.raises(ZeroDivisionError):
        dataset[0]


def test_real_clips_give_views(real_videos, tmp_path):
    names = sorted(path.name for path in real_videos.glob('*.m*') if path.suffix != '.md')
    (tmp_path / 'list.txt').write_text('\n'.join(f'{real_videos}/{name}' for name in names))
    dataset = TolerantVideoDataset(str(tmp_path / 'list.txt'), PIPELINE, max_failed_share=0.5)
    samples = [dataset[i] for i in range(len(names))]
    assert {tuple(sample['inputs'].shape) for sample in samples} == {(2, 3, 4, 16, 16)}
    assert dataset.undecodable() == []


def draws(dataset, workers, order):
    loader = DataLoader(dataset, batch_size=1, sampler=order, num_workers=workers, collate_fn=list)
    samples = {}
    for index, (sample,) in zip(order, loader):
        samples[index] = sample['inputs']
    return samples


def test_draws_depend_on_seed_epoch_and_index_alone(folder):
    dataset = make_dataset(folder, GOOD)
    dataset.set_draw(seed=3, epoch=5)
    first = draws(dataset, workers=0, order=range(12))
    second = draws(dataset_with_draw(folder, 3, 5), workers=2, order=list(reversed(range(12))))
    assert all(torch.equal(first[i], second[i]) for i in range(12))
    dataset.set_draw(seed=3, epoch=6)
    later = draws(dataset, workers=0, order=range(12))
    assert sum(torch.equal(first[i], later[i]) for i in range(12)) == 0


def dataset_with_draw(folder, seed, epoch):
    dataset = make_dataset(folder, GOOD, name='other.txt')
    dataset.set_draw(seed, epoch)
    return dataset


def test_drawing_leaves_the_main_process_random_state_alone(folder):
    dataset = dataset_with_draw(folder, 0, 0)
    np.random.seed(1)
    expected = np.random.random()
    np.random.seed(1)
    dataset[0]
    assert np.random.random() == expected


def test_long_list_is_one_block_that_workers_share(folder):
    lines = [f'videos/class_{i % 400}/video_{i:07}.mp4 {i % 400}' for i in range(240_000)]
    lines[::60_000] = ['00.mp4 0'] * 4
    dataset = make_dataset(folder, lines)
    assert len(dataset) == 240_000
    # Serialised by MMEngine: workers share one array instead of copying 240,000 dicts.
    assert not dataset.data_list and dataset.data_bytes.nbytes < 60e6
    assert dataset.status.is_shared()


@pytest.mark.parametrize(
    ('lines', 'says'),
    [
        ([], 'lists no videos'),
        (['00.mp4 1', '01.mp4'], "line 2 has none: '01.mp4'"),
        (['00.mp4 1', '', '01.mp4'], "line 3 has none: '01.mp4'"),
        (['00.mp4 1', '01.mp4 -1'], "line 2: '01.mp4 -1' has the label -1. Labels are numbers"),
    ],
)
def test_malformed_list_is_refused(folder, lines, says):
    with pytest.raises(ValueError, match=says):
        make_dataset(folder, lines)


def test_wrong_data_root_is_refused_when_built(folder):
    with pytest.raises(FileNotFoundError, match='data_root'):
        make_dataset(folder, ['nowhere/a.mp4', 'nowhere/b.mp4'])


def test_bad_share_is_refused(folder):
    with pytest.raises(ValueError, match=r'max_failed_share=1\.5'):
        make_dataset(folder, GOOD, max_failed_share=1.5)
