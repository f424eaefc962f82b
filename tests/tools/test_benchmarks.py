"""The benchmarks say what they measured; how long it took is not tested."""

import json
import sys

import pytest

from helpers.running import ROOT, run

SMALL = ['--steps', '2', '--batch-size', '4', '--workers', '0', '2']
OPTIONS = ['--cfg-options', 'model.backbone.base_channels=4']
TINY_MOCO = [*OPTIONS, 'model.neck.in_channels=32', 'model.queue_size=32']


def training(config, *arguments, check=True):
    tool = ROOT / 'tools' / 'benchmark' / 'training.py'
    return run(
        ['python', tool, ROOT / 'configs' / config, *arguments],
        env=dict(PYTHONPATH=str(ROOT)),
        check=check,
        timeout=300,
    )


def test_a_config_that_is_not_there():
    printed = training('nope.py', check=False)
    assert 'error: CONFIG: there is no file' in printed and 'Traceback' not in printed


@pytest.mark.slow
def test_training_as_json(few_videos, tmp_path):
    # A list without labels does for a classifier, too.
    videos = tmp_path / 'unlabelled.txt'
    videos.write_text(''.join(f'{index:02}.mp4\n' for index in range(3)))
    data = ['--data', videos, '--data-root', few_videos, '--json']
    options = [*OPTIONS, 'model.cls_head.in_channels=32']
    printed = training('finetune/r3d_toy.py', *SMALL, *data, *options)
    rows = [json.loads(line) for line in printed.splitlines() if line.startswith('{')]
    assert [(row['case'], row.get('workers')) for row in rows] == [
        ('setting', None),
        ('loading', 0),
        ('loading', 1),
        ('loading', 2),
        ('step', None),
        ('both', 2),
        ('verdict', 2),
    ]
    setting, none, one, two, step, both, verdict = rows
    assert (setting['batch_size'], setting['clips_a_video'], setting['clip']) == (4, 1, '3x8x48x48')
    for row in (none, one, two, step, both):
        # Clips a second and milliseconds a batch are one measurement.
        assert row['clips_a_second'] * row['ms_a_batch'] == pytest.approx(4e3, rel=0.01)
        assert row['main_mib'] > 0 and (row['workers_mib'] > 0) == bool(row['workers'])
    assert 0 <= both['waiting'] <= 1
    slower = 'loading' if two['clips_a_second'] < step['clips_a_second'] else 'step'
    assert verdict['limits'] == slower
    fed = step['clips_a_second'] / one['clips_a_second']
    assert verdict['cores_to_feed_the_step'] == pytest.approx(fed, rel=0.01, abs=0.001)


@pytest.mark.slow
def test_training_as_a_table_of_the_configs_own_videos(few_videos):
    own = f'train_dataloader.dataset.data_root={few_videos}'
    printed = training('moco/r3d_toy.py', *SMALL, *TINY_MOCO, own)
    assert '4 videos a batch, 2 clips of 3x8x48x48 each' in printed
    table = [line for line in printed.splitlines() if line.startswith('|')]
    cells = [[cell.strip() for cell in line.split('|')[1:-1]] for line in table]
    assert [row[:2] for row in cells if '---' not in row] == [
        ['case', 'workers'],
        ['loading', '0'],
        ['loading', '1'],
        ['loading', '2'],
        ['step', ''],
        ['both', '2'],
    ]
    assert len({len(row) for row in cells}) == 1
    assert 'Limited by: ' in printed


def test_training_names_the_argument_for_a_missing_list(tmp_path):
    missing = f'train_dataloader.dataset.data_root={tmp_path}'
    printed = training('moco/r3d_toy.py', '--cfg-options', missing, check=False)
    assert str(tmp_path / 'train.txt') in printed.splitlines()[-1] and '--data LIST' in printed
    assert 'Traceback' not in printed


def test_training_wants_a_config_that_trains(few_videos):
    data = ['--data', few_videos / 'train.txt']
    printed = training('retrieval/r3d_toy.py', *data, check=False)
    assert 'give a config with a train_dataloader' in printed


@pytest.mark.slow
def test_a_step_of_one_commit():
    # What is run of each commit; the comparison needs another one.
    tool = ROOT / 'tools' / 'benchmark' / 'step.py'
    command = ['python', tool, '--measure', '--config', 'moco/r3d_toy.py', '--batch-size', '4']
    command += ['--size', '32', '--clip-len', '8', '--queue-size', '32', '--steps', '2']
    printed = run(command, env=dict(PYTHONPATH=str(ROOT)), timeout=300)
    row = json.loads(printed.splitlines()[-1])
    assert row['ms'] > 0 and row['peak_mib'] > 0


def test_a_step_that_fails_says_why(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / 'tools' / 'benchmark'))
    import step

    assert step.printed([sys.executable, '-c', 'print(1); print(2)'], 'now') == '2'
    code = 'print("{}"); raise ValueError("no such net")'
    with pytest.raises(SystemExit) as stopped:
        step.printed([sys.executable, '-c', code], 'd261f1a')
    assert str(stopped.value).endswith(
        'ValueError: no such net\nerror: the step of d261f1a failed, exit status 1'
    )
