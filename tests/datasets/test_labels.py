"""Labels of lists that are none of a model's classes, or missing."""

import pytest
from mmaction.registry import DATASETS

from mmdebias.datasets.labels import check_labels


def read(folder, text, kind='TolerantVideoDataset', **more):
    (folder / 'list.txt').write_text(text)
    (folder / 'a b.mp4').touch()
    return DATASETS.build(
        dict(type=kind, ann_file=str(folder / 'list.txt'), pipeline=[], **more)
        | (dict(data_root=str(folder)) if kind == 'TolerantVideoDataset' else {})
    )


def test_labels_that_are_classes_are_let_pass(tmp_path):
    check_labels(read(tmp_path, 'a b.mp4 0\n\na b.mp4 7\n'), 8)
    check_labels(read(tmp_path, 'a b.mp4 0\n\na b.mp4 7\n'))
    check_labels([0, 1], 8)  # no list


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
