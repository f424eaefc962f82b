"""Videos of every kind whose frames carry their number, and a slow obvious reader."""

import os
import re
import struct
from contextlib import contextmanager
from fractions import Fraction

import av
import numpy as np
import pytest
from av.codec.context import Flags
from av.video.frame import PictureType

from mmdebias.video.opening import ANY_TITLE

FRAMES = 40

# MPEG-4 (ISO/IEC 14496-2): what a frame begins with; a frame that shows nothing; whose encoder.
PICTURE = b'\0\0\1\xb6'
NOTHING = PICTURE + b'\x50\0'
DIVX = b'\0\0\1\xb2DivX503b1393p'


def draw(number, width, height, grey=False):
    """A frame ``[H, W, 3]`` with its number as seven blocks over the top third, the lowest bit
    leftmost, above a pattern that moves."""
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    frame = np.stack(
        [
            128 + 60 * np.sin((x + 3 * number) / 9),
            128 + 60 * np.cos((y - 2 * number) / 7),
            (x + y + 5 * number) % 256,
        ],
        axis=-1,
    )
    frame[: height // 3] = 0
    for bit in range(7):
        if number >> bit & 1:
            frame[: height // 3, round(bit * width / 7) : round((bit + 1) * width / 7)] = 255
    return frame.astype(np.uint8)


def read_number(frame):
    """The number in a frame ``[H, W, 3]``."""
    grey = frame.mean(2)
    height, width = grey.shape
    rows = slice(round(height / 3 * 0.25), max(round(height / 3 * 0.7), 1))
    number = 0
    for bit in range(7):
        columns = slice(round((bit + 0.3) * width / 7), max(round((bit + 0.7) * width / 7), 1))
        number |= int(grey[rows, columns].mean() > 127) << bit
    return number


@contextmanager
def priority_kept():
    """SVT-AV1 makes a root's thread real-time: findings/svt_av1_makes_threads_real_time.sh."""
    known = hasattr(os, 'sched_getscheduler')  # Linux
    policy = (os.sched_getscheduler(0), os.sched_getparam(0)) if known else None
    try:
        yield
    finally:
        if policy:
            os.sched_setscheduler(0, *policy)


@priority_kept()
def encode(
    path, codec, *, format=None, options=None, size=(112, 80), pix_fmt='yuv420p', muxing=None,
    times=None, frames=FRAMES, bit_rate=None, threads=1, colour_range=None, gop=12, title=None,
    numbers=None, kinds=None,
):  # fmt: skip
    """Write numbered frames with one of PyAV's encoders; skips a test where it is missing.

    ``times`` are the frames' times in frames of 1/25 s; ``numbers`` what is drawn in them;
    ``kinds`` what they are coded as, a letter each.
    """
    if codec not in av.codecs_available:
        pytest.skip(f'this PyAV has no encoder {codec}')
    width, height = size
    with av.open(str(path), 'w', format=format, options=muxing or {}) as file:
        if title is not None:
            file.metadata['title'] = title
        stream = file.add_stream(codec, rate=25, options=options or {})
        stream.width, stream.height, stream.pix_fmt = width, height, pix_fmt
        stream.codec_context.gop_size = gop
        stream.codec_context.thread_count = threads
        if bit_rate:
            stream.bit_rate = bit_rate
        if colour_range is not None:
            stream.codec_context.color_range = colour_range
        for index in range(frames):
            number = index if numbers is None else numbers[index]
            frame = av.VideoFrame.from_ndarray(draw(number, width, height), format='rgb24')
            frame = frame.reformat(format=pix_fmt, dst_color_range=colour_range)
            frame.pts = index if times is None else times[index]
            if kinds is not None:
                frame.pict_type = PictureType[kinds[index]]
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def encode_two_setups(path, repeated):
    """Write numbered frames of H.264 whose second half has another picture parameter set, which
    changes no more than colours; it stands before each of its key frames or the first one only."""
    if 'libx264' not in av.codecs_available:
        pytest.skip('this PyAV has no encoder libx264')
    with av.open(str(path), 'w') as file:
        for part, parameters in enumerate(('bframes=2', 'bframes=2:chroma-qp-offset=9')):
            encoder = av.CodecContext.create('libx264', 'w')
            encoder.width, encoder.height, encoder.pix_fmt, encoder.gop_size = 112, 80, 'yuv420p', 8
            encoder.framerate, encoder.time_base, encoder.thread_count = 25, Fraction(1, 25), 1
            encoder.options = {'x264-params': parameters}
            encoder.flags |= Flags.global_header.value
            packets = []
            for number in range(part * FRAMES // 2, (part + 1) * FRAMES // 2):
                frame = av.VideoFrame.from_ndarray(draw(number, 112, 80), format='rgb24')
                frame = frame.reformat(format='yuv420p')
                frame.pts = number
                packets += encoder.encode(frame)
            packets += encoder.encode(None)
            if not part:
                stream = file.add_stream('libx264', rate=25)
                stream.width, stream.height, stream.pix_fmt = 112, 80, 'yuv420p'
                stream.codec_context.flags |= Flags.global_header.value
                stream.codec_context.options = encoder.options
            for place, packet in enumerate(packets):
                if part and packet.is_keyframe and (repeated or not place):
                    told = av.Packet(encoder.extradata + bytes(packet))
                    told.pts, told.dts, told.time_base = packet.pts, packet.dts, packet.time_base
                    told.is_keyframe, packet = True, told
                packet.stream = stream
                file.mux(packet)
    return path


def encode_two_sizes(path, codec, pix_fmt='yuv420p', sizes=((112, 80), (64, 48)), each=20):
    """Write numbered frames of one size and then of another into one stream."""
    with av.open(str(path), 'w') as file:
        stream = file.add_stream(codec, rate=25)
        (stream.width, stream.height), stream.pix_fmt = sizes[0], pix_fmt
        for part, (width, height) in enumerate(sizes):
            encoder = av.CodecContext.create(codec, 'w')
            encoder.width, encoder.height, encoder.pix_fmt = width, height, pix_fmt
            encoder.framerate, encoder.time_base, encoder.thread_count = 25, Fraction(1, 25), 1
            packets = []
            for number in range(part * each, (part + 1) * each):
                frame = av.VideoFrame.from_ndarray(draw(number, width, height), format='rgb24')
                frame = frame.reformat(format=pix_fmt)
                frame.pts = number
                packets += encoder.encode(frame)
            for packet in [*packets, *encoder.encode(None)]:
                packet.stream = stream
                file.mux(packet)
    return path


def damage(path, source, number, first, count):
    """Write a copy of a file in whose packet ``number`` some bytes, from ``first``, are 0."""
    data = bytearray(source.read_bytes())
    with av.open(str(source)) as file:
        packet = [p for p in file.demux(file.streams.video[0]) if p.size][number]
    start = packet.pos + first
    data[start : start + count] = bytes(count)
    path.write_bytes(data)
    return path


def damage_payload(path, source, among):
    """Write a copy with the second half of one packet set to 0, the largest of a range."""
    with av.open(str(source)) as file:
        sizes = [p.size for p in file.demux(file.streams.video[0]) if p.size]
    number = max(among, key=lambda n: sizes[n])
    return damage(path, source, number, sizes[number] // 2, sizes[number] // 2)


def remux(source, path, *, format=None, shift=0, first=0, muxing=None):
    """Copy packets without encoding, from the ``first`` one, ``shift`` frames later."""
    with av.open(str(source)) as given, av.open(str(path), 'w', format, muxing or {}) as file:
        video = given.streams.video[0]
        stream = file.add_stream_from_template(video)
        step = round(1 / (video.average_rate * video.time_base))
        for index, packet in enumerate(given.demux(video)):
            if packet.size and index >= first:
                packet.stream = stream
                if packet.pts is not None:
                    packet.pts += shift * step
                    packet.dts += shift * step
                file.mux(packet)
    return path


def pack(source, path):
    """Write a copy of an MPEG-4 .avi file with packed B-frames, as DivX did.

    The first of those that follow a frame stands in its packet, the others one packet early, and in
    the last one's place a frame that says that nothing is shown.
    """
    with av.open(str(source)) as given, av.open(str(path), 'w') as file:
        stream = file.add_stream_from_template(given.streams.video[0])
        packets = [packet for packet in given.demux(given.streams.video[0]) if packet.size]
        datas = [re.sub(rb'\x00\x00\x01\xb2Lavc[0-9.]*', DIVX, bytes(packet)) for packet in packets]
        is_b = [data[data.index(PICTURE) + 4] >> 6 == 2 for data in datas] + [False]
        for place, packet in enumerate(packets):
            data = datas[place] if not is_b[place] else NOTHING
            if is_b[place + 1]:
                data = (b'' if is_b[place] else data) + datas[place + 1]
            packed = av.Packet(data)
            packed.pts = packed.dts = place
            packed.time_base, packed.is_keyframe = packet.time_base, packet.is_keyframe
            packed.stream = stream
            file.mux(packed)
    return path


def sequential(path, convert=lambda frame: frame.to_ndarray(format='rgb24')):
    """Every frame of a file in order, ``[T, H, W, 3]``; as stored, unless converted otherwise."""
    frames = []
    with av.open(f'file:{path}', **ANY_TITLE) as file:
        stream = next(s for s in file.streams.video if not s.disposition.value & 0x400)
        stream.codec_context.thread_count = 1
        for packet in file.demux(stream):
            try:
                frames += [convert(frame) for frame in packet.decode()]
            except av.error.FFmpegError:
                continue
    return np.stack(frames)


def with_matrix(data, matrix):
    """An .mp4 file's bytes with another display matrix (ISO/IEC 14496-12, 8.3.2)."""
    a, b, c, d = (value << 16 for value in matrix)
    place = data.index(b'tkhd') + 4 + 40
    return data[:place] + struct.pack('>9i', a, b, 0, c, d, 0, 0, 0, 1 << 30) + data[place + 36 :]


def without_reordering(data, setup):
    """A file's bytes with a sequence parameter set that ends before it says how far frames are
    reordered (ITU-T H.264, 7.3.2.1.1, main profile); ``setup`` is what its decoder is set up with.
    """
    size = int.from_bytes(setup[6:8], 'big')
    bits = ''.join(f'{byte:08b}' for byte in setup[8 : 8 + size].replace(b'\0\0\3', b'\0\0'))
    place = 32

    def skip(*kinds):
        nonlocal place
        for kind in kinds:
            zeros = bits.index('1', place) - place if kind == 'ue' else 0
            place += 2 * zeros + 1

    # Number, frame_num's bits, order's kind and bits, references, gaps, width, height, fields, 8x8.
    skip('ue', 'ue', 'ue', 'ue', 'ue', 'u', 'ue', 'ue', 'u', 'u')
    cropped = bits[place] == '1'
    skip('u', *['ue'] * 4 * cropped)
    short = bits[:place] + '01'  # nothing about it, and the end
    short = int(short.ljust(8 * size, '0'), 2).to_bytes(size, 'big')
    return data.replace(setup, setup[:8] + short + setup[8 + size :])


def cover_and_film(path, film_frames):
    """An .mp4 file of black frames whose first video stream is its cover, 64x64; the film, 32x32,
    is the second."""
    with av.open(str(path), 'w') as file:
        cover = file.add_stream('mjpeg', rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 64, 'yuvj420p'
        cover.disposition = av.stream.Disposition.attached_pic.value
        film = file.add_stream('libx264', rate=25)
        film.width, film.height, film.pix_fmt = 32, 32, 'yuv420p'
        for stream, count, size in ((cover, 1, 64), (film, film_frames, 32)):
            for index in range(count):
                frame = av.VideoFrame.from_ndarray(np.zeros((size, size, 3), np.uint8), 'rgb24')
                frame.pts = index
                file.mux(stream.encode(frame))
            file.mux(stream.encode(None))
    return path


def _x264(**more):
    return lambda path: encode(path, 'libx264', options={'bf': '2', **more})


def _x265(**more):
    parameters = ':'.join(f'{key}={value}' for key, value in {'log-level': 'none', **more}.items())
    return lambda path: encode(path, 'libx265', options={'x265-params': parameters})


def _plain(codec, **arguments):
    return lambda path: encode(path, codec, **arguments)


def _edited(path):
    whole = encode(path.with_name('whole.mp4'), 'libx264', options={'bf': '2'})
    return remux(whole, path, shift=-17, muxing={'avoid_negative_ts': 'disabled'})


def _cut(codec, options, first=15):
    def write(path):
        whole = encode(path.with_name(f'whole{path.suffix}'), codec, options=options)
        return remux(whole, path, first=first)

    return write


def _two_setups(repeated):
    return lambda path: encode_two_setups(path, repeated)


def _packed(options):
    return lambda path: pack(
        encode(path.with_name('whole.avi'), 'mpeg4', options={'bf': '2', **options}), path
    )


def _irregular(codec, **options):
    times = np.cumsum(1 + np.arange(FRAMES) ** 2 % 7).tolist()
    return lambda path: encode(path, codec, times=times, options=options)


FRAGMENTS = {'movflags': 'frag_keyframe+empty_moov+default_base_moof'}
OPEN_265 = {'x265-params': 'log-level=none:open-gop=1:keyint=12:min-keyint=12:bframes=4'}

# What is special about a file: its ending, and how it is written.
KINDS = {
    'MPEG-4': ('.mp4', _plain('mpeg4')),
    'MPEG-4 with B-frames': ('.mp4', _plain('mpeg4', options={'bf': '2'})),
    'MPEG-4 in .avi': ('.avi', _plain('mpeg4')),
    'MPEG-4 with B-frames in .avi': ('.avi', _plain('mpeg4', options={'bf': '2'})),
    'MPEG-4, packed B-frames, in .avi': ('.avi', _packed({})),
    'MPEG-4 with B-frames in .mkv': ('.mkv', _plain('mpeg4', options={'bf': '2'})),
    # The container fills the gaps with empty packets.
    'MPEG-4, irregular times, in .avi': ('.avi', _irregular('mpeg4')),
    'MPEG-4 with B-frames, irregular times, in .avi': ('.avi', _irregular('mpeg4', bf='2')),
    'H.264': ('.mp4', _x264()),
    'H.264 in .mkv': ('.mkv', _x264()),
    'H.264 in .ts': ('.ts', _x264()),
    'H.264 in .avi': ('.avi', _x264()),
    'H.264, many references': ('.mp4', _x264(refs='5', **{'b-pyramid': 'normal', 'bf': '5'})),
    'H.264, open groups': ('.mp4', _x264(**{'x264-params': 'open-gop=1:bframes=3'})),
    'H.264, open groups, in .mkv': ('.mkv', _x264(**{'x264-params': 'open-gop=1:bframes=3'})),
    'H.264, open groups, in .ts': ('.ts', _x264(**{'x264-params': 'open-gop=1:bframes=3'})),
    'H.264, intra refresh': ('.mp4', _x264(**{'x264-params': 'intra-refresh=1:bframes=0'})),
    'H.264, interlaced': ('.mp4', _x264(**{'x264-params': 'interlaced=1'})),
    'H.264, every frame a key frame': ('.mp4', _plain('libx264', gop=1)),
    'H.264, fragments': ('.mp4', _plain('libx264', options={'bf': '2'}, muxing=FRAGMENTS)),
    'H.264, another setup told once': ('.mp4', _two_setups(False)),
    'H.264, another setup told once, in .mkv': ('.mkv', _two_setups(False)),
    'H.264, another setup told each time': ('.mp4', _two_setups(True)),
    'H.264, edit list': ('.mp4', _edited),
    'H.264, cut': ('.mp4', _cut('libx264', {'bf': '2'})),
    'H.264, cut, in .mkv': ('.mkv', _cut('libx264', {'bf': '2'})),
    'H.264, cut, in .ts': ('.ts', _cut('libx264', {'bf': '2'})),
    'H.264, open groups, cut': ('.mp4', _cut('libx264', {'x264-params': 'open-gop=1:bframes=3'})),
    'H.264, irregular times': ('.mp4', _irregular('libx264', bf='2')),
    'H.264, irregular times, in .mkv': ('.mkv', _irregular('libx264', bf='2')),
    'H.265': ('.mp4', _x265(**{'open-gop': 0, 'keyint': 12, 'min-keyint': 12})),
    'H.265, open groups': ('.mp4', _plain('libx265', options=OPEN_265)),
    'H.265, open groups, in .mkv': ('.mkv', _plain('libx265', options=OPEN_265)),
    'H.265, open groups, in .ts': ('.ts', _plain('libx265', options=OPEN_265)),
    'H.265, open groups, cut': ('.mp4', _cut('libx265', OPEN_265)),
    'VP8, hidden frames': (
        '.webm',
        _plain(
            'libvpx', options={'auto-alt-ref': '1', 'lag-in-frames': '16'}, bit_rate=200_000, gop=30
        ),
    ),
    'VP9, hidden frames': (
        '.webm',
        _plain(
            'libvpx-vp9', options={'auto-alt-ref': '1', 'lag-in-frames': '16', 'cpu-used': '5'},
            bit_rate=200_000, gop=15,
        ),
    ),
    'VP9 in .mp4': ('.mp4', _plain('libvpx-vp9', options={'cpu-used': '5'}, bit_rate=200_000)),
    'AV1': ('.mp4', _plain('libsvtav1', options={'preset': '10'}, gop=15)),
    'AV1 in .mkv': ('.mkv', _plain('libsvtav1', options={'preset': '10'}, gop=15)),
    'MPEG-1': ('.mpg', _plain('mpeg1video', options={'bf': '2'})),
    'MPEG-2': ('.mpg', _plain('mpeg2video', options={'bf': '2'})),
    'MPEG-2 in .ts': ('.ts', _plain('mpeg2video', options={'bf': '2'})),
    'Windows Media': ('.wmv', _plain('wmv2')),
    'Motion JPEG in .avi': ('.avi', _plain('mjpeg', pix_fmt='yuvj420p')),
    'Motion JPEG in .mp4': ('.mp4', _plain('mjpeg', pix_fmt='yuvj420p')),
    '10 bit': ('.mp4', _plain('libx264', pix_fmt='yuv420p10le', options={'bf': '2'})),
    '4:4:4': ('.mp4', _plain('libx264', pix_fmt='yuv444p', options={'bf': '2'})),
    'grey': ('.mp4', _plain('libx264', pix_fmt='gray', options={'bf': '2'})),
    'full range': ('.mp4', _plain('libx264', pix_fmt='yuvj420p', options={'bf': '2'})),
    'odd sizes': ('.mp4', _plain('libx264', pix_fmt='yuv444p', size=(111, 79))),
    'odd sizes, 4:2:0': ('.avi', _plain('mjpeg', pix_fmt='yuvj420p', size=(111, 79))),
    '16 wide': ('.mp4', _plain('mpeg4', size=(16, 48))),
    '24 wide': ('.mp4', _plain('libx264', size=(24, 48))),
    '48 wide': ('.mp4', _plain('libx264', size=(48, 48))),
    '72 wide': ('.mp4', _plain('libx264', size=(72, 48))),
}  # fmt: skip
