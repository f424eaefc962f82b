"""Pipelines with named steps: their order, and MMAction2's own readers of pipelines."""

import pytest
import torch
from mmaction.apis import MMAction2Inferencer, inference_recognizer, init_recognizer
from mmaction.datasets import VideoDataset
from mmengine.config import Config
from mmengine.dataset import Compose

from helpers.running import ROOT
from mmdebias.datasets import STEPS, PerView, TolerantVideoDataset, ordered_steps

OPEN, SAMPLE = dict(type='VideoInit'), dict(type='SampleFrames', clip_len=4)


def test_the_order_is_that_of_the_names_whatever_that_of_the_dict():
    # MMEngine writes a config's keys in alphabetical order into the work directory.
    steps = {name: dict(type=name) for name in sorted(STEPS)}
    assert [step['type'] for step in ordered_steps(steps)] == list(STEPS)


def test_none_leaves_a_step_out_and_a_list_is_left_alone():
    assert ordered_steps(dict(sample=SAMPLE, flip=None, open=OPEN)) == [OPEN, SAMPLE]
    assert ordered_steps([SAMPLE, OPEN]) == [SAMPLE, OPEN]


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match=r"^pipeline has steps \['shear'\].*as a list"):
        ordered_steps(dict(open=OPEN, shear=dict(type='Flip')))
    with pytest.raises(ValueError, match="Is 'center' meant to be 'centre'"):
        ordered_steps(dict(open=OPEN, center=dict(type='CenterCrop', crop_size=8)))


PER_VIEW = dict(type='PerView', views=['query'], resize=dict(type='Resize', scale=(8, 8)))


@pytest.mark.parametrize(
    ('steps', 'name'),
    [
        (lambda step: dict(open=OPEN, per_view=step), r'pipeline\.per_view'),
        (lambda step: [OPEN, step], r'pipeline\[1\]'),
    ],
)
def test_an_error_in_a_views_steps_names_the_place(steps, name):
    assert ordered_steps(steps(PER_VIEW)) == [OPEN, PER_VIEW]
    for wrong, near in (('resise', 'resize'), ('view', 'views')):
        with pytest.raises(ValueError, match=rf"^{name} has steps \['{wrong}'\].*be '{near}'"):
            ordered_steps(steps({**PER_VIEW, wrong: dict(type='Resize', scale=(8, 8))}))
    with pytest.raises(ValueError, match=rf"^{name}\.flip={{'flip_ratio': 1}} has no type"):
        ordered_steps(steps(dict(PER_VIEW, flip=dict(flip_ratio=1))))
    with pytest.raises(ValueError, match=rf"^{name} has no steps: {{'resize': None}}"):
        ordered_steps(steps(dict(PER_VIEW, resize=None)))
    # What a list holds is between MMAction2 and its transforms.
    listed = dict(type='PerView', transforms=[dict(type='Shear')])
    assert ordered_steps(steps(listed)) == [OPEN, listed]


def test_a_per_view_is_known_by_its_class_and_with_a_scope():
    for kind in (PerView, 'mmaction.PerView'):
        with pytest.raises(ValueError, match=r'^pipeline\.per_view has steps'):
            ordered_steps(dict(per_view=dict(type=kind, resise=None)))


def test_a_step_says_which_transform_it_is():
    with pytest.raises(ValueError, match=r"^pipeline\.sample={'clip_len': 4} has no type.*type="):
        ordered_steps(dict(open=OPEN, sample=dict(clip_len=4)))
    with pytest.raises(TypeError, match=r'^pipeline\.flip=False must be.*or None'):
        ordered_steps(dict(open=OPEN, flip=False))
    assert ordered_steps(dict(flip=len)) == [len]  # MMAction2 takes callables


@pytest.mark.parametrize('steps', [{}, dict(open=None, sample=None)])
def test_a_pipeline_without_steps_is_refused(steps, tmp_path):
    (tmp_path / 'list.txt').write_text('a.mp4\n')
    with pytest.raises(ValueError, match=r'^pipeline has no steps: .*list \[\]'):
        Compose(steps)
    with pytest.raises(ValueError, match=r'^pipeline has no steps'):
        TolerantVideoDataset(str(tmp_path / 'list.txt'), steps)
    assert Compose([]).transforms == []


def test_stock_datasets_take_named_steps(few_videos):
    steps = dict(sample=SAMPLE, open=OPEN, decode=dict(type='VideoDecode'))
    for kind in (VideoDataset, TolerantVideoDataset):
        lists = dict(
            ann_file=str(few_videos / 'train.txt'), data_prefix=dict(video=str(few_videos))
        )
        dataset = kind(pipeline=steps, **lists)
        names = [type(step).__name__ for step in dataset.pipeline.transforms]
        assert names == ['VideoInit', 'SampleFrames', 'VideoDecode']
    assert Compose(None).transforms == []


def test_a_config_that_a_run_wrote_down_reads_videos_alike(tmp_path):
    cfg = Config.fromfile(ROOT / 'configs/fame/r3d_toy.py')
    cfg.dump(tmp_path / 'written.py')
    again = Config.fromfile(tmp_path / 'written.py')

    steps, written = (ordered_steps(c.train_dataloader.dataset.pipeline) for c in (cfg, again))
    assert list(cfg.train_dataloader.dataset.pipeline) != list(
        again.train_dataloader.dataset.pipeline
    )
    assert written == steps


@pytest.fixture(scope='module')
def classifier(tmp_path_factory):
    """A fine-tuning config of a tiny net, and a checkpoint of random weights."""
    folder = tmp_path_factory.mktemp('classifier')
    (folder / 'config.py').write_text(
        f'_base_ = {str(ROOT / "configs/finetune/r3d_toy.py")!r}\n'
        'model = dict(backbone=dict(base_channels=2), cls_head=dict(in_channels=16))\n'
    )
    model = init_recognizer(str(folder / 'config.py'), device='cpu')
    torch.save(dict(state_dict=model.state_dict(), meta={}), folder / 'weights.pth')
    return folder


def test_mmaction2s_inference_reads_named_steps(classifier, few_videos):
    video = str(few_videos / '00.mp4')
    files = str(classifier / 'config.py'), str(classifier / 'weights.pth')
    model = init_recognizer(*files, device='cpu')
    sample = inference_recognizer(model, video)
    assert sample.pred_score.shape == (8,) and torch.isfinite(sample.pred_score).all()

    inferencer = MMAction2Inferencer(rec=files[0], rec_weights=files[1], device='cpu')
    (scores,) = [p['rec_scores'] for p in inferencer(video)['predictions']]
    assert len(scores[0]) == 8
    # Upstream puts decord in the place of whatever reads videos.
    names = [type(step).__name__ for step in inferencer.actionrecog_inferencer.pipeline.transforms]
    assert 'VideoInit' in names and 'VideoDecode' in names and 'DecordInit' not in names
