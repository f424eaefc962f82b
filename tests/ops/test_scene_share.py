import pytest

from mmdebias.ops import scene_share


def test_the_share_of_the_scene():
    assert scene_share([0, 1, 0.3, 0], [1, 0, 0.1, 0]) == pytest.approx([0, 1, 0.75, 0.5])
