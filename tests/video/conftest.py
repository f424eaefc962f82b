"""A file that several tests of reading share."""

import pytest

from helpers.numbered import encode


@pytest.fixture(scope='module')
def video(tmp_path_factory):
    """An H.264 file with B-frames, a key frame every 12."""
    return encode(tmp_path_factory.mktemp('video') / 'video.mp4', 'libx264', options={'bf': '2'})
