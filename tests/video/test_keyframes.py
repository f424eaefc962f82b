"""What packets say of where decoding may begin."""

import pytest

from mmdebias.video.keyframes import UnclearPacketError, starts_afresh


def h265_packet(*units):
    """Units of (type, first byte behind the header), with their lengths, as in .mp4."""
    packet = b''
    for kind, first in units:
        unit = bytes([kind << 1, 1, first, 0])
        packet += len(unit).to_bytes(4, 'big') + unit
    return memoryview(packet)


SLICE, BROKEN_LINK, IDR, CRA, SETS, END = 1, 16, 19, 21, 33, 36


def test_pictures_from_which_all_follows():
    assert starts_afresh(h265_packet((SETS, 0), (IDR, 0x80)), 'hevc', 4)
    assert starts_afresh(h265_packet((CRA, 0x80)), 'hevc', 4)
    assert not starts_afresh(h265_packet((SLICE, 0xC0)), 'hevc', 4)


@pytest.mark.parametrize(
    'units',
    [
        [(BROKEN_LINK, 0x80)],
        [(SLICE, 0x80), (END, 0)],
        [(IDR, 0xC0)],  # no_output_of_prior_pics_flag
    ],
)
def test_where_a_decoder_may_leave_pictures_out_is_not_told_by_packets(units):
    with pytest.raises(UnclearPacketError, match='may leave out'):
        starts_afresh(h265_packet(*units), 'hevc', 4)
