"""Every config in configs/ builds, and the ones that carry the paper's settings hold them."""

import re

import pytest
import torch
from mmaction.registry import DATASETS, HOOKS, METRICS, MODELS, TRANSFORMS
from mmengine.config import Config
from mmengine.dataset import Compose

from helpers.normal_form import normal_form
from helpers.running import ROOT
from mmdebias.config_checks import misspelt_keys, uneven_groups, wrong_types
from mmdebias.datasets import ordered_steps
from mmdebias.datasets.named_steps import whole_pipeline
from mmdebias.methods import METHODS

CONFIGS = sorted(
    path.relative_to(ROOT / 'configs')
    for path in (ROOT / 'configs').rglob('*.py')
    if '_base_' not in path.parts
)
PRETRAINING = [path for path in CONFIGS if path.parts[0] in METHODS]


def load(path):
    return Config.fromfile(ROOT / 'configs' / path)


@pytest.mark.parametrize('path', CONFIGS, ids=str)
def test_config_builds(path):
    cfg = load(path)
    assert not [*misspelt_keys(cfg), *wrong_types(cfg), *uneven_groups(cfg)]
    MODELS.build(cfg.model)
    for loader in ('train_dataloader', 'val_dataloader', 'test_dataloader'):
        if cfg.get(loader) is None:
            continue
        assert DATASETS.get(cfg[loader].dataset.type)
        for transform in ordered_steps(cfg[loader].dataset.pipeline):
            TRANSFORMS.build(transform)
    for hook in (*cfg.custom_hooks, *cfg.default_hooks.values()):
        HOOKS.build(hook)
    hooks = {hook.type for hook in cfg.custom_hooks}
    assert {'LoadReportHook', 'FiniteLossHook', 'SameRunHook'} <= hooks
    for evaluator in ('val_evaluator', 'test_evaluator'):
        if cfg.get(evaluator) is not None:
            METRICS.build(cfg[evaluator])


@pytest.mark.parametrize('path', CONFIGS, ids=str)
def test_loops_are_whole(path):
    # MMEngine wants the parts of a loop all or none, and says so only when a run starts.
    cfg = load(path)
    for parts in (
        ('train_dataloader', 'train_cfg', 'optim_wrapper'),
        ('val_dataloader', 'val_cfg', 'val_evaluator'),
        ('test_dataloader', 'test_cfg', 'test_evaluator'),
    ):
        assert len({cfg.get(part) is None for part in parts}) == 1, parts


@pytest.mark.parametrize('path', PRETRAINING, ids=str)
def test_pretraining_shuffles_each_rank_apart_and_saves_without_a_metric(path):
    cfg = load(path)
    assert cfg.randomness.diff_rank_seed
    assert 'save_best' not in cfg.default_hooks.checkpoint
    assert any(hook.type == 'EpochSeedHook' for hook in cfg.custom_hooks)
    # A last batch of one clip has no statistics and no other video.
    assert cfg.train_dataloader.drop_last


@pytest.mark.parametrize('path', PRETRAINING, ids=str)
def test_views_sampled_are_the_views_augmented(path):
    cfg = load(path)
    sampling = cfg.train_dataloader.dataset.pipeline.sample
    assert list(sampling.views) == list(cfg.model.data_preprocessor.views)


@pytest.mark.parametrize('path', PRETRAINING, ids=str)
def test_the_copy_that_a_run_writes_down_builds(path, tmp_path):
    load(path).dump(tmp_path / 'copy.py')
    copy = Config.fromfile(tmp_path / 'copy.py')
    for transform in ordered_steps(copy.train_dataloader.dataset.pipeline):
        TRANSFORMS.build(transform)
    views = list(copy.model.data_preprocessor.views)
    assert views == list(copy.train_dataloader.dataset.pipeline.sample.views)


def test_fame_on_kinetics_is_the_papers():
    cfg = load('fame/i3d_k400.py')
    assert cfg.train_dataloader.batch_size * 8 == 64 == cfg.auto_scale_lr.base_batch_size
    assert cfg.optim_wrapper.optimizer == dict(type='SGD', lr=0.01, momentum=0.9, weight_decay=1e-4)
    assert cfg.train_cfg.max_epochs == 200
    assert cfg.param_scheduler[0].milestones == [120, 180]
    model = cfg.model
    assert (model.queue_size, model.momentum, model.head.temperature) == (65536, 0.999, 0.1)
    assert model.symmetric and model.neck.get('num_layers', 2) == 2
    assert [a.type for a in model.data_preprocessor.views.query] == ['FAME', 'KorniaAugment']
    assert [a.type for a in model.data_preprocessor.views.key] == ['KorniaAugment']
    assert load('fame/i3d_ucf101.py').model.queue_size == 2048
    # "We randomly sample two clips from different timestamps" (section 3.1).
    views = cfg.train_dataloader.dataset.pipeline['sample']['views']
    assert views == dict(query=dict(), key=dict(other_than='query', min_gap=1))


