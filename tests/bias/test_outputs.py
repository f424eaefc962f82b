from types import SimpleNamespace

import numpy as np
import pytest
import torch

from mmdebias.bias.outputs import class_probabilities, read_outputs


def test_tensors_dicts_and_objects_are_read():
    scores = torch.rand(2, 5)
    for found in (
        scores,
        scores.numpy(),
        dict(scores=scores),
        dict(logits=scores),
        SimpleNamespace(logits=scores),
    ):
        outputs = read_outputs(found, 'scores', 2, 'net')
        assert torch.equal(outputs.scores, scores) and outputs.features is None
    both = read_outputs(dict(scores=scores, features=torch.rand(2, 7)), 'scores', 2, 'net')
    assert both.features.shape == (2, 7)


@pytest.mark.parametrize('shape', [(2, 7), (2, 9, 7), (2, 7, 1, 3, 3)])
def test_vectors_tokens_and_maps_are_features(shape):
    assert read_outputs(torch.rand(shape), 'features', 2, 'net').features.shape == (2, 7)


def test_half_precision_is_read():
    assert read_outputs(torch.rand(2, 3).half(), 'scores', 2, 'net').scores.dtype == torch.float32


@pytest.mark.parametrize(
    ('found', 'kind', 'message'),
    [
        (torch.zeros(2), 'features', r'net returns features of shape \[2\]'),
        (torch.zeros(3, 4), 'features', 'features of 3 clips, and was given 2'),
        ('text', 'scores', 'net returns str, which has no scores'),
    ],
)
def test_what_is_no_output_is_named(found, kind, message):
    with pytest.raises(ValueError, match=message):
        read_outputs(found, kind, 2, 'net')


def test_clips_are_averaged_as_probabilities():
    # One clip is sure, two lean the other way: neither the vote nor the last clip decides.
    logits = torch.tensor([[[9.0, 0], [0, 1], [0, 1]]])
    expected = logits.softmax(2)
    np.testing.assert_allclose(class_probabilities(logits), expected.mean(1))
    assert class_probabilities(logits)[0, 0] > 0.5
    # Probabilities are known by their sum, and left as they are.
    np.testing.assert_allclose(class_probabilities(expected), expected.mean(1))


def test_what_are_no_numbers_is_named():
    with pytest.raises(ValueError, match=r'net returns scores that are no numbers: .*str'):
        read_outputs(np.array([['a', 'b']]), 'scores', 1, 'net')
