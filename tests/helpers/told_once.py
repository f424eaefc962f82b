"""Files whose first packet says something that holds for all of them, and stands nowhere else."""

import re

import av

from helpers.numbered import encode

# Headers of ISO/IEC 14496-2, 6.2.1, and markers of ITU-T T.81, table B.1.
USER_DATA = re.compile(rb'\x00\x00\x01\xb2(?:(?!\x00\x00\x01).)*', re.DOTALL)
TABLES, SCAN = (0xDB, 0xC4), 0xDA

# A message of H.265 (annex D): film grain, additive, on brightness of 0 to 255, that persists.
GRAIN = bytes.fromhex('4e01 13 0a 01200200ff01e0100860 80')


def rewrite(source, path, change, setup=None):
    """Copy a file's packets, each as ``change(data, number)``; ``setup`` changes the decoder's."""
    with av.open(str(source)) as given, av.open(str(path), 'w') as file:
        video = given.streams.video[0]
        stream = file.add_stream_from_template(video)
        if setup is not None:
            stream.codec_context.extradata = setup(video.codec_context.extradata)
        for number, packet in enumerate(p for p in given.demux(video) if p.size):
            copy = av.Packet(change(bytes(packet), number))
            copy.pts, copy.dts, copy.time_base = packet.pts, packet.dts, packet.time_base
            copy.is_keyframe, copy.duration = packet.is_keyframe, packet.duration
            copy.stream = stream
            file.mux(copy)
    return path


def jpeg_tables_once(path):
    """Motion JPEG whose later pictures rely on the tables of the first."""

    def change(data, number):
        kept, place = data[:2], 2
        while number and data[place + 1] != SCAN:
            end = place + 2 + int.from_bytes(data[place + 2 : place + 4], 'big')
            kept += b'' if data[place + 1] in TABLES else data[place:end]
            place = end
        return kept + data[place:]

    options = {'huffman': 'default'}
    source = encode(path.with_name('whole.avi'), 'mjpeg', pix_fmt='yuvj420p', options=options)
    return rewrite(source, path, change)


def encoder_once(path):
    """MPEG-4 whose first packet alone names an encoder whose rounding FFmpeg has as well."""

    def change(data, number):
        return (b'' if number else b'\x00\x00\x01\xb2XviD0050') + USER_DATA.sub(b'', data)

    source = encode(path.with_name('whole.mkv'), 'mpeg4', bit_rate=800_000)
    return rewrite(source, path, change, lambda setup: USER_DATA.sub(b'', setup))


def old_x264(path):
    """H.264 4:4:4 that says, at its start, that it is of a version whose mistakes FFmpeg has."""
    options = {'bf': '2', 'crf': '18', 'x264-params': '8x8dct=1:cabac=1'}
    source = encode(path.with_name('new.mp4'), 'libx264', pix_fmt='yuv444p', options=options)
    return rewrite(source, path, lambda data, _: re.sub(rb'core \d{3}', b'core 148', data))


def film_grain_once(path):
    """H.265 whose first packet alone says which grain decoders add to all pictures."""
    options = {'x265-params': 'log-level=none:keyint=12:min-keyint=12:bframes=2'}
    source = encode(path.with_name('smooth.mp4'), 'libx265', options=options)

    def change(data, number):
        return (b'' if number else len(GRAIN).to_bytes(4, 'big') + GRAIN) + data

    return rewrite(source, path, change)


def joined_in_an_open_group(path):
    """H.265 of open groups and behind it its own end, from a key frame that is no IDR picture on,
    as joining parts without encoding makes it."""
    options = {'x265-params': 'log-level=none:keyint=12:min-keyint=12:bframes=3:open-gop=1'}
    source = encode(path.with_name('part.mp4'), 'libx265', options=options)
    with av.open(str(source)) as given, av.open(str(path), 'w') as file:
        video = given.streams.video[0]
        stream = file.add_stream_from_template(video)
        packets = [packet for packet in given.demux(video) if packet.size]
        second = [number for number, packet in enumerate(packets) if packet.is_keyframe][1]
        step = packets[1].dts - packets[0].dts
        for number, packet in enumerate([*packets, *packets[second:]]):
            copy = av.Packet(bytes(packet))
            late = (len(packets) - second) * step if number >= len(packets) else 0
            copy.pts, copy.dts, copy.time_base = (
                packet.pts + late,
                packet.dts + late,
                video.time_base,
            )
            copy.is_keyframe, copy.stream = packet.is_keyframe, stream
            file.mux(copy)
    return path
