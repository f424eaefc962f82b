import numpy as np
import pytest

from mmdebias.analysis import correlate, per_class_accuracy, relative_gain


def test_accuracy_of_each_class():
    labels = np.array([0, 0, 0, 1, 3, 3])
    predicted = np.array([0, 0, 1, 0, 3, 3])
    accuracy = per_class_accuracy(predicted, labels, 4)
    np.testing.assert_allclose(accuracy, [2 / 3, 0, np.nan, 1])


def test_gain_is_relative_and_not_defined_from_nothing():
    gain = relative_gain([0.75, 0.2, 0.5, 0.0, np.nan], [0.5, 0.4, 0.0, 0.0, 0.5])
    np.testing.assert_allclose(gain, [0.5, -0.5, np.nan, np.nan, np.nan])


def test_correlation_against_numpy_and_a_permutation_test():
    rng = np.random.default_rng(0)
    static = rng.uniform(size=40)
    gain = -0.6 * static + 0.3 * rng.normal(size=40)
    found = correlate(np.append(gain, np.nan), np.append(static, 0.5))
    assert found.classes == 40
    assert found.rho == pytest.approx(np.corrcoef(gain, static)[0, 1])
    shuffled = [np.corrcoef(rng.permutation(gain), static)[0, 1] for _ in range(4000)]
    by_chance = (np.abs(shuffled) >= abs(found.rho)).mean()
    assert found.p_value == pytest.approx(by_chance, abs=0.02)


def test_a_third_correlation_by_chance_has_a_p_value_of_that_size():
    found = correlate([0.0, 1.0, 0.2, 0.9, 0.4], [0.0, 0.1, 0.2, 0.3, 0.4])
    assert 0.3 < found.p_value < 0.9
    assert str(found).startswith('ρ = 0.') and '5 classes' in str(found)


@pytest.mark.parametrize(
    ('gain', 'static', 'classes'),
    [
        ([0.5], [0.1], 1),
        ([0.5, 0.2], [0.1, 0.2], 2),
        ([0.5, 0.2, np.nan], [0.1, 0.2, 0.3], 2),
        ([0.5, 0.2, 0.3], [0.1, 0.1, 0.1], 3),
        ([0.5, 0.5, 0.5], [0.1, 0.2, 0.3], 3),
        ([], [], 0),
    ],
)
def test_too_few_or_equal_classes_have_no_correlation(gain, static, classes):
    found = correlate(gain, static)
    assert np.isnan(found.rho) and np.isnan(found.p_value) and found.classes == classes
    assert str(found) == f'no correlation defined, {classes} class(es)'


@pytest.mark.parametrize(
    ('call', 'says'),
    [
        (lambda: per_class_accuracy([0, 1], [0], 2), r'must both be \[N\]'),
        (lambda: per_class_accuracy([0, 1], [0, 2], 2), r'labels from 0 to 2 .* \[0, 2\)'),
        (lambda: relative_gain([0.5], [0.5, 0.1]), 'differ in shape'),
    ],
)
def test_wrong_input_is_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()
