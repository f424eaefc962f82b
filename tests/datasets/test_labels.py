"""Labels of lists that are none of a model's classes, or missing."""

import pytest
from mmaction.registry import DATASETS

from mmdebias.datasets.labels import Labels, check_labels, label_doubts


def read(folder, text, kind='TolerantVideoDataset', **more):
    (folder / 'list.txt').write_text(text)
    (folder / 'a b.mp4').touch()
    return DATASETS.build(
        dict(type=kind, ann_file=str(folder / 'list.txt'), pipeline=[], **more)
        | (dict(data_root=str(folder)) if kind == 'TolerantVideoDataset' else {})
    )


def test_labels_that_are_classes_are_let_pass(tmp_path):
    found = check_labels(read(tmp_path, 'a b.mp4 0\n\na b.mp4 7\n'), 8)
    assert found == Labels(str(tmp_path / 'list.txt'), frozenset({0, 7}))
    check_labels(read(tmp_path, 'a b.mp4 0\n\na b.mp4 7\n'))
    assert check_labels([0, 1], 8) is None  # no list


@pytest.mark.parametrize(
    ('text', 'says'),
    [
        # Not the first line, and there is an empty one.
        (
            'a b.mp4 0\n\na b.mp4 9\n',
            r"list\.txt, line 3: 'a b\.mp4 9' has label 9, and the classes of the model are 0 to 7 "
            r'\(model\.cls_head\.num_classes=8\)\. Correct .* to 10 or more',
        ),
        ('a b.mp4 1\na b.mp4 8\n', r"line 2: 'a b\.mp4 8' has label 8.*count from 1: take 1 from"),
        ('\na b.mp4\n', r"list\.txt, line 2: 'a b\.mp4' has no label: write .* 0 to 7\."),
    ],
)
def test_others_are_named_with_list_line_and_remedy(tmp_path, text, says):
    with pytest.raises(ValueError, match=says):
        check_labels(read(tmp_path, text), 8)


@pytest.mark.parametrize(('text', 'says'), [('a 0\nb 8\n', 'line 2.*label 8'), ('a\n', 'no label')])
def test_mmaction2s_data_sets_are_looked_at_too(tmp_path, text, says):
    with pytest.raises(ValueError, match=says):
        check_labels(read(tmp_path, text, 'VideoDataset'), 8)


def test_each_label_of_a_video_counts(tmp_path):
    several = dict(multi_class=True, num_classes=9)
    check_labels(read(tmp_path, 'a 0 7\n', 'VideoDataset', **several), 8)
    with pytest.raises(ValueError, match='has label 8'):
        check_labels(read(tmp_path, 'a 0 8\n', 'VideoDataset', **several), 8)


def lists(**found):
    return [Labels(f'{name}.txt', frozenset(labels)) for name, labels in found.items()]


def test_labels_that_all_are_there_leave_no_doubt():
    every = range(8)
    assert not label_doubts(lists(train=every), lists(val=every, few=[0, 7]), 8)
    assert not label_doubts([], lists(test=every), 8)
    assert not label_doubts([], lists(part=[0, 7]), 8)
    assert not label_doubts([], lists(part=[1, 6]), 8)  # no sign of counting from 1


@pytest.mark.parametrize(
    ('labels', 'says'),
    [
        (range(1, 8), 'no video has the class 0 of the 8 classes of the model'),
        ([1, 2, 3, 5, 7], 'no video has the classes 0, 4, 6 of the 8'),
        ([0, 3], 'no video has the classes 1, 2, 4, 5, 6, 7 of the 8'),
    ],
)
def test_classes_without_a_video_to_train_on_are_named(labels, says):
    (line,) = label_doubts(lists(train=labels), lists(val=labels), 8)
    assert line.startswith(f'train.txt: {says}')
    assert ('No label is 0 and the largest is 7: if they count from 1' in line) == (0 not in labels)


def test_many_classes_are_counted():
    (line,) = label_doubts(lists(train=[0]), [], 101)
    assert 'the classes 1, 2, 3, 4, 5, 6, 7, 8 and 92 more of the 101' in line


def test_lists_that_are_trained_on_together_are_one():
    assert not label_doubts(lists(one=range(4), two=range(4, 8)), [], 8)


def test_tested_classes_that_nothing_learns_are_named():
    found = label_doubts(lists(train=[0, 1, 2]), lists(val=[0, 1, 2], test=[1, 2, 3]), 4)
    assert found[1:] == [
        'test.txt: its videos have the class 3, of which no video is in the training list: nothing '
        'is learnt of that.'
    ]


def test_a_test_alone_tells_by_the_first_and_the_last():
    (line,) = label_doubts([], lists(test=range(1, 8)), 8)
    assert line.startswith('test.txt: No label is 0 and the largest is 7')
