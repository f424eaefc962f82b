"""Stock MMAction2 classifiers, random and tiny, through every probe."""

import numpy as np
import pytest
from mmengine.config import Config
from mmengine.runner import Runner

from helpers.running import ROOT
from mmdebias.bias import (
    bias_measures,
    composed_probes,
    load_scores,
    make_manifest,
    probe_config,
    read_manifest,
    write_manifest,
)
from mmdebias.bias.mmaction2.probe_config import clip_span
from mmdebias.datasets.label_subset import parse_list
from mmdebias.datasets.toy import ToyConfig, make_toy

PREPROCESSOR = dict(
    type='ActionDataPreprocessor',
    mean=[123.675, 116.28, 103.53],
    std=[58.395, 57.12, 57.375],
)

PROBES = composed_probes()


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    """Eight generated videos with masks, and a manifest of all probes that need no pictures."""
    folder = tmp_path_factory.mktemp('bias') / 'toy'
    make_toy(folder, ToyConfig(videos=8, test_videos=8, size=(32, 32), frames=12), workers=1)
    videos = parse_list((folder / 'test.txt').read_text().splitlines())
    probes = [probe for probe in PROBES if not probe.endswith('images')]
    write_manifest(folder / 'rows.jsonl', make_manifest(videos, probes, seed=0))
    return folder


def config(model, sampling, decoder='Decord', crops=(), form='NCTHW', size=32):
    """The config of a classifier as MMAction2 writes it, test only."""
    pipeline = [
        dict(type=f'{decoder}Init', io_backend='disk'),
        dict(type='SampleFrames', test_mode=True, **sampling),
        dict(type=f'{decoder}Decode'),
        dict(type='Resize', scale=(-1, size)),
        *crops,
        dict(type='FormatShape', input_format=form),
        dict(type='PackActionInputs'),
    ]
    model = dict(model, data_preprocessor=dict(PREPROCESSOR, format_shape=form))
    return Config(
        dict(
            default_scope='mmaction',
            model=model,
            test_dataloader=dict(
                batch_size=2,
                num_workers=0,
                sampler=dict(type='DefaultSampler', shuffle=False),
                dataset=dict(type='VideoDataset', ann_file='unused.txt', pipeline=pipeline),
            ),
            test_evaluator=dict(type='AccMetric'),
            test_cfg=dict(type='TestLoop'),
        )
    )


def tsn(**kwargs):
    """A TSN: 2D, one frame a segment, ten crops."""
    model = dict(
        type='Recognizer2D',
        backbone=dict(type='ResNet', depth=18, norm_eval=False),
        cls_head=dict(type='TSNHead', num_classes=8, in_channels=512, average_clips='prob'),
    )
    crops = [dict(type='TenCrop', crop_size=32)]
    return config(model, dict(clip_len=1, num_clips=2), crops=crops, form='NCHW', **kwargs)


def slow_only(**kwargs):
    """SlowFast's slow path: a 3D ResNet, ten clips."""
    backbone = dict(
        type='ResNet3dSlowOnly', depth=18, pretrained=None, lateral=False, base_channels=4,
        conv1_kernel=(1, 7, 7), conv1_stride_t=1, pool1_stride_t=1, inflate=(0, 0, 1, 1),
        norm_eval=False,
    )  # fmt: skip
    # No average_clips: the scores of ten clips would come unmixed.
    head = dict(type='I3DHead', num_classes=8, in_channels=32)
    model = dict(type='Recognizer3D', backbone=backbone, cls_head=head)
    return config(model, dict(clip_len=4, frame_interval=2, num_clips=10), **kwargs)


def swin(**kwargs):
    """A Video Swin with tiny settings, three crops."""
    backbone = dict(
        type='SwinTransformer3D', arch=dict(embed_dims=12, depths=[1, 1], num_heads=[1, 2]),
        patch_size=(2, 4, 4), window_size=(2, 4, 4), pretrained=None, pretrained2d=False,
        out_indices=(1,),
    )  # fmt: skip
    head = dict(type='I3DHead', num_classes=8, in_channels=24, average_clips='prob')
    model = dict(type='Recognizer3D', backbone=backbone, cls_head=head)
    crops = [dict(type='ThreeCrop', crop_size=32)]
    sampling = dict(clip_len=4, frame_interval=1, num_clips=1)
    return config(model, sampling, crops=crops, **kwargs)


def run(cfg, toy, folder, masks='files', probes=PROBES, **options):
    """Test a config on the probes; returns the metrics, the scores and the rows."""
    rows = [row for row in read_manifest(toy / 'rows.jsonl') if row.probe in probes]
    write_manifest(folder / 'rows.jsonl', rows)
    masks = dict(files=dict(type='files', folder=str(toy / 'masks')), motion=dict(type='motion'))[
        masks
    ]
    out = folder / 'scores.npz'
    cfg = probe_config(cfg, folder / 'rows.jsonl', toy, masks, out, **options)
    cfg.work_dir = str(folder / 'work')
    cfg.randomness = dict(seed=0)
    cfg.log_level = 'WARNING'
    metrics = Runner.from_cfg(cfg).test()
    return metrics, load_scores(out, len(rows)), rows


