import pytest
import torch

from mmdebias.ops import pixel_range, to_unit_float


@pytest.mark.parametrize(
    ('mean', 'largest'),
    [
        ([123.675, 116.28, 103.53], 255),  # MMAction2's
        ([0.45, 0.45, 0.45], 1),
        ([0, 0, 0], 1),
        ([1, 1, 1], 1),
        ([0, 0, 127.5], 255),
    ],
)
def test_a_mean_tells_the_range_of_its_pixels(mean, largest):
    assert pixel_range(mean) == largest


def test_bytes_become_shares_and_shares_stay():
    clips = torch.tensor([0, 51, 255], dtype=torch.uint8)
    torch.testing.assert_close(to_unit_float(clips), torch.tensor([0, 0.2, 1]))
    shares = torch.tensor([0.0, 0.25, 1.0])
    assert to_unit_float(shares) is shares
