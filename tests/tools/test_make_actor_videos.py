import json
import sys

import numpy as np
import pytest
from mmaction.registry import DATASETS

from helpers.running import ROOT, run
from helpers.videos import write_video

TOOL = [sys.executable, ROOT / 'tools' / 'data' / 'make_actor_videos.py']


@pytest.fixture
def originals(tmp_path):
    """Three videos, a missing and a broken one, their list and their boxes."""
    root = tmp_path / 'hmdb51' / 'videos'
    boxes = {}
    for name in ('wave/first one.avi', 'wave/second.avi', 'run/nobody.avi'):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        frames = np.random.default_rng(0).integers(0, 255, (6, 64, 96, 3), dtype=np.uint8)
        write_video(root / f'{name}.mp4', frames)
        (root / f'{name}.mp4').rename(root / name)
        boxes[name] = [[[10, 10, 50, 60, 0.9]]] * 6
    boxes['run/nobody.avi'] = [[[10, 10, 50, 60, 0.1]]] * 6
    (root / 'run/broken.avi').write_bytes(b'no video')
    boxes['run/broken.avi'] = boxes['run/missing.avi'] = [[[0, 0, 9, 9]]]
    lines = [
        'wave/first one.avi 0',
        'wave/second.avi 0',
        'run/nobody.avi 1',
        'run/broken.avi 1',
        'run/missing.avi 1',
        'run/unnamed.avi 1',
    ]
    write_video(root / 'run/unnamed.avi.mp4', frames)
    (root / 'run/unnamed.avi.mp4').rename(root / 'run/unnamed.avi')
    (root.parent / 'train.txt').write_text('\n'.join(lines))
    (root.parent / 'boxes.json').write_text(json.dumps(boxes))
    return root.parent


@pytest.mark.slow
def test_set_has_the_layout_of_the_original_and_says_what_is_left_out(originals, tmp_path):
    out = tmp_path / 'actors'
    command = [
        *TOOL,
        '--data',
        originals / 'train.txt',
        '--out',
        out,
        '--data-root',
        originals / 'videos',
    ]
    command += ['--boxes', originals / 'boxes.json']
    log = run(command)
    assert '2 of 6 videos (0 were there, 4 left out); 0 of 12 frames' in log
    left_out = dict(
        line.split('\t') for line in (out / 'left_out_train.txt').read_text().splitlines()
    )
    assert left_out['run/nobody.avi'] == 'none of 6 frames has a person'
    assert left_out['run/missing.avi'].endswith('is missing')
    assert left_out['run/unnamed.avi'] == 'the file of boxes does not name it'
    assert 'run/broken.avi' in left_out
    assert (out / 'train.txt').read_text() == 'wave/first one.mp4 0\nwave/second.mp4 0\n'
    dataset = DATASETS.build(
        dict(
            type='TolerantVideoDataset',
            ann_file='train.txt',
            data_root=str(out),
            data_prefix=dict(video='videos'),
            pipeline=[dict(type='VideoInit')],
            test_mode=True,
        )
    )
    assert dataset[0]['total_frames'] == 6
    # Another list of the same videos costs nothing.
    assert '2 of 6 videos (2 were there' in run(command)


@pytest.mark.parametrize(
    ('lines', 'boxes', 'says'),
    [
        ('', '{}', 'lists no videos'),
        ('../a.avi 0', '{}', 'relative to --data-root'),
        ('a.avi 0\na.mp4 1', '{}', 'differ in the ending alone'),
        ('a.avi 0', '[]', 'must map videos'),
    ],
)
def test_bad_input_is_an_error_before_anything_is_written(tmp_path, lines, boxes, says):
    (tmp_path / 'list.txt').write_text(lines)
    (tmp_path / 'boxes.json').write_text(boxes)
    out = tmp_path / 'out'
    log = run(
        [*TOOL, '--data', tmp_path / 'list.txt', '--out', out, '--boxes', tmp_path / 'boxes.json'],
        check=False,
    )
    assert log.startswith('error: ') and says in log and not out.exists()


def test_a_missing_file_is_named(tmp_path):
    (tmp_path / 'list.txt').write_text('a.avi 0')
    for data, boxes, says in (
        ('no.txt', 'no.json', '--data: there is no file no.txt; give a list'),
        (tmp_path / 'list.txt', 'no.json', '--boxes: there is no file no.json; give the JSON'),
    ):
        options = ['--data', data, '--boxes', boxes, '--out', tmp_path / 'out']
        assert run([*TOOL, *options], check=False).startswith(f'error: {says}')


def test_detector_without_mmdet_says_what_to_install(tmp_path):
    (tmp_path / 'list.txt').write_text('a.avi 0')
    blocked = "import sys; sys.modules['mmdet'] = None; import runpy; sys.argv = sys.argv[1:]; "
    blocked += "runpy.run_path(sys.argv[0], run_name='__main__')"
    command = [sys.executable, '-c', blocked, *TOOL[1:], '--data', tmp_path / 'list.txt']
    command += ['--out', tmp_path / 'out']
    log = run([*command, '--detector', 'config.py', 'weights.pth'], check=False)
    assert 'mmdebias[detect]' in log and 'Traceback' not in log


STAND_IN = """
import runpy, sys, types, torch
apis = types.ModuleType('mmdet.apis')
apis.init_detector = lambda config, checkpoint, device: types.SimpleNamespace(
    dataset_meta=dict(classes=['person']))
found = types.SimpleNamespace(
    bboxes=torch.tensor([[10.0, 10, 50, 60]]), scores=torch.ones(1), labels=torch.zeros(1))
apis.inference_detector = lambda model, frame: types.SimpleNamespace(pred_instances=found)
sys.modules.update({'mmdet': types.ModuleType('mmdet'), 'mmdet.apis': apis})
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name='__main__')
"""


def test_boxes_that_are_found_are_kept(originals, tmp_path):
    """With a stand-in for mmdet, which the tests do not need."""
    out = tmp_path / 'actors'
    command = [
        sys.executable,
        '-c',
        STAND_IN,
        TOOL[1],
        '--data',
        originals / 'train.txt',
        '--out',
        out,
    ]
    command += ['--data-root', originals / 'videos', '--detector', 'config.py', 'weights.pth']
    assert '4 of 6 videos' in run(command)
    kept = json.loads((out / 'boxes' / 'run' / 'nobody.avi.json').read_text())
    assert kept == {'run/nobody.avi': [[[10, 10, 50, 60]]] * 6}
