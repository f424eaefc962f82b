from types import SimpleNamespace

import pytest

from mmdebias.bias.score_order import check_models, score_columns


def model(*classes, probed=False, scores=3):
    return SimpleNamespace(
        name='net', classes=classes or None, probed=probed, check=lambda videos, train: scores
    )


def test_scores_are_brought_into_the_order_of_the_labels():
    assert score_columns(model('Run', 'stand still', 'jump'), ['jump', 'run']) == [2, 0, 1]
    assert score_columns(model('Run', 'stand still', 'jump'), ['stand_still']) == [1, 0, 2]
    assert score_columns(model(), ['b', 'a'], classes=['a', 'b']) == [1, 0]


def test_numbers_and_linear_layers_need_no_order():
    assert score_columns(model('a', 'b'), None) is None
    assert score_columns(model(probed=True), ['a', 'b']) is None


@pytest.mark.parametrize(
    ('names', 'classes', 'message'),
    [
        (['a'], None, "labels are names, such as 'a', and the scores of net have none"),
        (['a', 'c'], ['a', 'b'], r"net has no class 'c' \(1 of 2 names are none of its 2 classes"),
        (['0', '1', 'x'], None, "labels are names, such as 'x', and the scores"),
        (['0', 'x'], ['a', 'b'], r"net has no class 'x' \(2 of 2 names are none"),
        (['a b', 'a_b'], ['a b', 'b'], 'two of the names a b, a_b are the same class of net'),
    ],
)
def test_names_that_are_no_classes_are_named(names, classes, message):
    with pytest.raises(ValueError, match=message):
        score_columns(model(), names, classes)


def test_each_score_has_a_name():
    assert check_models([model()], [], [], ['b'], ['a', 'b', 'c']) == {'net': [1, 0, 2]}
    with pytest.raises(ValueError, match='net returns scores of 3 classes, and 2 names are given'):
        check_models([model()], [], [], ['b'], ['a', 'b'])
