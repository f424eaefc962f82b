import numpy as np
import pytest
import torch
from mmengine.config import Config

from helpers.running import ROOT
from mmdebias.analysis import answers, generated_videos
from mmdebias.analysis.config_views import ConfigViews, smaller, view_size
from mmdebias.analysis.questions import disturbed_alike, questions
from mmdebias.analysis.shortcuts import Answer
from mmdebias.analysis.source_clips import CASES, Source
from mmdebias.datasets import ordered_steps

CONFIGS = ROOT / 'configs'


def config(name, **options):
    cfg = Config.fromfile(CONFIGS / f'{name}.py')
    cfg.merge_from_dict(options)
    return cfg


@pytest.fixture(scope='module')
def videos():
    return generated_videos(8)


def best(found, shown='single frames'):
    """The answer to the video's own question."""
    return next(answer for answer in found if answer.shown == shown)


BORDER = 'train_dataloader.dataset.pipeline.disturb.flow.border'


@pytest.mark.slow
def test_black_fringes_of_flow_scaling_are_found_and_mirrored_ones_are_not(videos):
    sizes = dict(train=384, test=256, cases=['panned photograph'])
    black, mirrored = (
        best(answers(config('dsm/r3d_toy_triplet', **{BORDER: border}), videos, **sizes))
        for border in ('zeros', 'reflection')
    )
    assert black.is_shortcut and black.right > 0.75
    assert not mirrored.is_shortcut and mirrored.right < 0.65


@pytest.mark.slow
def test_black_corners_of_puzzles_are_found_and_none_without(videos):
    sizes = dict(train=768, test=256, cases=['still noise'])
    turned = dict(type='RandomRotation', degrees=10.0, p=1.0)
    corners = [dict(type='KorniaAugment', transforms=[turned])]
    without = [dict(type='InnerRotation', degrees=10.0)]
    black, cropped = (
        best(
            answers(
                config('be/puzzles_r3d_toy', **{'model.data_preprocessor.views.query': augments}),
                videos,
                **sizes,
            )
        )
        for augments in (corners, without)
    )
    assert black.chance == cropped.chance == 1 / 24
    assert black.is_shortcut and not cropped.is_shortcut


def test_every_question_is_answered_for_every_case(videos):
    found = answers(config('dsm/r3d_toy'), videos, train=64, test=64, epochs=1)
    assert len(found) == 2 * len(CASES) * 2
    assert {answer.count for answer in found} == {64}
    assert {answer.question for answer in found} == {
        'positive or negative', 'positive or another video',
    }  # fmt: skip
    still = [a for a in found if a.case.startswith('still') and a.shown == 'frame differences']
    assert [answer.right for answer in still] == [0.5] * 4
    by_right = {(a.case, a.shown) for a in found if a.by_right and a.question.endswith('negative')}
    assert by_right == {
        ('moving noise', 'single frames'), ('moving noise', 'frame differences'),
        ('shuffled frames', 'single frames'), ('shuffled frames', 'frame differences'),
        ('panned photograph', 'frame differences'),
        ('real clips', 'single frames'), ('real clips', 'frame differences'),
    }  # fmt: skip


@pytest.mark.slow
def test_what_only_the_positive_goes_through_counts_where_it_is_asked_for(videos):
    """DSM's positive is bent, its negative not, and neither has the anchor's colours."""
    sizes = dict(train=512, test=256, cases=['still noise'])
    alike, shipped = (
        best(answers(config('dsm/r3d_toy_triplet'), videos, **sizes, alike=alike))
        for alike in (True, False)
    )
    assert shipped.is_shortcut and not alike.is_shortcut


def test_a_shortcut_is_above_chance_by_its_interval_where_there_is_no_answer():
    answer = Answer('q', 'still noise', 'single frames', 0.6, 0.52, 0.68, 100, 0.5, False)
    assert answer.is_shortcut and answer.to_dict()['is_shortcut']
    assert not Answer('q', 'c', 's', 0.6, 0.48, 0.68, 100, 0.5, False).is_shortcut
    assert not Answer('q', 'c', 's', 0.9, 0.88, 0.92, 100, 0.5, True).is_shortcut


