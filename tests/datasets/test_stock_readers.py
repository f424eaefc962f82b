"""MMAction2's readers say when they are about to misread a file."""

import warnings

import av
import pytest
from mmaction.registry import TRANSFORMS

from helpers.numbered import KINDS, encode_two_sizes
from mmdebias.datasets import with_our_reader
from mmdebias.datasets.stock_readers import STOCK, misreading, warn_of_misread_files_upstream

av.logging.set_level(av.logging.PANIC)


@pytest.fixture
def write_file(tmp_path):
    def write(kind):
        ending, make = KINDS[kind]
        return str(make(tmp_path / f'video{ending}'))

    return write


@pytest.mark.parametrize(
    'kind, readers',
    [
        ('H.264', []),
        ('MPEG-4 in .avi', []),
        ('MPEG-4 with B-frames in .avi', ['DecordInit', 'OpenCVInit', 'PIMSInit']),
        ('H.265, open groups', ['DecordInit', 'OpenCVInit', 'PIMSInit']),
        ('H.264, irregular times', ['OpenCVInit', 'PIMSInit']),
        ('H.264 in .mkv', ['PyAVInit', 'OpenCVInit']),
        ('AV1', ['DecordInit', 'OpenCVInit']),
        ('H.264 in .ts', list(STOCK)),
        ('48 wide', ['DecordInit']),
    ],
)
def test_which_readers_misread_which_files(kind, readers, write_file):
    path = write_file(kind)
    found = [name for name in STOCK if misreading(name, path)]
    assert sorted(found) == sorted(readers)


@pytest.mark.parametrize(
    'codec, pix_fmt, ending',
    [('mjpeg', 'yuvj420p', '.avi'), ('mpeg4', 'yuv420p', '.avi')],
)
def test_opencv_tears_frames_of_another_size_than_the_first(codec, pix_fmt, ending, tmp_path):
    path = encode_two_sizes(tmp_path / f'video{ending}', codec, pix_fmt)
    assert 'a size that changes' in misreading('OpenCVInit', path)
    assert not misreading('DecordInit', path)


@pytest.mark.parametrize('reader', STOCK)
def test_each_reader_warns(reader, write_file, monkeypatch):
    """PIMS need not be installed for that."""
    path, step = write_file('H.264 in .ts'), TRANSFORMS.build(dict(type=reader))
    monkeypatch.setattr(type(step), 'transform', lambda self, results: results)
    warn_of_misread_files_upstream()
    with pytest.warns(UserWarning, match=rf"video\.ts: {reader} .*type='VideoInit'"):
        step(dict(filename=path))


def test_the_warning_names_the_file_and_the_remedy_once(write_file, monkeypatch):
    path = write_file('H.265, open groups')
    reader = TRANSFORMS.build(dict(type='DecordInit'))
    # As after a fresh import: other tests may have been warned.
    monkeypatch.setattr(type(reader), 'transform', type(reader).transform.__wrapped__)
    warn_of_misread_files_upstream()
    with pytest.warns(UserWarning, match=r"video\.mp4: DecordInit .*type='VideoInit'"):
        reader(dict(filename=path))
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        reader(dict(filename=path))


def test_ours_in_place_of_theirs():
    steps = [
        dict(type='mmaction.PyAVInit', io_backend='disk'),
        dict(type='SampleFrames', clip_len=4),
        dict(type='PyAVDecode', mode='efficient'),
        dict(type='RawFrameDecode'),
    ]
    found = with_our_reader(steps)
    assert [step['type'] for step in found] == [
        'VideoInit', 'SampleFrames', 'VideoDecode', 'RawFrameDecode',
    ]  # fmt: skip
    assert found[0] == dict(type='VideoInit')
    assert steps[0]['type'] == 'mmaction.PyAVInit'
