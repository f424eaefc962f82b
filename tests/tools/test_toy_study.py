"""The study from videos to its table, at a scale where its numbers mean nothing."""

import importlib.util
import json
import sys

import pytest

from running import ROOT, run

SCRIPT = ROOT / 'tools' / 'analysis' / 'toy_study.py'
SMALL = [
    '--videos', '32', '--test-videos', '16', '--epochs', '1', '--batch-size', '16',
    '--queue-size', '32', '--size', '28', '--probe-clips', '1',
]  # fmt: skip


@pytest.fixture(scope='module')
def study():
    spec = importlib.util.spec_from_file_location('toy_study', SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules['toy_study'] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_from_videos_to_the_table(tmp_path):
    command = [sys.executable, SCRIPT, '--work-dir', tmp_path, '--methods', 'random,fame', *SMALL]
    command += ['--seeds', '3', '--bias-videos', '0']
    said = run(command)
    assert 'fame, seed 3: motion_probe' in said
    found = json.loads((tmp_path / 'study.json').read_text())
    assert found['setting']['settings']['videos'] == 32
    assert [row['method'] for row in found['rows']] == ['random', 'fame']
    for row in found['rows']:
        assert set(row['measures']) == {
            'motion_probe', 'motion_retrieval', 'scene_probe', 'scene_retrieval'
        }  # fmt: skip
        for cell in row['measures'].values():
            assert 0 <= cell['mean'] <= 1 and len(cell['values']) == 1 and cell['std'] is None
    table = (tmp_path / 'study.md').read_text()
    assert '| random weights |' in table and '| FAME |' in table
    assert (tmp_path / 'study.png').stat().st_size < 150_000
    for method in ('random', 'fame'):
        assert (tmp_path / f'{method}_seed3' / 'weights.pth').exists()
    assert not (tmp_path / 'random_seed3' / 'train').exists()

    # Nothing is trained twice, and the settings of a folder stay what they were.
    checkpoint = tmp_path / 'fame_seed3' / 'train' / 'epoch_1.pth'
    written = checkpoint.stat().st_mtime_ns
    run(command)
    assert checkpoint.stat().st_mtime_ns == written
    assert json.loads((tmp_path / 'study.json').read_text())['rows'] == found['rows']
    said = run([*command, '--beta', '0.5'], check=False)
    assert "was begun with {'beta': 0.3}, not {'beta': 0.5}" in said


def test_methods_that_are_not_there_are_named(tmp_path):
    said = run([sys.executable, SCRIPT, '--work-dir', tmp_path, '--methods', 'vince'], check=False)
    assert "['vince'] are no methods" in said and 'fame_dsm_triplet' in said


def test_all_methods_share_clips_schedule_and_net(study):
    settings = study.Settings(epochs=5, size=28)
    configs = {name: study.study_config(name, 1, settings) for name in study.METHODS}
    assert len({str(cfg.optim_wrapper) + str(cfg.param_scheduler) for cfg in configs.values()}) == 1
    assert len({str(cfg.model.backbone) for cfg in configs.values()}) == 1
    for cfg in configs.values():
        found = list(study.steps(cfg.train_dataloader.dataset.pipeline))
        assert {step.scale for step in found if step.type == 'Resize'} == {(28, 28)}
        assert 'DecordInit' not in {step.type for step in found}
        assert cfg.train_cfg.max_epochs == 5 and cfg.randomness.seed == 1


def test_what_a_method_adds_is_there(study):
    def views(name):
        cfg = study.study_config(name, 0, study.Settings(beta=0.4))
        return {
            view: [step.type if step.type != 'FAME' else f'FAME {step.beta}' for step in steps]
            for view, steps in cfg.model.data_preprocessor.views.items()
        }

    assert 'FAME 0.4' not in str(views('moco'))
    assert views('fame')['query'][0] == 'FAME 0.4'
    assert views('fame_cured')['query'] == ['FAME adaptive', 'KorniaAugment']
    assert views('be')['key'][-1] == 'BackgroundErasing'
    assert views('fame_dsm_triplet')['positive'] == ['FAME 0.4', 'SpatialWarping']
    assert views('dsm_triplet')['positive'] == ['SpatialWarping']


def test_a_gain_is_clear_if_all_seeds_agree(study):
    def rows(fame, moco=(0.2, 0.3, 0.25)):
        found = [('moco', value) for value in moco] + [('fame', value) for value in fame]
        results = [dict(method=m, motion_probe=v, scene_probe=v) for m, v in found]
        return study.rows_of(results)[1]['measures']

    above, below, among = (0.35, 0.5, 0.4), (0.1, 0.19, 0.0), (0.35, 0.5, 0.3)
    # More motion is better, more scene is worse.
    assert rows(above)['motion_probe']['clear'] == 'better'
    assert rows(above)['scene_probe']['clear'] == 'worse'
    assert rows(below)['scene_probe']['clear'] == 'better'
    assert rows(among)['motion_probe']['clear'] == 'no'
    assert rows(above)['motion_probe']['gain'] == pytest.approx(0.4167 - 0.25, abs=1e-4)
    assert study.cell_text(rows(above)['motion_probe']) == '41.7 ± 7.6 ▲'
    # Two seeds are no spread.
    assert 'clear' not in rows(above[:2])['motion_probe']
