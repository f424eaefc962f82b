import threading

import numpy as np
import pytest
import torch
from mmengine.dataset import DefaultSampler, pseudo_collate
from torch.utils.data import DataLoader

from mmdebias.bias import BiasProbes, make_manifest, write_manifest
from mmdebias.datasets.label_subset import parse_list

PROBES = ('original', 'scuba_stripes', 'scufo_stripes', 'scuba_videos', 'action_swap')


@pytest.fixture
def manifest(few_videos, tmp_path):
    """All probes of four videos, with motion masks."""
    videos = parse_list((few_videos / 'test.txt').read_text().splitlines())
    write_manifest(tmp_path / 'rows.jsonl', make_manifest(videos, PROBES, seed=0))
    return tmp_path / 'rows.jsonl'


def probes(manifest, root, compose=None, **options):
    # A pipeline that draws at random, so that only seeding makes it repeat.
    pipeline = [
        dict(type='VideoInit'),
        dict(type='SampleFrames', clip_len=3, frame_interval=2, num_clips=1),
        dict(type='VideoDecode'),
        dict(type='ComposeProbe', data_root=str(root), masks=dict(type='motion'))
        if compose is None
        else compose,
        dict(type='RandomCrop', size=32),
        dict(type='FormatShape', input_format='NCTHW'),
        dict(type='PackActionInputs', meta_keys=('sample_idx',)),
    ]
    return BiasProbes(str(manifest), pipeline, data_root=str(root), **options)


def clips(dataset, **options):
    loader = DataLoader(dataset, collate_fn=pseudo_collate, **options)
    samples = {}
    for batch in loader:
        for clip, sample in zip(batch['inputs'], batch['data_samples']):
            samples[sample.sample_idx] = clip, int(sample.gt_label)
    return samples


def test_samples_are_the_rows_with_their_labels(manifest, few_videos):
    dataset = probes(manifest, few_videos)
    assert len(dataset) == 4 * len(PROBES)
    for index, row in enumerate(dataset.rows):
        sample = dataset[index]['data_samples']
        assert sample.sample_idx == index and sample.gt_label.item() == row.label


def test_pixels_depend_on_no_worker_and_no_order(manifest, few_videos):
    first = clips(probes(manifest, few_videos), batch_size=4)
    torch.manual_seed(1), np.random.seed(1)
    other = probes(manifest, few_videos)
    order = DefaultSampler(other, shuffle=True, seed=3)
    again = clips(other, batch_size=3, num_workers=2, sampler=order)
    assert first.keys() == again.keys() == set(range(len(other)))
    assert all(torch.equal(first[i][0], again[i][0]) for i in first)


def test_scufo_is_a_frame_of_scuba_whatever_the_pipeline_draws(manifest, few_videos):
    dataset = probes(manifest, few_videos)
    clip = {(row.video, row.probe): dataset[i]['inputs'] for i, row in enumerate(dataset.rows)}
    for video in {row.video for row in dataset.rows}:
        moving, still = (clip[video, f'{kind}_stripes'][0] for kind in ('scuba', 'scufo'))
        assert (moving == still[:, :1]).all((0, 2, 3)).any()


def test_what_draws_elsewhere_is_left_alone(manifest, few_videos):
    dataset = probes(manifest, few_videos)
    np.random.seed(5)
    expected = np.random.rand()
    np.random.seed(5)
    dataset[0]
    assert np.random.rand() == expected


def test_a_pipeline_needs_one_composer(manifest, few_videos):
    with pytest.raises(ValueError, match=r'0 ComposeProbe.*probe_config'):
        probes(manifest, few_videos, compose=dict(type='CenterCrop', crop_size=48))


def test_what_rows_need_is_checked_at_once(manifest, few_videos):
    with pytest.raises(ValueError, match='scuba_stripes needs masks'):
        probes(manifest, few_videos, dict(type='ComposeProbe', data_root=str(few_videos)))


def test_a_broken_video_is_named(manifest, few_videos, tmp_path):
    for video in few_videos.glob('*.mp4'):
        (tmp_path / video.name).write_bytes(video.read_bytes())
    dataset = probes(manifest, tmp_path)
    name = dataset.rows[0].video
    (tmp_path / name).write_bytes(b'nothing')
    with pytest.raises(RuntimeError, match=f'original of {name}'):
        dataset[0]


def test_a_row_that_takes_too_long_is_named(manifest, few_videos):
    released = threading.Event()
    dataset = probes(manifest, few_videos, time_limit=0.2)
    dataset.pipeline.transforms.insert(0, lambda sample: released.wait(60))
    with pytest.raises(
        RuntimeError, match=r'original of .*TimeoutError: it took longer than 0\.2 s'
    ):
        dataset[0]
    released.set()
    with pytest.raises(ValueError, match='time_limit=-1 must be'):
        probes(manifest, few_videos, time_limit=-1)
