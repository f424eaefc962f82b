"""The study from videos to its table, at a scale where its numbers mean nothing."""

import dataclasses
import json
import runpy
import shutil
import sys

import pytest

from helpers.running import ROOT, run
from mmdebias.study import Settings

SCRIPT = ROOT / 'tools' / 'analysis' / 'toy_study.py'
ROWS = 'random,fame,moco_grey'
SMALL = [
    '--num-videos', '32', '--num-test-videos', '16', '--epochs', '1', '--batch-size', '16',
    '--queue-size', '32', '--size', '28', '--probe-clips', '1',
]  # fmt: skip


@pytest.fixture(scope='module')
def study(tmp_path_factory):
    """A folder with a study of a seed, its command, and what it printed."""
    folder = tmp_path_factory.mktemp('study') / 'study'
    command = [sys.executable, SCRIPT, '--out', folder, *SMALL, '--seeds', '3']
    command += ['--methods', ROWS, '--num-bias-videos', '0', '--num-shortcut-clips', '64']
    return folder, command, run(command)


@pytest.mark.slow
def test_from_videos_to_the_table(study):
    folder, command, printed = study
    assert 'fame, seed 3: motion_probe' in printed
    found = json.loads((folder / 'study.json').read_text())
    assert found['setting']['settings']['videos'] == 32
    assert [row['method'] for row in found['rows']] == ROWS.split(',')
    for row in found['rows']:
        measures = {'motion_probe', 'motion_retrieval', 'scene_probe', 'scene_retrieval'}
        if row['method'] != 'moco_grey':
            measures.add('scene_against_motion')
        assert set(row['measures']) == measures
        for cell in row['measures'].values():
            assert 0 <= cell['mean'] <= 1 and len(cell['values']) == 1 and cell['std'] is None
    table = (folder / 'study.md').read_text()
    assert '| random weights |' in table and '| *MoCo, no scenes* |' in table
    # One row pre-trains against scenes; random weights and the reference ask nothing.
    assert {name for name, told in found['shortcuts'].items() if told} == {'fame'}
    assert '| told without motion |' in table
    assert (folder / 'study.png').stat().st_size < 150_000
    for method in ROWS.split(','):
        assert (folder / f'{method}_seed3' / 'weights.pth').exists()
    assert not (folder / 'random_seed3' / 'train').exists()

    # Nothing is trained twice, and the settings of a folder stay what they were.
    checkpoint = folder / 'fame_seed3' / 'train' / 'epoch_1.pth'
    written = checkpoint.stat().st_mtime_ns
    run(command)
    assert checkpoint.stat().st_mtime_ns == written
    assert json.loads((folder / 'study.json').read_text())['rows'] == found['rows']
    printed = run([*command, '--beta', '0.4'], check=False)
    assert "was begun with {'beta': 0.5}, not {'beta': 0.4}" in printed


@pytest.mark.slow
def test_the_bias_report_takes_classifiers_and_encoders(study, tmp_path):
    # What is known of random weights is not measured again.
    folder = shutil.copytree(study[0], tmp_path / 'more')
    command = [sys.executable, SCRIPT, '--out', folder, *SMALL, '--seeds', '3']
    run(
        [
            *command,
            '--methods',
            'random,supervised',
            '--num-bias-videos',
            '16',
            '--num-shortcut-clips',
            '0',
        ]
    )
    for row in json.loads((folder / 'study.json').read_text())['rows']:
        assert 0 <= row['measures']['bias:background_only/accuracy']['mean'] <= 1
    assert '| motion, no actor |' in (folder / 'study.md').read_text()


def test_a_study_begun_before_a_setting_was_there_goes_on(tmp_path):
    take_folder = runpy.run_path(str(SCRIPT))['take_folder']
    noted = dataclasses.asdict(Settings())
    del noted['motions'], noted['images']
    (tmp_path / 'settings.json').write_text(json.dumps(noted))
    with pytest.raises(SystemExit, match=r"begun with {'motions': 'swings'}, not {'motions': 'moc"):
        take_folder(tmp_path, Settings(motions='mocap'))
    take_folder(tmp_path, Settings())
    assert json.loads((tmp_path / 'settings.json').read_text()) == dataclasses.asdict(Settings())


def test_methods_that_are_not_there_are_named(tmp_path):
    printed = run([sys.executable, SCRIPT, '--out', tmp_path, '--methods', 'vince'], check=False)
    assert "['vince'] are no methods" in printed and 'fame_dsm_triplet' in printed
