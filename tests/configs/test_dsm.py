"""The configs of DSM hold the paper's settings."""

import pytest
from mmengine.config import Config

from helpers.normal_form import normal_form
from helpers.running import ROOT

FOLDER = ROOT / 'configs' / 'dsm'
CONFIGS = sorted(path.stem for path in FOLDER.glob('*.py'))


def load(name):
    return Config.fromfile(FOLDER / f'{name}.py')


def steps(cfg):
    return cfg.train_dataloader.dataset.pipeline


def scales_flow(cfg):
    """The views whose optical flow is scaled."""
    disturb = steps(cfg).disturb
    return [] if disturb is None else disturb.views


def list_augments(cfg):
    views = cfg.model.data_preprocessor.views
    return {view: [augment['type'] for augment in augments] for view, augments in views.items()}


WARPED = dict(anchor=['KorniaAugment'], positive=['SpatialWarping'], negative=[])


@pytest.mark.parametrize('name', ['i3d_k400', 'r3d_34_k400', 'i3d_ucf101', 'c3d_ucf101'])
def test_settings_are_the_papers(name):
    cfg = load(name)
    data = name.rpartition('_')[2]
    sampling = steps(cfg).sample
    assert (sampling['clip_len'], sampling['frame_interval']) == (16, 4)
    assert sampling['views']['positive'] == dict(same_as='anchor')
    assert sampling['views']['negative'] == dict(
        shift_from='anchor', shift=(4, 30) if data == 'k400' else (2, 20)
    )
    assert data.replace('k400', 'kinetics400') in cfg.train_dataloader.dataset.data_root
    size = 112 if name.startswith('c3d') else 224
    assert steps(cfg).per_view.resize.scale == (size, size)
    assert scales_flow(cfg) == ['negative']
    assert steps(cfg).disturb.flow.type == 'ScaleOpticalFlow'
    assert list_augments(cfg) == WARPED

    assert cfg.train_dataloader.batch_size * 16 == 128 == cfg.auto_scale_lr.base_batch_size
    sgd = dict(type='SGD', lr=0.003, momentum=0.9, weight_decay=5e-4)
    assert cfg.optim_wrapper.optimizer == sgd
    assert cfg.train_cfg.max_epochs == 200
    assert cfg.param_scheduler[0].milestones == [80, 120, 160]

    model = cfg.model
    assert (model.queue_size, model.momentum, model.head.temperature) == (6536, 0.99, 1)
    assert not model.symmetric
    assert (model.query_view, model.key_view) == ('anchor', 'positive')
    assert (model.negative_view, model.queue_view) == ('negative', 'anchor')
    assert (model.neck.num_layers, model.neck.out_channels) == (1, 128)
    assert model.neck.get('pool', 'avg') == 'avg'


@pytest.mark.parametrize('name', [name for name in CONFIGS if name.endswith('_triplet')])
def test_triplets_differ_from_the_contrastive_config_in_the_loss_alone(name):
    triplet, contrastive = load(name).to_dict(), load(name.removesuffix('_triplet')).to_dict()
    ours, theirs = triplet.pop('model'), contrastive.pop('model')
    assert triplet == contrastive
    for part in ('backbone', 'neck', 'data_preprocessor'):
        assert ours.pop(part) == theirs[part]
    head = dict(type='TripletHead', margin=0.5)
    assert ours == dict(type='TripletRecognizer', head=head)


def test_table_4_is_six_configs():
    cfgs = {
        name: load(f'i3d_k400{name and "_"}{name}')
        for name in ('', 'baseline', 'warp', 'disturbance', 'warp_flow', 'warp_shift')
    }
    warps = {name: 'SpatialWarping' in list_augments(cfg)['positive'] for name, cfg in cfgs.items()}
    assert [name for name, warped in warps.items() if not warped] == ['baseline', 'disturbance']
    own_negative = [name for name, cfg in cfgs.items() if cfg.model.negative_view]
    assert own_negative == ['', 'disturbance', 'warp_flow', 'warp_shift']
    shifted, scaled = [], []
    for name in own_negative:
        how = steps(cfgs[name]).sample.views.negative
        assert how in (
            dict(shift_from='anchor', shift=(4, 30)),
            dict(same_as='anchor'),
        )
        shifted += [name] * ('shift' in how)
        scaled += [name] * bool(scales_flow(cfgs[name]))
    assert shifted == ['', 'disturbance', 'warp_shift']
    assert scaled == ['', 'disturbance', 'warp_flow']
    # One factor a row: neither colours and crops nor what enters the queue change.
    rows = []
    for cfg in cfgs.values():
        cfg.model.negative_view = None
        steps(cfg).sample.views.pop('negative', None)
        steps(cfg).disturb = None
        views = cfg.model.data_preprocessor.views
        assert views.pop('negative', []) == []
        assert [step['type'] for step in views.pop('positive')] in ([], ['SpatialWarping'])
        rows.append(normal_form(cfg))
    assert all(row == rows[0] for row in rows)
    assert rows[0]['model']['queue_view'] == 'anchor'


@pytest.mark.parametrize('name', ['i3d_k400', 'c3d_ucf101', 'r3d_toy'])
def test_a_baseline_lacks_warp_and_negative_and_nothing_else(name):
    baseline, recipe = (load(n) for n in (f'{name}_baseline', name))
    for cfg in (baseline, recipe):
        assert cfg.model.pop('negative_view') == ('negative' if cfg is recipe else None)
        views = cfg.model.data_preprocessor.views
        assert views.pop('negative', []) == []
        assert views.pop('positive') == ([dict(type='SpatialWarping')] if cfg is recipe else [])
        assert steps(cfg).sample.views.pop('negative', None) is None or cfg is recipe
        assert (steps(cfg).pop('disturb') is None) == (cfg is baseline)
    assert normal_form(baseline) == normal_form(recipe)


def test_released_siblings_are_the_codes():
    cfg = load('i3d_k400_released')
    triplet = load('i3d_k400_triplet_released')
    assert (cfg.model.head.temperature, cfg.model.momentum) == (0.07, 0.999)
    assert (cfg.model.queue_size, cfg.model.queue_view) == (3569, None)
    assert triplet.model.head.inter_video
    jitter = ['OneAugment']
    for each in (cfg, triplet):
        views = dict(anchor=[*jitter, 'SpatialWarping'], positive=jitter, negative=jitter)
        assert list_augments(each) == views
        assert each.param_scheduler[0].milestones == [120, 160, 200]
        assert each.optim_wrapper.optimizer.weight_decay == 1e-4
        assert each.train_dataloader.batch_size * 16 == 256 == each.auto_scale_lr.base_batch_size
        apart = dict(other_than='anchor', min_gap=4, otherwise='any')
        assert steps(each).sample.views.negative == apart
        assert steps(each).per_view.rotate == dict(type='RotateFrames', degrees=10.0)
        assert steps(each).per_view.crop == dict(type='RandomCrop', size=224)
        assert not scales_flow(each)


@pytest.mark.parametrize('name', ['i3d_k400', 'r3d_toy'])
def test_fame_on_the_positive_is_a_config_of_a_few_lines(name):
    assert list_augments(load(f'{name}_fame')) == {**WARPED, 'positive': ['FAME', 'SpatialWarping']}
    assert len((FOLDER / f'{name}_fame.py').read_text().splitlines()) < 25


@pytest.mark.parametrize('name', CONFIGS)
def test_nothing_is_flipped(name):
    # An independent flip would mirror the motion between anchor and positive.
    assert steps(load(name)).per_view.flip is None
