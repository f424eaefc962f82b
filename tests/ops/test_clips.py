import ast

import pytest
import torch

from helpers.running import ROOT
from mmdebias.ops import pixel_range, to_pixel_type, to_unit_float


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


@pytest.mark.parametrize('kind', [torch.uint8, torch.float32, torch.float64])
def test_colours_stay_in_pixels_of_another_type(kind):
    clips = torch.tensor([0, 51, 255], dtype=torch.uint8)
    shares = torch.tensor([0, 0.2, 1], dtype=torch.float64)

    for source in (clips, shares):
        found = to_pixel_type(source, kind)
        expected = clips if kind == torch.uint8 else shares.to(kind)
        torch.testing.assert_close(found, expected)
        assert (found is source) == (source.dtype == kind)


def test_bytes_are_rounded_to_the_nearest():
    shares = torch.tensor([0.4, 0.6, 254.6]) / 255
    assert to_pixel_type(shares, torch.uint8).tolist() == [0, 1, 255]


def test_the_range_of_pixels_is_told_from_their_type_in_one_place():
    found = {
        str(path.relative_to(ROOT))
        for path in (ROOT / 'mmdebias').rglob('*.py')
        for node in ast.walk(ast.parse(path.read_text(encoding='utf-8')))
        if isinstance(node, ast.Compare) and 'torch.uint8' in ast.unparse(node)
    }

    assert found == {'mmdebias/ops/clips.py'}