def test_released_fame_is_the_papers_but_for_what_the_code_does():
    paper, released = load('fame/i3d_k400.py'), load('fame/i3d_k400_released.py')
    assert released.param_scheduler == [dict(type='CosineAnnealingLR', T_max=200)]
    assert released.model.pop('enqueue_between')
    views = released.model.data_preprocessor.views
    assert views.query[0].pop('shuffle') == 'permutation'
    # One strength of the blur a process, for both views.
    assert views.query[1].pop('sigma_once') and views.key[0].pop('sigma_once')
    assert released.model == paper.model
    assert released.train_dataloader == paper.train_dataloader


def test_fame_differs_from_its_baseline_in_nothing_else():
    for name in ('i3d_k400', 'i3d_ucf101', 'r2plus1d_18_k400', 'r3d_toy'):
        fame, moco = load(f'fame/{name}.py'), load(f'moco/{name}.py')
        method = load('_base_/methods/fame.py')
        assert fame.model.data_preprocessor.views.query.pop(0) == method.merged[0]
        assert fame.custom_hooks.pop() == method.custom_hooks[-1]
        fame.pop('merged')
        assert fame.to_dict() == moco.to_dict()


def test_data_root_comes_from_the_environment(monkeypatch):
    assert load('fame/i3d_k400.py').train_dataloader.dataset.data_root == 'data/kinetics400'
    monkeypatch.setenv('MMDEBIAS_DATA', '/somewhere')
    cfg = load('fame/i3d_k400.py')
    assert cfg.train_dataloader.dataset.data_root == '/somewhere/kinetics400'


def test_installed_configs_are_inherited_by_name(tmp_path):
    (tmp_path / 'mine.py').write_text("_base_ = 'mmdebias::fame/i3d_k400.py'\n")
    mine = Config.fromfile(tmp_path / 'mine.py')
    assert mine.train_dataloader.dataset.data_root == 'data/kinetics400'
    assert [
        type(a).__name__ for a in MODELS.build(mine.model).data_preprocessor.augments.query
    ] == [
        'FAME',
        'KorniaAugment',
    ]


def test_fames_ablations_change_what_they_say():
    def query(name):
        return load(f'fame/{name}.py').model.data_preprocessor['views']['query'][0]

    assert query('i3d_ucf101_beta03').beta == 0.3 and query('i3d_ucf101_beta07').beta == 0.7
    for name in ('gauss', 'seed', 'grid'):
        assert query(f'i3d_ucf101_{name}').mask == name
    assert query('i3d_k400_grid').mask == 'grid'
    for name in ('both', 'both_beta03', 'both_beta07'):
        views = load(f'fame/i3d_ucf101_{name}.py').model.data_preprocessor['views']
        assert views.query == views.key
    assert query('i3d_ucf101_intra').background == 'intra'
    steps = load('fame/i3d_ucf101_intra.py').train_dataloader.dataset.pipeline
    assert steps['sample']['views'].background == dict(other_than='query', min_gap=1)
    assert steps.per_view.same_draws == dict(background='query')


def test_fames_ablations_are_drawn_side_by_side():
    cfg = load('fame/ablations_toy.py')
    views = {
        name: list(map(dict, steps)) for name, steps in cfg.model.data_preprocessor['views'].items()
    }
    # Tables 1 (the share), 4 (the mask) and 3 (the background).
    varied = {
        'original': [],
        'fame': [dict(type='FAME')],
        'beta_03': [dict(type='FAME', beta=0.3)],
        'beta_07': [dict(type='FAME', beta=0.7)],
        'gauss': [dict(type='FAME', mask='gauss')],
        'seed': [dict(type='FAME', mask='seed')],
        'grid': [dict(type='FAME', mask='grid')],
        'intra_video': [dict(type='FAME', background='intra')],
    }
    assert views == varied | dict(background=[])
    sampled = cfg.train_dataloader.dataset.pipeline['sample']['views']
    assert sampled.pop('background') == dict(other_than='original', min_gap=1)
    assert sampled.pop('original') == {}
    assert set(map(str, sampled.values())) == {str(dict(same_as='original'))}


def test_intra_video_background_is_the_same_place_at_another_time(few_videos):
    pipeline = load('fame/i3d_ucf101_intra.py').train_dataloader.dataset.pipeline
    pipeline['sample'].update(clip_len=4)
    pipeline.per_view.resize.scale = (32, 32)
    steps = Compose(whole_pipeline(pipeline))
    alike, apart, moved = [], [], []
    # The ground of these videos stands still: only crop and flip can move it.
    for video in sorted(few_videos.glob('*.mp4')):
        sample = steps(dict(filename=str(video), label=0, start_index=0, modality='RGB'))
        names = list(sample['data_samples'].metainfo['view_names'])
        clips = dict(zip(names, sample['inputs'].float()))
        query, key, background = (clips[name] for name in ('query', 'key', 'background'))
        moved.append(not torch.equal(query, background))  # the square, where the crop shows it
        alike.append((query - background).abs().flatten().median())
        apart.append((query - key).abs().flatten().median())
    assert any(moved)
    assert max(alike) < 0.2 * sum(apart) / len(apart)