@pytest.mark.parametrize(
    ('name', 'asked'),
    [
        ('moco/r3d_toy', ['key or another video']),
        ('be/r3d_toy', ['key or negative', 'key or another video']),
        ('dsm/r3d_toy_triplet', ['positive or negative']),
        ('dsm/i3d_k400_triplet_released', ['positive or negative', 'positive or another video']),
        ('be/rotnet_r3d_toy_be', ['Rotation, 4 classes']),
        ('be/puzzles_r3d_toy', ['SpaceTimePuzzles, 24 classes']),
        ('be/clip_order_r3d_toy', ['ClipOrder, 6 classes']),
    ],
)
def test_what_a_config_asks(name, asked):
    assert [question.title for question in questions(config(name))] == asked


def test_which_stills_show_a_pretext_tasks_answer():
    def shows(name, case, **options):
        (question,) = questions(config(name, **options))
        return question.holds_answer(case, 'single frames')

    assert shows('be/rotnet_r3d_toy', 'still photograph')
    assert not shows('be/rotnet_r3d_toy', 'still noise')
    assert shows('be/puzzles_r3d_toy', 'shuffled frames')
    assert not shows('be/puzzles_r3d_toy', 'still photograph', **{'model.task.axis': 'time'})
    assert not shows('be/clip_order_r3d_toy', 'still photograph')


def test_negatives_are_augmented_as_their_positives():
    cfg = config('dsm/r3d_toy')
    alike = disturbed_alike(cfg, questions(cfg)).model.data_preprocessor.views
    assert alike.negative == alike.positive == [dict(type='SpatialWarping')]
    assert cfg.model.data_preprocessor['views'].negative == []
    # Bent twice is not bent as the positive is.
    bend = dict(type='SpatialWarping')
    cfg.model.data_preprocessor['views'].negative = [bend, bend]
    assert disturbed_alike(cfg, questions(cfg)).model.data_preprocessor.views.negative == [bend] * 2


def test_another_videos_clip_is_the_view_that_is_kept_as_shipped():
    """DSM's queue holds anchors, whose colours the positive does not have."""
    views = dict(anchor=torch.zeros(2, 3, 3, 8, 8), positive=torch.ones(2, 3, 3, 8, 8))
    for alike, value in ((True, 1), (False, 0)):
        question = questions(config('dsm/r3d_toy'), alike)[-1]
        assert question.title == 'positive or another video'
        clips, _ = question.clips(views)
        assert (clips[:, 2] == value).all()
    assert questions(config('be/r3d_toy'), False)[-1].negative == 'key'


@pytest.mark.parametrize(
    ('name', 'shape'),
    [
        ('fame/i3d_k400', (3, 3, 32, 32)),
        ('be/i3d_k400_released', (3, 3, 32, 32)),
        ('be/puzzles_c3d_ucf101', (3, 12, 64, 64)),
        ('be/clip_order_c3d_ucf101', (3, 13, 32, 32)),
    ],
)
def test_configs_of_any_size_are_made_small(videos, name, shape):
    small = smaller(config(name), 32, 3)
    views = ConfigViews(small).batch(CASES['real clips'](videos, 2, np.random.default_rng(0)))
    assert {tuple(clips.shape) for clips in views.values()} == {(2, *shape)}
    assert view_size(ordered_steps(config(name).train_dataloader.dataset.pipeline)) > 64
    for question in questions(small):
        clips, labels = question.clips(views)
        assert len(clips) == len(labels) == 2 and clips.shape[3] >= 2


def test_views_get_the_frames_of_the_source():
    cfg = config('dsm/r3d_toy')
    cfg.model.data_preprocessor['views'] = dict(anchor=[], positive=[], negative=[])
    cfg.train_dataloader.dataset.pipeline.disturb = None
    values = np.arange(3, dtype=np.uint8)[:, None, None, None, None]
    source = Source(40, lambda numbers: np.broadcast_to(values, (*numbers.shape, 40, 52, 3)))
    views = ConfigViews(smaller(cfg, 32, 3))
    clips = views.batch([source] * 2)
    mean, std = views.preprocessor.mean, views.preprocessor.std
    shown = [(255 * (clips[name] * std + mean)).round().unique().tolist() for name in clips]
    assert shown == [[0], [1], [2]]
    assert torch.isfinite(clips['anchor']).all()


def test_wrong_input_is_named(videos):
    with pytest.raises(ValueError, match='train=10 must be 64 or more'):
        answers(config('dsm/r3d_toy'), videos, train=10)
    with pytest.raises(ValueError, match='videos is empty'):
        answers(config('dsm/r3d_toy'), [])
    with pytest.raises(ValueError, match='Recognizer3D asks are not known'):
        questions(config('supervised/r3d_toy'))
    with pytest.raises(ValueError, match='no SampleViews before a decoder'):
        ConfigViews(config('supervised/r3d_toy'))
