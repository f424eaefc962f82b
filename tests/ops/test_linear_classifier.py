import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy.optimize import minimize

from mmdebias.ops import fit_linear_classifier


def some_features(count=60, width=5, classes=3):
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(count) % classes
    centres = torch.randn(classes, width, generator=generator)
    return centres[labels] + torch.randn(count, width, generator=generator), labels


def test_it_finds_the_minimum_that_scipy_finds():
    features, labels = some_features()
    rows = F.normalize(features.double(), dim=1).numpy()

    def loss(parameters):
        parameters = parameters.reshape(3, 6)
        scores = rows @ parameters[:, :5].T + parameters[:, 5]
        logs = np.log(np.exp(scores).sum(1)) - scores[np.arange(60), labels]
        return logs.mean() + 0.05 * (parameters[:, :5] ** 2).sum()

    best = minimize(loss, np.zeros(18), options=dict(gtol=1e-8)).x.reshape(3, 6)
    weights, biases = fit_linear_classifier(features, labels, 3, weight_decay=0.1)

    np.testing.assert_allclose(weights, best[:, :5], atol=1e-4)
    np.testing.assert_allclose(biases, best[:, 5] - best[:, 5].mean(), atol=1e-4)


def test_separable_classes_are_separated():
    labels = torch.arange(40) % 4
    weights, biases = fit_linear_classifier(3 * F.one_hot(labels).float(), labels, 4)
    scores = F.linear(torch.eye(4), weights, biases)
    assert scores.argmax(1).tolist() == [0, 1, 2, 3]


def test_the_scale_of_features_does_not_matter():
    features, labels = some_features()
    weights, _ = fit_linear_classifier(features, labels, 3)
    torch.testing.assert_close(fit_linear_classifier(100 * features, labels, 3)[0], weights)


def test_a_class_without_samples_is_never_likely():
    features, labels = some_features()
    weights, biases = fit_linear_classifier(features, labels, 4)
    scores = F.linear(F.normalize(features, dim=1), weights, biases)
    assert not (scores.argmax(1) == 3).any()


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(labels=torch.arange(5)), r'labels \[5\]'),
        (dict(labels=torch.full((60,), 3)), 'num_classes=3 is too small'),
        (dict(labels=torch.full((60,), -1)), 'labels are missing'),
        (dict(features=torch.full((60, 5), torch.nan)), 'not finite in 60 rows'),
        (dict(weight_decay=0), 'weight_decay=0 must be above 0'),
    ],
)
def test_bad_input_is_named(change, message):
    features, labels = some_features()
    arguments = dict(features=features, labels=labels, num_classes=3) | change
    with pytest.raises(ValueError, match=message):
        fit_linear_classifier(**arguments)
