"""The order of H.265's pictures, as their slices say it."""

import av
import pytest

from helpers.numbered import encode
from mmdebias.video.h265_order import PictureOrder
from mmdebias.video.keyframes import UnclearPacketError, lasting

OPTIONS = {
    'open groups': 'keyint=12:min-keyint=12:open-gop=1:bframes=3',
    'pyramid, short numbers': 'keyint=100:bframes=8:b-pyramid=1:log2-max-poc-lsb=4',
    'temporal layers': 'keyint=16:bframes=3:temporal-layers=3',
    'slices': 'keyint=12:slices=2:bframes=2',
    'key frames only': 'keyint=1',
}


def followed(path):
    """The order of a file's pictures, and their timestamps."""
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        order, pts = PictureOrder(stream.codec_context.extradata, 4), []
        for packet in file.demux(stream):
            if packet.size:
                data = memoryview(packet)
                order.follow(data, lasting(data, 'hevc', 4, False))
                pts.append(packet.pts)
    return order, pts


@pytest.mark.parametrize('kind', OPTIONS)
def test_timestamps_agree_with_it(kind, tmp_path):
    parameters = f'log-level=none:{OPTIONS[kind]}'
    path = encode(tmp_path / 'video.mp4', 'libx265', options={'x265-params': parameters})
    order, pts = followed(path)
    assert order.agrees_with(pts)
    pts[3], pts[7] = pts[7], pts[3]
    assert not order.agrees_with(pts)


def test_a_set_that_ends_too_soon_and_a_picture_without_one(tmp_path):
    options = {'x265-params': 'log-level=none'}
    path = encode(tmp_path / 'video.mp4', 'libx265', options=options, frames=2)
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        setup = stream.codec_context.extradata
        packet = memoryview(next(p for p in file.demux(stream) if p.size))
    with pytest.raises(UnclearPacketError, match='not clear'):
        PictureOrder(setup[:22] + b'\x00', 4).follow(packet, [])
    cut = setup.index(b'\x42\x01')  # the sequence parameter set
    with pytest.raises(UnclearPacketError, match='not clear'):
        PictureOrder(setup, 4).follow(memoryview(b'\x00\x00\x00\x01\x02'), [])  # half a header
    with pytest.raises(UnclearPacketError, match='damaged'):
        PictureOrder(setup[:22] + b'\x01\x21\x00\x01\x00\x00', 4)  # an empty set
    with pytest.raises(UnclearPacketError, match='too soon'):
        PictureOrder(setup[:22] + b'\x01\x21\x00\x01\x00\x06' + setup[cut : cut + 6], 4)
