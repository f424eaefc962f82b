import numpy as np
import pytest

from mmdebias.bias.per_video import pack, unpack


def test_right_and_wrong_are_digits():
    assert pack(np.array([0, 1, 1.0, 0])) == 'bits:0110'
    np.testing.assert_array_equal(unpack('bits:0110'), [0, 1, 1, 0])


def test_shares_come_back_to_five_digits():
    values = np.random.default_rng(0).random(100)
    np.testing.assert_allclose(unpack(pack(values)), values, atol=8e-6)
    np.testing.assert_array_equal(unpack(pack(np.array([0, 0.5, 1])))[[0, 2]], [0, 1])


@pytest.mark.parametrize('text', ['', '0110', 'bits:012', 'shares:?', 'shares:AA=='])
def test_what_is_no_values_is_refused(text):
    with pytest.raises(ValueError, match='are no values of videos'):
        unpack(text)
