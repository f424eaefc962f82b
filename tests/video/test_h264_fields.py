"""Fields of H.264, of which a packet may hold one or both."""

import av
import pytest

from helpers.fields import FRAMES, field, sequence_set, write_fields
from helpers.numbered import encode
from mmdebias.video import count_frames, find_index, read_frames
from mmdebias.video.h264_fields import FieldCoding, field_coding, is_one_field


def test_frames_and_fields_are_told_apart(tmp_path):
    assert field_coding(sequence_set()) == FieldCoding(frame_num_bits=4, separate_planes=False)
    for parameters, interlaced in (('cqm=jvt', False), ('interlaced=1:cqm=jvt', True)):
        path = tmp_path / f'{interlaced}.mp4'
        encode(path, 'libx264', options={'x264-params': parameters}, frames=2)
        with av.open(str(path)) as file:
            setup = file.streams.video[0].codec_context.extradata
        size = int.from_bytes(setup[6:8], 'big')
        assert (field_coding(setup[8 : 8 + size]) is not None) == interlaced


def test_one_field_and_both():
    coding = field_coding(sequence_set())
    top, bottom = field(0, False, 5), field(0, True, 5)
    assert is_one_field([top], coding) and is_one_field([bottom, bottom], coding)
    assert not is_one_field([top, bottom], coding)


def test_a_set_that_ends_too_soon():
    with pytest.raises(ValueError, match='too soon'):
        field_coding(sequence_set()[:5])


@pytest.mark.parametrize('ending', ['.mp4', '.mkv'])
def test_a_packet_a_field_is_half_as_many_frames_as_packets(ending, tmp_path):
    path = write_fields(tmp_path / f'video{ending}')
    frames = []
    with av.open(str(path)) as file:
        frames += [frame.to_ndarray(format='rgb24') for frame in file.decode(video=0)]
    assert count_frames(path) == len(frames) == FRAMES
    assert find_index(path).doubt == 'packets of single fields'
    for number, frame in zip((19, 7, 0), read_frames(path, [19, 7, 0])):
        assert (frame == frames[number]).all()
