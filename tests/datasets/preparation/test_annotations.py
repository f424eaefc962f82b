"""Split files that are not what they should be are named, with the line."""

import json
import shutil

import pytest

from mmdebias.datasets import preparation


def copied(annotations, tmp_path):
    """An editable copy of a miniature's split files."""
    if annotations.is_dir():
        shutil.copytree(annotations, tmp_path / 'copy')
    else:
        shutil.unpack_archive(annotations, tmp_path / 'copy')
    return tmp_path / 'copy'


def test_samples_have_names_labels_and_keys(ucf101, tmp_path):
    recipe, _, annotations = ucf101
    found = recipe.read([copied(annotations, tmp_path)])
    sample = found.splits[1].samples[1]
    assert found.splits[1].list_name == 'ucf101_val_split_1_videos.txt'
    assert sample.name == 'HandstandPushups/v_HandStandPushups_g01_c01'
    assert sample.label == 1 and sample.keys == ('v_handstandpushups_g01_c01',)


def test_official_numbers_of_ucf101_add_up(ucf101, tmp_path):
    recipe, _, annotations = ucf101
    splits = recipe.read([copied(annotations, tmp_path)]).splits
    for train, test in zip(splits[::2], splits[1::2]):
        assert train.official + test.official == 13320


def test_the_number_of_classes_is_checked(ucf101, hmdb51, tmp_path):
    with pytest.raises(ValueError, match=r'classInd\.txt has 3 classes, and the dataset 101'):
        preparation.read_ucf101([copied(ucf101[2], tmp_path / 'u')])
    with pytest.raises(ValueError, match='has 2 classes, and the dataset 51'):
        preparation.read_hmdb51([copied(hmdb51[2], tmp_path / 'h')])


def test_ucf101_errors_name_the_line(ucf101, tmp_path):
    recipe, _, annotations = ucf101
    folder = copied(annotations, tmp_path)
    split = folder / 'ucfTrainTestlist/testlist02.txt'
    split.write_text('YoYo/v_YoYo_g01_c01.avi\nYodel/v_Yodel_g01_c01.avi\n')
    with pytest.raises(ValueError, match=r"testlist02\.txt, line 2: 'Yodel' is none of the 3"):
        recipe.read([folder])
    split.unlink()
    with pytest.raises(FileNotFoundError, match=r'testlist02\.txt is not in .* --annotations'):
        recipe.read([folder])


def test_hmdb51_errors_name_the_line(hmdb51, tmp_path):
    recipe, _, annotations = hmdb51
    folder = copied(annotations, tmp_path)
    split = folder / 'testTrainMulti_7030_splits/wave_test_split3.txt'
    split.write_text('clip.avi 1\nclip2.avi 4\n')
    with pytest.raises(ValueError, match=r'wave_test_split3\.txt, line 2: .* end in 0, 1 or 2'):
        recipe.read([folder])


def test_diving48_errors_name_the_entry(diving48, tmp_path):
    recipe, _, annotations = diving48
    folder = copied(annotations, tmp_path)
    train = folder / 'Diving48_V2_train.json'
    train.write_text(json.dumps([{'vid_name': 'a', 'label': 2}]))
    with pytest.raises(ValueError, match=r'train\.json, entry 1: .* a label from 0 to 1'):
        recipe.read([folder])
    train.write_text('[{"vid_name": ')
    with pytest.raises(ValueError, match=r'train\.json is not JSON'):
        recipe.read([folder])


def test_sthv2_files_of_older_downloads_are_known(sthv2, tmp_path):
    recipe, _, annotations = sthv2
    folder = copied(annotations, tmp_path) / 'labels'
    expected = recipe.read([folder])
    for name in ('labels', 'train', 'validation'):
        (folder / f'{name}.json').rename(folder / f'something-something-v2-{name}.json')
    assert recipe.read([folder]) == expected


def test_sthv2_errors_name_the_entry(sthv2, tmp_path):
    recipe, _, annotations = sthv2
    folder = copied(annotations, tmp_path)
    (folder / 'labels/train.json').write_text('[{"id": "1", "template": "Eating [something]"}]')
    with pytest.raises(ValueError, match=r"train\.json, entry 1: 'Eating something' is none"):
        recipe.read([folder])


def test_kinetics_errors_name_the_file(kinetics400, tmp_path):
    recipe, _, annotations = kinetics400
    folder = copied(annotations, tmp_path)
    path = folder / 'kinetics400/validate.csv'
    path.write_text('zumba,aaaaaaaaaa1,10,20\n')
    with pytest.raises(ValueError, match=r'validate\.csv lacks a column'):
        recipe.read([folder])
    path.write_text('label,youtube_id,time_start,time_end\nzumba,aaaaaaaaaa1,ten,20\n')
    with pytest.raises(ValueError, match=r'validate\.csv, line 2: times are not numbers'):
        recipe.read([folder])


def test_kinetics_classes_are_numbered_as_by_mmaction2(kinetics400, tmp_path):
    folder = copied(kinetics400[2], tmp_path)
    with (folder / 'kinetics400/train.csv').open('a') as file:
        # A space sorts before letters, an underscore behind capitals: the order could differ.
        file.write('"air drummingA",fffffffffff,1.0,11.0,train,0\n')
    found = preparation.read_kinetics400([folder], classes=3)
    assert found.classes == ('air_drumming', 'air_drummingA', 'zumba')
    assert found.splits[0].samples[-1].name == 'air_drummingA/fffffffffff_000001_000011'