@pytest.mark.parametrize(
    ('model', 'decoder', 'masks'),
    [(tsn, 'Decord', 'motion'), (slow_only, 'PyAV', 'files'), (swin, 'OpenCV', 'files')],
)
def test_stock_classifiers_answer_every_question(model, decoder, masks, toy, tmp_path):
    if decoder == 'PyAV':
        pytest.importorskip('av')
    metrics, scores, rows = run(model(decoder=decoder), toy, tmp_path, masks)
    assert scores.shape == (len(rows), 8)
    np.testing.assert_allclose(scores.sum(1), 1, atol=1e-5)
    # The loop writes scores; measures are computed once, from them.
    assert metrics == {}
    measures = bias_measures(rows, scores)
    assert len(measures) == 1 + 3 * 2 + 2 * 3 + 2 + 3
    assert all(len(measure.videos) == 8 for measure in measures.values())


def test_workers_and_batches_change_no_score(toy, tmp_path):
    few = dict(probes=('scufo_videos', 'action_swap'))
    _, once, _ = run(slow_only(), toy, tmp_path / 'a', batch_size=1, num_workers=0, **few)
    _, again, _ = run(slow_only(), toy, tmp_path / 'b', batch_size=3, num_workers=2, **few)
    np.testing.assert_allclose(once, again, atol=1e-6)


def turned(cfg, toy, tmp_path, masks=None, **options):
    return probe_config(cfg, toy / 'rows.jsonl', toy, masks, tmp_path / 'out.npz', **options)


def test_the_config_changes_in_its_test_only(toy, tmp_path):
    cfg = tsn()
    before = cfg.to_dict()
    new = turned(cfg, toy, tmp_path, dict(type='motion'), batch_size=5, num_workers=0)
    assert cfg.to_dict() == before
    assert new.model == cfg.model
    changed = {key for key in new if new[key] != cfg.get(key)}
    assert changed == {'test_dataloader', 'test_evaluator', 'custom_imports'}
    assert new.custom_imports.imports == ['mmdebias']
    assert new.test_dataloader.batch_size == 5
    steps = new.test_dataloader.dataset.pipeline
    old = cfg.test_dataloader.dataset.pipeline
    assert [step.type for step in steps] == [
        'VideoInit', 'SampleFrames', 'VideoDecode', 'ComposeProbe', 'Resize', 'TenCrop',
        'FormatShape', 'PackActionInputs',
    ]  # fmt: skip
    # The readers are ours: masks lie on the frames that it counts.
    assert [steps[1], *steps[4:-1]] == [old[1], *old[3:-1]]
    assert steps[3].colour == PREPROCESSOR['mean']


def test_colours_counted_from_0_to_1(toy, tmp_path):
    cfg = tsn()
    cfg.model.data_preprocessor.mean = [0.5, 0.4, 0.2]
    (composer,) = (
        step
        for step in turned(cfg, toy, tmp_path).test_dataloader.dataset.pipeline
        if step.type == 'ComposeProbe'
    )
    assert composer.colour == [127.5, 102, 51]


def frames_from_folders(cfg):
    cfg.test_dataloader.dataset.pipeline = [
        dict(type='SampleFrames', clip_len=1, num_clips=3, test_mode=True),
        dict(type='RawFrameDecode'),
        dict(type='PackActionInputs'),
    ]


def no_head(cfg):
    cfg.model.pop('cls_head')


def no_test(cfg):
    cfg.pop('test_dataloader')


def from_elsewhere(cfg):
    cfg.test_dataloader.dataset.pipeline[0].io_backend = 'petrel'


def no_packing(cfg):
    cfg.test_dataloader.dataset.pipeline.pop()


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (frames_from_folders, r'decodes no videos.*RawFrameDecode.*frame folders'),
        (no_head, r'no model\.cls_head, so it is no classifier'),
        (no_test, r'no test_dataloader\.dataset\.pipeline'),
        (from_elsewhere, "io_backend='petrel'"),
        (no_packing, 'no PackActionInputs'),
    ],
)
def test_configs_that_cannot_be_probed(change, message, toy, tmp_path):
    cfg = tsn()
    change(cfg)
    with pytest.raises(ValueError, match=message):
        turned(cfg, toy, tmp_path)


def test_our_own_supervised_config(toy, tmp_path):
    cfg = Config.fromfile(ROOT / 'configs' / 'supervised' / 'r3d_toy.py')
    cfg.model.backbone.base_channels = 4
    cfg.model.cls_head.in_channels = 32
    few = dict(probes=('original', 'human_only'))
    _, scores, rows = run(cfg, toy, tmp_path, batch_size=8, num_workers=0, **few)
    assert scores.shape == (len(rows), 8) == (16, 8)


def test_the_span_of_a_clip_is_that_of_its_sampling():
    sampling = dict(type='mmaction.SampleFrames', clip_len=8, frame_interval=4, num_clips=10)
    assert clip_span([dict(type='DecordInit'), sampling]) == 29
    assert clip_span([dict(type='UniformSample', clip_len=8)]) == 0
