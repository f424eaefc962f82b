"""Toy videos, the files: lists, masks, workers, interruptions, refusals and the command line."""

import dataclasses
import importlib.util
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from mmdebias.datasets.toy import (
    CLASSES,
    SCENES,
    SPLITS,
    ToyConfig,
    load_masks,
    make_toy,
    plan_split,
    render_video,
    writer,
)

CONFIG = ToyConfig(videos=16, test_videos=8, size=(32, 40), frames=8, seed=3)
SCRIPT = Path(__file__).parents[2] / 'tools' / 'data' / 'make_toy.py'


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    out = tmp_path_factory.mktemp('toy') / 'set'
    make_toy(out, CONFIG, workers=1)
    return out


@pytest.fixture
def own_copy(toy, tmp_path):
    """A copy that a test may damage."""
    for path, content in contents(toy).items():
        target = tmp_path / 'copy' / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return tmp_path / 'copy'


@pytest.fixture
def command():
    spec = importlib.util.spec_from_file_location('make_toy', SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.main


def contents(out):
    return {
        str(path.relative_to(out)): path.read_bytes() for path in out.rglob('*') if path.is_file()
    }


def test_files_and_lists(toy):
    found = contents(toy)
    expected = {'classes.txt', 'scenes.txt', 'meta.json'}
    for split in SPLITS:
        videos = plan_split(CONFIG, split)
        lines = (toy / f'{split}.txt').read_text().splitlines()
        assert lines == [f'{video.video_path} {video.label}' for video in videos]
        lines = (toy / 'scene_labels' / f'{split}.txt').read_text().splitlines()
        assert lines == [f'{video.video_path} {video.scene}' for video in videos]
        expected |= {f'{split}.txt', f'scene_labels/{split}.txt'}
        expected |= {path for video in videos for path in (video.video_path, video.mask_path)}
    assert set(found) == expected
    assert (toy / 'classes.txt').read_text().splitlines() == list(CLASSES)
    assert (toy / 'scenes.txt').read_text().splitlines() == list(SCENES)


def test_meta(toy):
    meta = json.loads((toy / 'meta.json').read_text())
    assert meta['arguments'] == CONFIG.arguments()
    assert meta['arguments']['size'] == [32, 40]
    assert meta['counts'] == {'train': 16, 'test': 8, 'test_swap': 8}
    assert meta['own_scene_share']['test_swap'] == 0
    assert meta['classes'] == list(CLASSES)


def test_a_set_from_before_an_argument_existed_is_known(toy):
    meta = json.loads((toy / 'meta.json').read_text())
    assert CONFIG.actors is None and 'actors' not in meta['arguments']
    assert 'actors' in dataclasses.replace(CONFIG, actors=6).arguments()
    assert not {'motions', 'backdrop'} & meta['arguments'].keys()
    assert dataclasses.replace(CONFIG, motions='swings').arguments()['motions'] == 'swings'


def test_videos_and_masks_hold_what_was_drawn(toy):
    decord = pytest.importorskip('decord')
    for video in plan_split(CONFIG, 'test'):
        frames, masks = render_video(CONFIG, video)
        stored = load_masks(toy / video.mask_path)
        assert stored.dtype == bool and np.array_equal(stored, masks)
        reader = decord.VideoReader(str(toy / video.video_path))
        assert len(reader) == CONFIG.frames
        decoded = np.stack([reader[k].asnumpy() for k in range(len(reader))])[..., ::-1]
        assert decoded.shape == frames.shape
        assert np.abs(decoded.astype(int) - frames).mean() < 15


def test_masks_align_with_the_decoded_frames(tmp_path):
    decord = pytest.importorskip('decord')
    config = ToyConfig(videos=8, size=(64, 64), frames=16, shake=0, lighting=0)
    make_toy(tmp_path, config, workers=1)
    for video in plan_split(config, 'train'):
        reader = decord.VideoReader(str(tmp_path / video.video_path))
        frames = np.stack([reader[k].asnumpy() for k in range(16)]).astype(float)
        masks = load_masks(tmp_path / video.mask_path)
        # Where the actor is at some time and not at another, the pixel changes with the mask.
        sometimes = masks.any(0) & ~masks.all(0)
        behind = (frames * ~masks[..., None]).sum(0) / np.maximum((~masks).sum(0), 1)[..., None]
        change = np.abs(frames - behind).mean(-1)
        inside = change[masks & sometimes].mean()
        outside = change[~masks & sometimes].mean()
        assert inside > 1.5 * outside


def test_same_files_for_any_number_of_workers(toy, tmp_path):
    make_toy(tmp_path / 'two', CONFIG, workers=2)
    assert contents(tmp_path / 'two') == contents(toy)


def test_seed_matters(toy, tmp_path):
    make_toy(tmp_path, dataclasses.replace(CONFIG, seed=4), workers=1)
    path = 'videos/train/train_00000.mp4'
    assert (tmp_path / path).read_bytes() != (toy / path).read_bytes()


def test_interruption_leaves_a_set_that_the_next_run_finishes(toy, tmp_path, monkeypatch):
    made = []

    def make_until_stopped(job):
        if len(made) == 5:
            raise KeyboardInterrupt
        made.append(job[2])
        original(job)

    original = writer._make_video
    monkeypatch.setattr(writer, '_make_video', make_until_stopped)
    with pytest.raises(KeyboardInterrupt):
        make_toy(tmp_path, CONFIG, workers=1)
    assert not (tmp_path / 'meta.json').exists() and not (tmp_path / 'train.txt').exists()
    with pytest.raises(FileExistsError, match=r'bias is 0\.9 there and 0\.5 here'):
        make_toy(tmp_path, dataclasses.replace(CONFIG, bias=0.5), workers=1)

    again = []
    monkeypatch.setattr(writer, '_make_video', lambda job: (again.append(job[2]), original(job)))
    make_toy(tmp_path, CONFIG, workers=1)
    assert len(again) == 32 - 5 and not set(again) & set(made)
    assert contents(tmp_path) == contents(toy)


def test_missing_and_damaged_files_are_made_again(toy, own_copy):
    (own_copy / 'videos/train/train_00003.mp4').unlink()
    (own_copy / 'masks/test/test_00001.npz').unlink()
    (own_copy / 'masks/test/test_00002.npz').write_bytes(b'PK\x03\x04 half')
    video = own_copy / 'videos/test/test_00004.mp4'
    video.write_bytes(video.read_bytes()[:-100])
    (own_copy / 'train.txt').unlink()
    (own_copy / 'meta.json').unlink()
    kept = own_copy / 'videos/train/train_00000.mp4'
    before = kept.stat().st_mtime_ns
    make_toy(own_copy, CONFIG, workers=1)
    assert contents(own_copy) == contents(toy)
    assert kept.stat().st_mtime_ns == before


def test_finished_set_is_left_alone(own_copy, monkeypatch):
    monkeypatch.setattr(writer, '_write_bytes', None)
    meta = make_toy(own_copy, CONFIG)
    assert meta['counts']['train'] == 16


def test_lost_list_is_written_again(toy, own_copy):
    (own_copy / 'scene_labels/test.txt').unlink()
    make_toy(own_copy, CONFIG, workers=1)
    assert contents(own_copy) == contents(toy)


def test_other_arguments_are_refused_and_overwrite_replaces(own_copy, tmp_path):
    other = dataclasses.replace(CONFIG, videos=8, frames=10)
    before = contents(own_copy)
    with pytest.raises(FileExistsError) as refused:
        make_toy(own_copy, other, workers=1)
    for part in ('frames is 8 there and 10 here', 'videos is 16 there and 8 here', '--overwrite'):
        assert part in str(refused.value)
    assert contents(own_copy) == before

    (own_copy / 'notes.md').write_text('mine')
    make_toy(own_copy, other, workers=1, overwrite=True)
    assert (own_copy / 'notes.md').read_text() == 'mine'
    (own_copy / 'notes.md').unlink()
    make_toy(tmp_path / 'fresh', other, workers=1)
    assert contents(own_copy) == contents(tmp_path / 'fresh')


def test_other_files_are_refused_even_with_overwrite(tmp_path):
    (tmp_path / 'thesis.tex').write_text('ten years')
    for overwrite in (False, True):
        with pytest.raises(FileExistsError, match='holds something else'):
            make_toy(tmp_path, CONFIG, overwrite=overwrite)
    (tmp_path / 'meta.json').write_text('{"format": "other"}')
    with pytest.raises(FileExistsError, match=r'meta\.json is not that of a toy set'):
        make_toy(tmp_path, CONFIG, overwrite=True)
    with pytest.raises(FileExistsError, match='is a file'):
        make_toy(tmp_path / 'thesis.tex', CONFIG)
    assert (tmp_path / 'thesis.tex').read_text() == 'ten years'


def test_older_format_is_refused(own_copy):
    meta = json.loads((own_copy / 'meta.json').read_text())
    meta['format_version'] = 0
    (own_copy / 'meta.json').write_text(json.dumps(meta))
    with pytest.raises(FileExistsError, match='format version is 0 there'):
        make_toy(own_copy, CONFIG)


def test_incomplete_video_is_an_error(tmp_path, monkeypatch):
    class Lossy:
        """A writer that loses all frames but the first, as on a full disk."""

        fourcc = staticmethod(cv2.VideoWriter.fourcc)

        def __init__(self, *args):
            self.writer, self.left = cv2_writer(*args), 1

        def isOpened(self):
            return True

        def write(self, frame):
            self.left -= 1
            if self.left >= 0:
                self.writer.write(frame)

        def release(self):
            self.writer.release()

    cv2_writer = cv2.VideoWriter
    monkeypatch.setattr(cv2, 'VideoWriter', Lossy)
    with pytest.raises(RuntimeError, match='1 of 8 frames were written; is the disk full'):
        make_toy(tmp_path, CONFIG, workers=1)
    assert not list(tmp_path.glob('videos/*/[!.]*')) and not (tmp_path / 'meta.json').exists()


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        ({'bias': 1.5}, r'bias=1\.5: give a number from 0 to 1'),
        ({'bias': float('nan')}, 'bias=nan'),
        ({'bias': 'much'}, "bias='much'"),
        ({'size': (30, 64)}, 'size=30: .* at least 32'),
        ({'size': (64, 65)}, r'size=\(64, 65\): give even numbers, such as 66'),
        ({'size': (64, 72)}, r'size=\(64, 72\): decord misreads this width'),
        ({'size': 64}, 'size=64: give height and width'),
        ({'frames': 7}, 'frames=7: .* at least 8'),
        ({'videos': 7}, 'videos=7: .* 8 classes'),
        ({'videos': 16.0}, r'videos=16\.0'),
        ({'test_videos': 4}, 'test_videos=4'),
        ({'seed': -1}, 'seed=-1'),
        ({'fps': 0}, 'fps=0'),
        ({'actor_size': (0.8, 0.6)}, 'actor_size=.* smaller number first'),
        ({'actor_size': (0.1, 0.6)}, r'actor_size=0\.1'),
        ({'actors': 0}, 'actors=0: .* None is one for each'),
        ({'actors': 1.5}, r'actors=1\.5'),
        ({'backdrop': 'blue'}, "backdrop='blue': give one of scenes, grey"),
        ({'motions': 'dance'}, "motions='dance': give one of limbs, swings"),
        ({'period': (4, 8)}, 'period=4'),
        ({'contrast': 1.5}, r'contrast=1\.5: .* from 0 to 1'),
        ({'shake': -0.1}, 'shake'),
        ({'lighting': 4}, 'lighting'),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        ToyConfig(**arguments)


def test_workers_are_checked(tmp_path):
    with pytest.raises(ValueError, match='workers=0'):
        make_toy(tmp_path / 'out', CONFIG, workers=0)
    assert not (tmp_path / 'out').exists()


def test_test_videos_default_to_a_quarter():
    assert ToyConfig(videos=320).test_videos == 80
    assert ToyConfig(videos=100).test_videos == 32
    assert ToyConfig(videos=8).test_videos == 8


def test_command_line(command, toy, tmp_path, capsys):
    options = [
        '--num-videos=16',
        '--num-test-videos=8',
        '--size',
        '32',
        '40',
        '--frames=8',
        '--seed=3',
    ]
    assert command(['--out', str(tmp_path / 'out'), *options, '--workers=1']) == 0
    assert '16 train, 8 test, 8 test_swap videos' in capsys.readouterr().out
    assert contents(tmp_path / 'out') == contents(toy)
    assert command(['--out', str(tmp_path / 'out'), *options, '--bias', '0.5']) == 2
    assert 'bias is 0.9 there and 0.5 here' in capsys.readouterr().err


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (['--num-test-videos', '3'], '--num-test-videos=3: give a whole number of at least 8'),
        (['--bias', '2'], '--bias=2.0: give a number from 0 to 1'),
        (['--workers', '0'], '--workers 0'),
    ],
)
def test_command_line_errors(command, tmp_path, capsys, options, message):
    with pytest.raises(SystemExit) as stopped:
        command(['--out', str(tmp_path / 'out'), *options])
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / 'out').exists()
