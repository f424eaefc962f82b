"""Each dataset from miniature archives to lists; missing and broken videos; interruptions."""

import importlib.util
import json
import shutil

import pytest
from mmengine.config import Config

from helpers.miniatures import lines, write_video
from helpers.running import ROOT
from mmdebias.datasets import preparation
from mmdebias.datasets.preparation import checking, command
from mmdebias.datasets.preparation import prepare as run
from mmdebias.datasets.tolerant_video_dataset import TolerantVideoDataset

prepare_module = importlib.import_module('mmdebias.datasets.preparation.prepare')


def files(folder):
    """Content of every file but the reports of checks, which keep times."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob('*')
        if path.is_file() and path.name != prepare_module.JOURNAL
    }


def test_ucf101_has_three_splits(ucf101, tmp_path):
    recipe, videos, annotations = ucf101
    report = run(recipe, [annotations], {'videos': [videos]}, tmp_path / 'ucf101')
    out = tmp_path / 'ucf101'
    assert lines(out / 'ucf101_train_split_1_videos.txt') == [
        'ApplyEyeMakeup/v_ApplyEyeMakeup_g02_c01.avi 0',
        'ApplyEyeMakeup/v_ApplyEyeMakeup_g03_c01.avi 0',
        'HandstandPushups/v_HandStandPushups_g02_c01.avi 1',
        'HandstandPushups/v_HandStandPushups_g03_c01.avi 1',
        'YoYo/v_YoYo_g02_c01.avi 2',
        'YoYo/v_YoYo_g03_c01.avi 2',
    ]
    assert lines(out / 'ucf101_val_split_3_videos.txt') == [
        'ApplyEyeMakeup/v_ApplyEyeMakeup_g03_c01.avi 0',
        'HandstandPushups/v_HandStandPushups_g03_c01.avi 1',
        'YoYo/v_YoYo_g03_c01.avi 2',
    ]
    assert lines(out / 'classes.txt') == ['ApplyEyeMakeup', 'HandstandPushups', 'YoYo']
    assert lines(out / 'missing.txt') == lines(out / 'unreadable.txt') == []
    split = report['lists']['ucf101_train_split_1_videos.txt']
    # A miniature is not the official number of videos, and the report says so.
    assert (split['official'], split['annotated'], split['listed']) == (9537, 6, 6)
    assert not report['whole']
    assert split['durations'] == {
        'shortest_s': 2.0,
        'median_s': 2.0,
        'longest_s': 2.0,
        'total_h': round(12 / 3600, 3),
        'below_16_frames': 0,
    }
    assert json.loads((out / 'report.json').read_text()) == report


def test_hmdb51_is_an_archive_of_archives_with_three_splits(hmdb51, tmp_path):
    recipe, videos, annotations = hmdb51
    report = run(recipe, [annotations], {'videos': [videos]}, tmp_path)
    name = 'Clip_#{}_{}_u_nm_np1_ba_goo_0.avi'
    # Uses of the clips 0 to 3 in split 1: 0, 1, 1, 2.
    assert lines(tmp_path / 'hmdb51_train_split_1_videos.txt') == [
        f'{c}/{name.format(i, c)} {label}'
        for label, c in enumerate(('brush_hair', 'wave'))
        for i in (1, 2)
    ]
    assert lines(tmp_path / 'hmdb51_val_split_1_videos.txt') == [
        f'{c}/{name.format(3, c)} {label}' for label, c in enumerate(('brush_hair', 'wave'))
    ]
    assert len(report['lists']) == 6
    assert {split['listed'] for split in report['lists'].values()} == {2, 4}
    assert [split['official'] for split in report['lists'].values()] == [3570, 1530] * 3
    assert not list(tmp_path.rglob('*.zip'))


def test_diving48_takes_version_2(diving48, tmp_path):
    recipe, videos, annotations = diving48
    report = run(recipe, [annotations], {'videos': [videos]}, tmp_path)
    assert lines(tmp_path / 'diving48_train_list_videos.txt') == [
        f'_8Vy3dlHg2w_{i:05}.mp4 {i % 2}' for i in range(4)
    ]
    assert lines(tmp_path / 'diving48_val_list_videos.txt') == [
        '_8Vy3dlHg2w_00004.mp4 0',
        '_8Vy3dlHg2w_00005.mp4 1',
    ]
    assert lines(tmp_path / 'classes.txt')[0] == 'Back 15som 05Twis FREE'
    assert [split['official'] for split in report['lists'].values()] == [15027, 1970]


def test_version_1_of_diving48_is_not_taken(diving48, tmp_path):
    recipe, _, annotations = diving48
    (tmp_path / 'old').mkdir()
    for new, old in (('V2_train', 'train'), ('V2_test', 'test'), ('vocab', 'vocab')):
        shutil.copy(annotations / f'Diving48_{new}.json', tmp_path / f'old/Diving48_{old}.json')
    with pytest.raises(FileNotFoundError, match=r'Diving48_V2_train\.json is not in'):
        recipe.read([tmp_path / 'old'])


def test_sthv2_is_read_from_its_parts(sthv2, tmp_path):
    recipe, parts, annotations = sthv2
    report = run(recipe, [annotations], {'videos': parts[::-1]}, tmp_path)
    assert lines(tmp_path / 'sthv2_train_list_videos.txt') == ['1.webm 0', '2.webm 1', '3.webm 0']
    assert lines(tmp_path / 'sthv2_val_list_videos.txt') == ['4.webm 1', '5.webm 0']
    assert lines(tmp_path / 'classes.txt')[1] == 'Putting something on a surface'
    assert [split['official'] for split in report['lists'].values()] == [168913, 24777]
    with pytest.raises(ValueError, match=r'there are \[0, 2\], and not \[1\]'):
        run(recipe, [annotations], {'videos': [parts[0], parts[2]]}, tmp_path / 'other')


def test_kinetics_reports_missing_and_broken_videos(kinetics400, tmp_path):
    recipe, archives, annotations = kinetics400
    folders = {'videos_train': [archives['train']], 'videos_val': [archives['val']]}
    report = run(recipe, [annotations], folders, tmp_path)
    # Classes are sorted with underscores for spaces.
    assert lines(tmp_path / 'classes.txt') == ['air_drumming', 'zumba']
    assert lines(tmp_path / 'kinetics400_train_list_videos.txt') == [
        'zumba/aaaaaaaaaa1_000010_000020.mp4 1'
    ]
    assert lines(tmp_path / 'kinetics400_val_list_videos.txt') == [
        'zumba/ddddddddd-4_000005_000015.mp4 1',
        'air_drumming/eeeeeeeeee5_000005_000015.mp4 0',
    ]
    assert lines(tmp_path / 'missing.txt') == [
        'videos_train/air_drumming/ccccccccc_3_000417_000427'
    ]
    (broken,) = lines(tmp_path / 'unreadable.txt')
    assert broken.startswith('videos_train/air_drumming/-bbbbbbbbb2_000000_000010\t')
    assert '-bbbbbbbbb2_000000_000010.mp4 cannot be opened' in broken
    train = report['lists']['kinetics400_train_list_videos.txt']
    assert (train['annotated'], train['listed'], train['missing'], train['unreadable']) == (
        (3, 1, 1, 1)
    )
    assert report['lists']['kinetics400_val_list_videos.txt']['missing'] == 0
    assert not report['whole'] and (report['missing'], report['unreadable']) == (1, 1)

    # The replacement, given later, counts; videos that were tried are not tried again.
    folders['videos_train'].append(archives['replaced'])
    report = run(recipe, [annotations], folders, tmp_path)
    assert lines(tmp_path / 'kinetics400_train_list_videos.txt')[1:] == [
        'air_drumming/-bbbbbbbbb2_000000_000010.mp4 0'
    ]
    assert lines(tmp_path / 'unreadable.txt') == []


def test_kinetics_for_pre_training_needs_no_validation_videos(kinetics400, tmp_path):
    recipe, archives, annotations = kinetics400
    run(recipe, [annotations], {'videos_train': [archives['train']]}, tmp_path, check=False)
    assert not (tmp_path / 'kinetics400_val_list_videos.txt').exists()
    # Nothing was tried, so the broken one is in the list.
    assert len(lines(tmp_path / 'kinetics400_train_list_videos.txt')) == 2


def test_kinetics_clips_may_be_named_by_youtube_alone(kinetics400, tmp_path):
    recipe, _, annotations = kinetics400
    write_video(tmp_path / 'clips/zumba/aaaaaaaaaa1.mp4')
    run(recipe, [annotations], {'videos_train': [tmp_path / 'clips']}, tmp_path / 'out')
    assert lines(tmp_path / 'out/kinetics400_train_list_videos.txt') == [
        'zumba/aaaaaaaaaa1_000010_000020.mp4 1'
    ]


def test_lists_are_read_by_our_dataset(diving48, tmp_path):
    recipe, videos, annotations = diving48
    run(recipe, [annotations], {'videos': [videos]}, tmp_path)
    dataset = TolerantVideoDataset(
        'diving48_train_list_videos.txt',
        pipeline=[
            dict(type='VideoInit'),
            dict(type='SampleFrames', clip_len=4, frame_interval=2, num_clips=1),
            dict(type='VideoDecode'),
        ],
        data_root=str(tmp_path),
        data_prefix=dict(video='videos'),
    )
    assert len(dataset) == 4 and dataset[3]['label'] == 1
    assert dataset[0]['imgs'][0].shape == (48, 64, 3)


@pytest.mark.parametrize(
    ('config', 'dataset'),
    [
        ('ucf101', 'ucf101'),
        ('hmdb51', 'hmdb51'),
        ('diving48', 'diving48'),
        ('sthv2', 'sthv2'),
        ('k400', 'kinetics400'),
    ],
)
def test_configs_name_these_lists_and_folders(config, dataset, request, tmp_path):
    path = ROOT / f'configs/_base_/datasets/{config}.py'
    recipe, _, annotations = request.getfixturevalue(dataset)
    folders = preparation.unpack([annotations], tmp_path)
    written = {split.list_name: split.folder for split in recipe.read(folders).splits}
    cfg = Config.fromfile(path)
    for part in (cfg.train_set, cfg.test_set):
        assert part.data_root.endswith(f'/{recipe.name}')
        assert written[part.ann_file] == part.data_prefix.video


def test_folders_unpacked_elsewhere_are_linked_to(ucf101, tmp_path):
    recipe, videos, annotations = ucf101
    shutil.unpack_archive(videos, tmp_path / 'mine')
    before = files(tmp_path / 'mine')
    out = tmp_path / 'out'
    run(recipe, [annotations], {'videos': [tmp_path / 'mine']}, out)
    link = out / 'videos/YoYo/v_YoYo_g01_c01.avi'
    assert link.readlink() == tmp_path / 'mine/UCF-101/YoYo/v_YoYo_g01_c01.avi'
    assert files(tmp_path / 'mine') == before


def test_a_folder_with_unpacked_archives_can_be_moved(ucf101, tmp_path):
    recipe, videos, annotations = ucf101
    run(recipe, [annotations], {'videos': [videos]}, tmp_path / 'before')
    (tmp_path / 'before').rename(tmp_path / 'after')
    assert (tmp_path / 'after/videos/YoYo/v_YoYo_g01_c01.avi').stat().st_size > 1000


def test_videos_that_are_in_place_stay_there(ucf101, tmp_path):
    recipe, videos, annotations = ucf101
    shutil.unpack_archive(videos, tmp_path)
    (tmp_path / 'UCF-101').rename(tmp_path / 'videos')
    before = files(tmp_path)
    # Given through a link as well: the originals are not overwritten with links to themselves.
    (tmp_path / 'link').symlink_to(tmp_path / 'videos')
    for given in ('videos', 'link'):
        run(recipe, [annotations], {'videos': [tmp_path / given]}, tmp_path)
        assert not any(path.is_symlink() for path in (tmp_path / 'videos').rglob('*'))
        assert {key: files(tmp_path)[key] for key in before} == before
        assert len(lines(tmp_path / 'ucf101_train_split_2_videos.txt')) == 6


def test_originals_are_not_replaced_by_resized_copies(ucf101, tmp_path):
    recipe, videos, annotations = ucf101
    run(recipe, [annotations], {'videos': [videos]}, tmp_path)
    with pytest.raises(FileExistsError, match='resize=None, and this command says 32'):
        run(recipe, [annotations], {'videos': [tmp_path / 'videos']}, tmp_path, size=32)


def test_resizing_does_not_mix_with_videos_that_are_there(ucf101, tmp_path):
    recipe, videos, annotations = ucf101
    write_video(tmp_path / 'videos/own.mp4')
    with pytest.raises(FileExistsError, match='holds videos of another origin'):
        run(recipe, [annotations], {'videos': [videos]}, tmp_path, size=32)


def test_interrupted_checks_go_on_where_they_stopped(diving48, tmp_path, monkeypatch):
    recipe, videos, annotations = diving48
    tried = []

    def check_until_stopped(path):
        if len(tried) == 3:
            raise KeyboardInterrupt
        tried.append(path.name)
        return original(path)

    original = checking.check_video
    monkeypatch.setattr(checking, 'check_video', check_until_stopped)
    with pytest.raises(KeyboardInterrupt):
        run(recipe, [annotations], {'videos': [videos]}, tmp_path)
    assert not list(tmp_path.glob('*_videos.txt')) and not (tmp_path / 'report.json').exists()
    journal = tmp_path / 'checks.jsonl'
    known = [json.loads(line)['path'] for line in lines(journal) if line]
    assert 0 < len(known) <= 3
    # The machine went down while a line was being written.
    journal.write_text(journal.read_text() + '{"path": "videos/x.mp4", "byt')

    again = []
    monkeypatch.setattr(
        checking, 'check_video', lambda path: (again.append(path.name), original(path))[1]
    )
    run(recipe, [annotations], {'videos': [videos]}, tmp_path)
    assert sorted([*(name.split('/')[1] for name in known), *again]) == [
        f'_8Vy3dlHg2w_{i:05}.mp4' for i in range(6)
    ]
    again.clear()
    first = files(tmp_path)
    run(recipe, [annotations], {'videos': [videos]}, tmp_path)
    assert not again and files(tmp_path) == first


def test_a_new_run_takes_the_report_away_until_it_is_done(diving48, tmp_path, monkeypatch):
    recipe, videos, annotations = diving48
    run(recipe, [annotations], {'videos': [videos]}, tmp_path)
    monkeypatch.setattr(prepare_module, 'check_videos', lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(recipe, [annotations], {'videos': [videos]}, tmp_path)
    assert not (tmp_path / 'report.json').exists()


def test_wrong_archives_are_refused(ucf101, diving48, tmp_path):
    recipe, _, annotations = ucf101
    with pytest.raises(FileNotFoundError, match=r'none of the 9 videos of UCF101 .* archive'):
        run(recipe, [annotations], {'videos': [diving48[1]]}, tmp_path / 'a')
    with pytest.raises(FileNotFoundError, match=r'no\.zip does not exist'):
        run(recipe, [annotations], {'videos': [tmp_path / 'no.zip']}, tmp_path / 'b')
    with pytest.raises(FileNotFoundError, match=r'classInd\.txt is not in'):
        run(recipe, [diving48[2]], {'videos': [ucf101[1]]}, tmp_path / 'c')


def test_wrong_annotations_do_not_claim_the_folder(ucf101, diving48, tmp_path):
    recipe, videos, _ = ucf101
    with pytest.raises(FileNotFoundError, match=r'classInd\.txt'):
        run(recipe, [diving48[2]], {'videos': [videos]}, tmp_path / 'out', size=32)
    assert not (tmp_path / 'out' / 'prepare.json').exists()
    recipe, videos, annotations = diving48
    run(recipe, [annotations], {'videos': [videos]}, tmp_path / 'out')


def test_another_dataset_in_the_folder_is_refused(ucf101, diving48, tmp_path):
    run(diving48[0], [diving48[2]], {'videos': [diving48[1]]}, tmp_path)
    with pytest.raises(FileExistsError, match=r"dataset='diving48', and .* 'ucf101'"):
        run(ucf101[0], [ucf101[2]], {'videos': [ucf101[1]]}, tmp_path)


@pytest.mark.parametrize('dataset', ['ucf101', 'hmdb51', 'diving48', 'sthv2', 'kinetics400'])
def test_tools_say_where_to_get_what(dataset, capsys):
    path = ROOT / 'tools/data' / dataset / 'prepare.py'
    spec = importlib.util.spec_from_file_location(dataset, path)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    recipe = getattr(preparation, dataset.upper())
    with pytest.raises(SystemExit) as stopped:
        command.main(recipe, tool.__doc__, ['--help'])
    text = capsys.readouterr().out
    assert stopped.value.code == 0
    assert 'nothing is downloaded here' in ' '.join(text.split()).lower() and 'Cite' in text


def test_command_line(kinetics400, ucf101, tmp_path, capsys):
    recipe, archives, annotations = kinetics400
    options = ['--annotations', str(annotations), '--out', str(tmp_path / 'k'), '--workers', '1']
    # Missing videos are what Kinetics is like ...
    train = ['--train-videos', str(archives['train']), str(archives['replaced'])]
    assert command.main(recipe, '', [*options, *train]) == 0
    text = capsys.readouterr().out
    assert 'kinetics400_train_list_videos.txt: 2 of 3 videos, 2 of 2 classes; 2 to 2 s' in text
    assert f'1 videos missing, left out of the lists: see {tmp_path / "k/missing.txt"}' in text
    # ... and a fault elsewhere: here, too few of them.
    recipe, videos, annotations = ucf101
    options = ['--annotations', str(annotations), '--out', str(tmp_path / 'u'), '--workers', '1']
    assert command.main(recipe, '', [*options, '--videos', str(videos)]) == 1
    assert '6 of 6 videos (the official number is 9537)' in capsys.readouterr().out
    assert command.main(recipe, '', [*options, '--videos', 'no.zip']) == 2
    assert 'error: no.zip does not exist' in capsys.readouterr().err


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        ([], 'give --train-videos or --val-videos'),
        (['--train-videos', 'x', '--workers', '0'], '--workers 0'),
        (['--train-videos', 'x', '--resize', '255'], "'255': give even numbers"),
        (['--train-videos', 'x', '--resize', 'small'], "'small': give the short side"),
        (['--train-videos', 'x', '--codec', 'mjpeg'], '--codec mjpeg is for copies: give --resize'),
        (['--train-videos', 'x', '--resize', '32', '--codec', 'av1'], "'av1'"),
        (['--train-videos', 'x', '--shard', '3/2'], "'3/2': give a number from 1 on"),
        (['--train-videos', 'x', '--shard', '0/2'], "'0/2': give a number from 1 on"),
        (['--train-videos', 'x', '--shard', '1'], "'1': give a number from 1 on"),
        (['--train-videos', 'x', '--shard', '1/2', '--merge'], 'not allowed with argument'),
    ],
)
def test_command_line_errors(options, message, capsys):
    with pytest.raises(SystemExit) as stopped:
        command.main(preparation.KINETICS400, '', ['--annotations', 'x', *options])
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err