def test_linear_probe_is_fames():
    for name in ('r2plus1d_18_ucf101', 'r2plus1d_18_hmdb51'):
        cfg = load(f'linear_probe/{name}.py')
        assert cfg.train_dataloader.batch_size * 8 == 128 == cfg.auto_scale_lr.base_batch_size
        assert cfg.optim_wrapper.optimizer == dict(type='SGD', lr=5, momentum=0.9, weight_decay=0)
        assert cfg.train_cfg.max_epochs == 100 and cfg.param_scheduler[0].milestones == [60, 80]
        assert cfg.model.type == 'LinearProbe' and not cfg.model.data_preprocessor.augments
        assert cfg.model.cls_head.dropout_ratio == 0


@pytest.mark.parametrize(('paper', 'lr', 'batch'), [('be', 0.05, 64), ('dsm', 0.1, 128)])
def test_be_and_dsm_fine_tune_for_45_epochs(paper, lr, batch):
    for name in ('i3d_ucf101', 'i3d_hmdb51', 'c3d_ucf101', 'r3d_34_hmdb51'):
        cfg = load(f'finetune/{name}_{paper}.py')
        assert cfg.optim_wrapper.optimizer.lr == lr and cfg.train_cfg.max_epochs == 45
        assert cfg.param_scheduler[0] == dict(type='StepLR', step_size=10, gamma=0.1)
        assert cfg.train_dataloader.batch_size * 8 == batch == cfg.auto_scale_lr.base_batch_size
        for loader, clips in (('train', 1), ('val', 1), ('test', 10)):
            sampling = cfg[f'{loader}_dataloader'].dataset.pipeline.sample
            assert (sampling.frame_interval, sampling.num_clips) == (4, clips)


FAMES = ('i3d_ucf101', 'i3d_hmdb51', 'i3d_diving48', 'r2plus1d_18_ucf101', 'r2plus1d_18_hmdb51')


@pytest.mark.parametrize('name', [*FAMES, 'r2plus1d_18_sthv2'])
def test_fine_tuning_is_fames(name):
    tuned, data = load(f'finetune/{name}.py'), name.rpartition('_')[2]
    classes = dict(ucf101=101, hmdb51=51, diving48=48, sthv2=174)
    assert tuned.model.cls_head.num_classes == classes[data]
    lists = [tuned[f'{part}_dataloader'].dataset.ann_file for part in ('train', 'val', 'test')]
    assert lists[0].startswith(f'{data}_train') and lists[1] == lists[2] != lists[0]
    # A mirrored "pushing from left to right" is another class.
    flip = tuned.train_dataloader.dataset.pipeline.flip
    assert flip is None if data == 'sthv2' else flip.flip_ratio == 0.5
    assert tuned.test_dataloader.dataset.pipeline.sample.num_clips == 10
    sgd = dict(type='SGD', lr=0.025, momentum=0.9, weight_decay=1e-4)
    assert tuned.optim_wrapper.optimizer == sgd and tuned.train_cfg.max_epochs == 150
    assert tuned.param_scheduler[0].milestones == [60, 120]
    assert tuned.train_dataloader.batch_size * 8 == 128 == tuned.auto_scale_lr.base_batch_size
    assert tuned.model.cls_head.dropout_ratio == (0.7 if data == 'ucf101' else 0.5)


def test_bes_fine_tuning_rotates_and_jitters_as_its_pre_training():
    tuned, trained = load('finetune/i3d_ucf101_be.py'), load('be/i3d_ucf101.py')
    assert tuned.model.data_preprocessor.augments == trained.model.data_preprocessor.views.query


def test_fames_released_fine_tuning_has_grey_and_jitter_and_no_blur():
    released, tuned = load('finetune/i3d_ucf101_released.py'), load('finetune/i3d_ucf101.py')
    (kept,) = released.model.data_preprocessor.augments
    (whole,) = tuned.model.data_preprocessor.augments
    assert whole.transforms.pop().type == 'RandomGaussianBlur'
    assert kept == whole
    released.pop('released')
    assert normal_form(released) == normal_form(tuned)


