from collections import Counter

import pytest

from mmdebias.bias.video_list import (
    check_classes,
    read_scenes,
    read_video_list,
    some_videos,
)


@pytest.fixture
def folder(tmp_path):
    """Videos ``a b.mp4``, ``c.mp4`` and ``d.mp4``, empty."""
    for name in ('a b.mp4', 'c.mp4', 'd.mp4'):
        (tmp_path / name).touch()
    return tmp_path


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_paths_may_have_spaces_and_lines_may_be_empty(folder):
    file = write(folder / 'list.txt', 'a b.mp4 0\n\nc.mp4 12\n')
    assert read_video_list(file) == [('a b.mp4', 0), ('c.mp4', 12)]


def test_the_root_can_be_elsewhere(folder):
    file = write(folder / 'lists' / 'list.txt', 'c.mp4 1\n')
    assert read_video_list(file, folder) == [('c.mp4', 1)]
    with pytest.raises(FileNotFoundError, match=r'1 of 1 videos .*lists/c\.mp4'):
        read_video_list(file)


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('', 'lists no videos'),
        ('c.mp4 0\nd.mp4\n', r"line 2: 'd\.mp4' is not"),
        ('c.mp4 zero\n', 'line 1'),
        ('c.mp4 0\nc.mp4 1\n', r'1 videos more than once, such as c\.mp4'),
    ],
)
def test_malformed_lists_are_errors(folder, text, message):
    with pytest.raises(ValueError, match=message):
        read_video_list(write(folder / 'list.txt', text))


def test_a_list_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match='there is no list'):
        read_video_list(tmp_path / 'list.txt')


@pytest.mark.parametrize(
    ('labels', 'classes', 'message'),
    [
        ((0, 0, 0), None, 'are of class 0'),
        (
            (0, 0, 8, 8),
            8,
            'has 8 classes, .* labels up to 8, the first beyond them is 8 of .*count from 0',
        ),
    ],
)
def test_classes_that_cannot_be_measured_are_errors(labels, classes, message):
    with pytest.raises(ValueError, match=message):
        check_classes([(f'{i}.mp4', label) for i, label in enumerate(labels)], classes, 'it')


def test_some_videos_are_spread_evenly_over_classes():
    videos = [(f'{i}.mp4', min(i // 10, 2)) for i in range(60)]  # 10, 10 and 40 of a class
    chosen = some_videos(videos, 13, seed=0)
    assert sorted(Counter(label for _, label in chosen).values()) == [4, 4, 5]
    assert chosen == [video for video in videos if video in chosen]
    assert chosen != some_videos(videos, 13, seed=1)
    assert some_videos(videos, 100) == videos


def test_one_video_of_a_class_is_enough():
    check_classes([('a.mp4', 0), ('b.mp4', 1), ('c.mp4', 2)], of='it')


def test_fewer_videos_than_classes_are_each_of_another():
    videos = [(f'{i}.mp4', i // 3) for i in range(60)]  # three of each of 20 classes
    chosen = [some_videos(videos, 8, seed) for seed in range(3)]
    assert all(len({label for _, label in some}) == len(some) == 8 for some in chosen)
    assert len({tuple(some) for some in chosen}) == 3


def test_one_video_alone_has_no_other_class_to_be_put_behind():
    with pytest.raises(ValueError, match=r'1 videos are of one class at most.*take 2 or more'):
        some_videos([('a', 0), ('b', 0), ('c', 1), ('d', 1)], 1)


def test_scenes_are_those_beside_the_lists(folder):
    file = write(folder / 'scene_labels' / 'test.txt', 'c.mp4 3\n')
    other = write(folder / 'scenes.txt', 'd.mp4 1\n')
    assert read_scenes([file, other]) == {
        (folder / 'c.mp4').resolve(): 3,
        (folder / 'd.mp4').resolve(): 1,
    }
