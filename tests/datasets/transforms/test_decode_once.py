import cv2
import numpy as np
import pytest
from mmaction.registry import TRANSFORMS

from mmdebias.datasets import DecodeOnce
from mmdebias.datasets.transforms import decode_once


def load(path, first):
    """Frames by way of a transform, all the others as in a config."""
    steps = [first, dict(type='SampleFrames', clip_len=4, num_clips=1, test_mode=True)]
    steps.append(dict(type='VideoDecode' if first['type'] == 'VideoInit' else 'ArrayDecode'))
    sample = dict(filename=str(path), start_index=0, modality='RGB')
    for step in steps:
        sample = TRANSFORMS.build(step)(sample)
    return np.stack(sample['imgs'])


def test_frames_are_those_of_the_decoder(few_videos):
    path = few_videos / '00.mp4'
    expected = load(path, dict(type='VideoInit'))
    assert np.array_equal(load(path, dict(type='DecodeOnce')), expected)


def test_a_video_is_read_once_and_its_frames_stay_as_they_are(tmp_path, few_videos):
    path = tmp_path / 'video.mp4'
    path.write_bytes((few_videos / '00.mp4').read_bytes())
    decode = DecodeOnce()
    first = decode(dict(filename=path))
    path.unlink()
    second = decode(dict(filename=path))
    assert second['array'] is first['array'] and second['total_frames'] == 24
    with pytest.raises((ValueError, cv2.error)):
        cv2.flip(first['array'][0], 1, first['array'][0])


def test_frames_in_a_folder_serve_other_runs(tmp_path, few_videos, monkeypatch):
    path, folder = tmp_path / 'video.mp4', tmp_path / 'frames'
    path.write_bytes((few_videos / '00.mp4').read_bytes())
    expected = DecodeOnce()(dict(filename=path))['array']
    DecodeOnce(folder)(dict(filename=path))
    monkeypatch.setattr(decode_once, 'read_frames', None)
    assert np.array_equal(DecodeOnce(folder)(dict(filename=path))['array'], expected)
    assert len(list(folder.iterdir())) == 1


def test_a_video_that_changed_and_half_a_file_are_decoded_again(tmp_path, few_videos):
    path, folder = tmp_path / 'video.mp4', tmp_path / 'frames'
    path.write_bytes((few_videos / '00.mp4').read_bytes())
    DecodeOnce(folder)(dict(filename=path))
    path.write_bytes((few_videos / '01.mp4').read_bytes())
    expected = DecodeOnce()(dict(filename=path))['array']
    assert np.array_equal(DecodeOnce(folder)(dict(filename=path))['array'], expected)
    for kept in folder.iterdir():
        kept.write_bytes(kept.read_bytes()[:100])
    assert np.array_equal(DecodeOnce(folder)(dict(filename=path))['array'], expected)


def test_a_file_is_no_folder(few_videos):
    with pytest.raises(NotADirectoryError, match='give a folder'):
        DecodeOnce(few_videos / '00.mp4')


def test_several_processes_need_not_each_hold_all_videos(tmp_path, few_videos):
    decode = DecodeOnce(tmp_path / 'frames', hold=False)
    first, second = (decode(dict(filename=few_videos / '00.mp4'))['array'] for _ in range(2))
    assert np.array_equal(first, second) and not decode.arrays and not second.flags.writeable
    with pytest.raises(ValueError, match='hold=False'):
        DecodeOnce(hold=False)