def test_actor_videos_are_fine_tuned_and_tested_as_the_originals():
    actors, whole = load('finetune/i3d_actor_hmdb51_be.py'), load('finetune/i3d_hmdb51_be.py')
    for part in ('train', 'val', 'test'):
        ours, theirs = (cfg[f'{part}_dataloader'].dataset for cfg in (actors, whole))
        # Cropped videos on both sides; make_actor_videos.py keeps the names of the lists.
        assert ours.pop('data_root') == 'data/actor_hmdb51'
        assert theirs.pop('data_root') == 'data/hmdb51'
    assert normal_form(actors) == normal_form(whole)


def test_the_static_net_is_trained_on_one_frame_of_each_video_and_nothing_else_changes():
    still, moving = load('finetune/i3d_hmdb51_be_static.py'), load('finetune/i3d_hmdb51_be.py')
    steps = still.train_dataloader.dataset.pipeline
    assert [step.type for step in ordered_steps(steps)][1:4] == [
        'SampleFrames', 'StaticClip', 'VideoDecode'
    ]  # fmt: skip
    steps.pop('freeze')
    assert still.load_from is None and normal_form(still) == normal_form(moving)


@pytest.mark.parametrize(('paper', 'decay', 'gamma'), [('be', 5e-4, 0.1), ('dsm', 1e-8, 0.3)])
def test_released_fine_tuning_is_the_codes(paper, decay, gamma):
    released, tuned = (load(f'finetune/i3d_ucf101_{paper}{end}.py') for end in ('_released', ''))
    sgd = dict(type='SGD', lr=0.001, momentum=0.9, weight_decay=decay)
    assert released.optim_wrapper.optimizer == sgd
    assert released.param_scheduler[0].gamma == gamma
    for part in ('train', 'val', 'test'):
        sample = released[f'{part}_dataloader'].dataset.pipeline.sample
        assert (sample.clip_len, sample.frame_interval) == (64, 1)
    if paper == 'be':
        # Rotation, colours and statistics are those of the released pre-training.
        pre_training = load('be/i3d_ucf101_released.py')
        rotate = released.train_dataloader.dataset.pipeline.rotate
        assert rotate == pre_training.train_dataloader.dataset.pipeline.per_view.rotate
        ours = released.model.pop('data_preprocessor')
        theirs = pre_training.model.data_preprocessor
        assert (ours.mean, ours.std, ours.augments) == (theirs.mean, theirs.std, theirs.views.key)
        tuned.model.pop('data_preprocessor')
    assert released.model == tuned.model


def test_retrieval_reads_videos_as_the_fine_tuned_net_is_tested():
    found, tuned = (load(f'{folder}/r2plus1d_18_ucf101.py') for folder in ('retrieval', 'finetune'))
    dataset, tests = found.test_dataloader.dataset, tuned.test_dataloader.dataset
    assert dataset.pipeline == tests.pipeline
    lists = (tuned.train_dataloader.dataset.ann_file, tests.ann_file)
    assert (dataset.gallery.ann_file, dataset.query.ann_file) == lists


def test_low_shot_differs_from_all_labels_in_the_list():
    every = load('finetune/i3d_k400_dsm.py')
    for percent in (1, 10):
        few = load(f'low_shot/i3d_k400_{percent}percent.py')
        assert str(percent) in few.train_dataloader.dataset.ann_file
        few.pop('few')
        few.train_dataloader.dataset.ann_file = every.train_dataloader.dataset.ann_file
        assert few.to_dict() == every.to_dict()


def runtime(name):
    keys = ('default_scope', 'custom_imports', 'default_hooks', 'custom_hooks', 'env_cfg')
    keys += ('randomness', 'log_processor', 'visualizer', 'log_level', 'load_from', 'resume')
    cfg = load(f'_base_/{name}.py')
    found = {key: cfg[key] for key in keys}
    # Pre-training has no classes to compare labels with.
    found['custom_hooks'] = [h for h in cfg.custom_hooks if h.type != 'LabelCheckHook']
    return found


def test_pre_training_and_protocols_have_one_runtime_and_one_set_of_colours():
    # Written down in each: a base of all would be one more file to open for every config.
    roots = ('methods/moco', 'methods/pretext', 'protocols/finetune')
    contrasting = runtime(roots[0])
    assert contrasting['custom_hooks'].pop().type == 'QueueLengthHook'
    for root in roots[1:]:
        assert runtime(root) == contrasting
    contrasted, told, tuned = (load(f'_base_/{root}.py') for root in roots)
    assert contrasted.colour == tuned.colour
    assert contrasted.normalisation == told.normalisation == tuned.normalisation


def test_log_averages_accuracies_of_batches_and_not_of_validations():
    averaged = re.compile(load('finetune/r3d_toy.py').log_processor.mean_pattern)
    for name in ('loss_contrast', 'time', 'data_time', 'top1', 'top1_acc', 'train/top1_acc'):
        assert averaged.search(name)
    for name in ('acc/top1', 'val/acc/top1', 'knn/top1', 'retrieval/R@1'):
        assert not averaged.search(name)
