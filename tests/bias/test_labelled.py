"""Videos as people have them."""

from pathlib import Path

import pytest

from mmdebias.bias.labelled import class_names, number_scenes, numbered, read_labelled


@pytest.fixture
def folder(tmp_path):
    """Four files in two folders."""
    for name in ('run/1.mp4', 'run/2.MP4', 'jump high/1.avi', 'jump high/deep/2.webm'):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / 'run' / 'notes.txt').touch()
    (tmp_path / '.hidden').mkdir()
    return tmp_path


def test_a_folder_a_class(folder):
    found = read_labelled(folder)
    assert dict(zip(found.paths, found.labels)) == {
        'jump high/1.avi': 'jump high',
        'jump high/deep/2.webm': 'jump high',
        'run/1.mp4': 'run',
        'run/2.MP4': 'run',
    }
    assert class_names([found]) == ('jump high', 'run')
    assert [label for _, label in numbered(found, class_names([found]))] == [0, 0, 1, 1]
    with pytest.raises(ValueError, match='has no videos in folders, one a class'):
        read_labelled(folder / 'run')


def test_a_csv_with_names_and_scenes(folder):
    (folder / 'list.csv').write_text(
        'path, label, scene\nrun/1.mp4, run, park\n"jump high/1.avi",jump high,\n'
    )
    found = read_labelled(folder / 'list.csv')
    assert found.labels == ('run', 'jump high')
    assert found.scenes == {folder / 'run/1.mp4': 'park'}
    assert number_scenes(found.scenes) == {folder / 'run/1.mp4': 0}


def test_a_csv_with_numbers(folder):
    (folder / 'list.csv').write_text('label,path,other\n1,1.mp4,x\n0,2.MP4,y\n')
    found = read_labelled(folder / 'list.csv', root=folder / 'run')
    assert found.labels == (1, 0) and class_names([found]) is None
    assert numbered(found, None) == [('1.mp4', 1), ('2.MP4', 0)]


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('run/1.mp4,run\n', r"has the columns \['run/1.mp4', 'run'\], without path and label"),
        ('path,label\nrun/1.mp4,\n', 'line 2: path or label is empty'),
        ('path,label\n', 'lists no videos'),
        ('path,label\nrun/1.mp4,a\nrun/1.mp4,a\n', 'lists 1 videos more than once'),
        (
            'path,label\nrun/1.mp4,a\nrun/../run/1.mp4,b\n',
            'more than once, such as run/../run/1.mp4 and run/1.mp4: intervals',
        ),
        ('path,label\nrun/1.mp4,0\nrun/2.MP4,-1\n', 'line 3: the label is -1, and classes are'),
        ('path,label\nrun/1.mp4,0.0\nrun/2.MP4,1.0\n', 'line 2: the label is 0.0, and classes'),
    ],
)
def test_a_csv_that_is_none_is_named(folder, text, message):
    (folder / 'list.csv').write_text(text)
    with pytest.raises(ValueError, match=message):
        read_labelled(folder / 'list.csv')


def test_paths_of_a_program_are_relative_to_what_they_share(folder):
    paths = [folder / 'run/1.mp4', str(folder / 'jump high/1.avi')]
    found = read_labelled(paths, [1, 0])
    assert found.root == folder and found.paths == ('run/1.mp4', 'jump high/1.avi')
    assert read_labelled(['1.mp4'], ['run'], folder / 'run').paths == ('1.mp4',)
    assert read_labelled(iter(paths), iter([1, 0])) == found


@pytest.mark.parametrize(
    ('labels', 'error', 'message'),
    [
        (None, ValueError, 'videos are paths, whose classes are not known: give labels'),
        ([0], ValueError, 'videos are 2 and labels 1'),
        ('ab', TypeError, "labels='ab' must be a list"),
        ([0.5, 1], TypeError, r'labels has 0\.5 for .*1\.mp4: give numbers of classes'),
        ([0, -1], ValueError, 'labels has -1 for .*2.MP4'),
    ],
)
def test_labels_that_are_none_are_named(folder, labels, error, message):
    with pytest.raises(error, match=message):
        read_labelled([folder / 'run/1.mp4', folder / 'run/2.MP4'], labels)


def test_names_and_numbers_do_not_mix(folder):
    one = read_labelled([folder / 'run/1.mp4', folder / 'run/2.MP4'], ['run', 3])
    with pytest.raises(ValueError, match=r"names \('run' of 1.mp4 .* and numbers \(3 of 2.MP4"):
        class_names([one])


def test_a_list_has_its_labels_itself(folder):
    Path(folder / 'list.txt').write_text('run/1.mp4 0\n')
    with pytest.raises(TypeError, match='has its labels itself'):
        read_labelled(folder / 'list.txt', [0])
    with pytest.raises(FileNotFoundError, match='there is no CSV'):
        read_labelled(folder / 'no.csv')


def test_lists_in_another_encoding_are_named(folder):
    for name, text in (('list.csv', 'path,label\nrun/é.mp4,a\n'), ('list.txt', 'run/é.mp4 0\n')):
        (folder / name).write_bytes(text.encode('latin1'))
        with pytest.raises(ValueError, match=rf'{name} is no text in UTF-8 \(byte \d+ is 0xe9\): '):
            read_labelled(folder / name)
    (folder / 'list.csv').write_text('path,label\nrun/1.mp4,a\n', encoding='utf-8-sig')
    assert read_labelled(folder / 'list.csv').labels == ('a',)


def test_videos_need_labels(folder):
    with pytest.raises(ValueError, match=r'1\.mp4 is a video, .*; in a program train_labels with'):
        read_labelled(folder / 'run/1.mp4', argument='train')


def test_what_made_names_of_numbers_is_told(folder):
    (folder / 'list.csv').write_text('path,label\nrun/1.mp4,0\nrun/2.MP4,run\n')
    (folder / 'list.txt').write_text('run/1.mp4 0\n')
    sets = [read_labelled(folder / name) for name in ('list.csv', 'list.txt')]
    with pytest.raises(
        ValueError, match=r"labels are names \('run' of run/2.MP4 in .* and numbers"
    ):
        class_names(sets)


def test_what_is_no_path_is_named():
    with pytest.raises(TypeError, match='videos has None: give the paths of videos'):
        read_labelled([None, 'a.mp4'], [0, 1])
