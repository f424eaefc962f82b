"""DSM's tools as a user runs them."""

import json
import sys

import numpy as np
import pytest

from helpers.running import ROOT, run
from helpers.videos import write_video
from mmdebias.datasets import ScaleOpticalFlow
from mmdebias.ops import flow_to_previous, warp_by_flow


def moving_video(path, frames=10):
    """A picture that moves by two pixels a frame; returns nothing, writes ``path``."""
    rng = np.random.default_rng(0)
    ground = rng.integers(0, 255, (10, 20, 3), dtype=np.uint8).repeat(8, 0).repeat(8, 1)
    write_video(path, np.stack([ground[:, 2 * t : 2 * t + 96] for t in range(frames)]))


@pytest.mark.slow
def test_flow_is_written_once_and_read_by_the_transform(tmp_path):
    folder = tmp_path / 'some class'
    folder.mkdir()
    moving_video(folder / 'video.mp4')
    (tmp_path / 'list.txt').write_text('some class/video.mp4 3\n')
    command = [
        sys.executable,
        ROOT / 'tools' / 'data' / 'extract_flow.py',
        '--data',
        tmp_path / 'list.txt',
    ]
    command += ['--out', tmp_path / 'flow', '--data-root', tmp_path, '--frame-interval', '2']
    shown = run(command)
    path = tmp_path / 'flow' / 'some class' / 'video_2.npy'
    assert f'{path}: (10, 80, 96, 2)' in shown
    assert run(command) == ''

    import decord

    frames = decord.VideoReader(str(folder / 'video.mp4'))[:].asnumpy()
    inds = np.array([1, 3, 5])
    sample = dict(
        imgs=list(frames[inds]),
        num_clips=1,
        filename=str(folder / 'video.mp4'),
        total_frames=10,
        frame_inds=inds,
        frame_interval=2,
    )
    files = str(tmp_path / 'flow' / '{folder}' / '{stem}_{interval}.npy')
    np.random.seed(0)
    moved = ScaleOpticalFlow(files=files)(sample)['imgs']
    np.random.seed(0)
    scale = np.random.uniform(0, 5, 2)
    flow = flow_to_previous(frames[inds], 'dis_medium').astype(np.float16).astype(np.float32)
    assert np.array_equal(moved[1:], warp_by_flow(frames[inds[:2]], flow, scale, 'reflection'))


def test_flow_predicts_the_next_frame_better_than_nothing_and_the_other_sign_worse(tmp_path):
    for name in 'ab':
        moving_video(tmp_path / f'{name}.mp4')
    tool = ROOT / 'tools' / 'analysis' / 'flow_psnr.py'
    shown = run(
        [sys.executable, tool, '--data', tmp_path / 'a.mp4', tmp_path / 'b.mp4', '--size', '96']
    )
    rows = [json.loads(line) for line in shown.splitlines()]
    assert [row['video'] for row in rows] == ['a.mp4', 'b.mp4', 'mean of 2']
    for row in rows:
        assert row['phi_1_mirrored_border'] > row['phi_0'] + 3
        assert row['phi_minus_1'] < row['phi_0'] - 1


@pytest.mark.slow
def test_overlap_of_anchor_and_negative_is_simulated(tmp_path):
    how = 'dict(shift_from="anchor", shift=(4, 4), in_steps=True)'
    (tmp_path / 'mine.py').write_text(
        'sample = dict(type="SampleViews", clip_len=16, frame_interval=4, '
        f'views=dict(anchor=dict(), negative={how}))\n'
        'train_dataloader = dict(dataset=dict(pipeline=dict(sample=sample)))\n'
    )
    tool = ROOT / 'tools' / 'analysis' / 'shift_overlap.py'
    command = [sys.executable, tool, '--config', tmp_path / 'mine.py', '--draws', '400']
    lines = run([*command, '--frames', '5000', '76'])
    long, short = (json.loads(line) for line in lines.splitlines())
    # 12 of 16 frames, 45 of the 61 frames that a clip spans.
    assert (long['shared_frames'], long['shared_time']) == (0.75, 0.738)
    assert long['wraps'] < 0.02 and short['wraps'] > 0.9 and short['wraps_anchor'] == 0
