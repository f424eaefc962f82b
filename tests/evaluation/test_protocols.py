"""Options for one of the protocols of a table."""

import pytest

from mmdebias.evaluation.protocols import check_protocols


@pytest.mark.parametrize(
    ('protocols', 'options', 'says'),
    [
        (['knn', 'lineer'], [], "^--protocols lineer: 'lineer' is no protocol; 'linear' is meant"),
        (['knn'], ['finetunee:a.b=1'], "^--cfg-options finetunee:a.b=1: .*; 'finetune' is meant"),
        (['svm'], [], "'svm' is no protocol; there are finetune, finetune_be, "),
    ],
)
def test_a_misspelt_protocol_is_named_with_the_nearest(protocols, options, says):
    with pytest.raises(ValueError, match=says):
        check_protocols(protocols, options)


def test_an_option_for_another_protocol_changes_nothing_and_that_is_said():
    options = ['a.b=1', 'knn:a.b=2', 'a.path=c:d', 'linear:a.b=3']
    (line,) = check_protocols(['knn'], options)
    assert line == '--cfg-options linear:a.b=3 changes nothing: --protocols are knn'
