"""H.264 in fields, written out: each in a packet of its own, all of its blocks plain pixels."""

from fractions import Fraction

import av
import numpy as np

START = b'\x00\x00\x00\x01'
SIDE, FRAMES = 64, 20
EACH = SIDE // 16


class Bits:
    """Bits of a NAL unit (ITU-T H.264, 7.2 and 9.1)."""

    def __init__(self):
        self.text = ''

    def fixed(self, *pairs):
        for value, bits in pairs:
            self.text += f'{value:0{bits}b}'
        return self

    def numbers(self, *values):
        for value in values:
            digits = f'{value + 1:b}'
            self.text += '0' * (len(digits) - 1) + digits
        return self

    def unit(self, header):
        """The unit, with its end, and with what keeps start codes out of it (7.4.1)."""
        text = self.text + '1'
        text += '0' * (-len(text) % 8)
        data, zeros = bytearray([header]), 0
        for place in range(0, len(text), 8):
            byte = int(text[place : place + 8], 2)
            if zeros >= 2 and byte <= 3:
                data.append(3)
                zeros = 0
            data.append(byte)
            zeros = zeros + 1 if byte == 0 else 0
        return bytes(data)


def sequence_set():
    """Baseline of fields: frame_num of 4 bits, order of 8, one reference (7.3.2.1.1)."""
    bits = Bits().fixed((77, 8), (0, 8), (30, 8)).numbers(0, 0, 0, 4, 1)
    bits.fixed((0, 1)).numbers(EACH - 1, EACH // 2 - 1)
    return bits.fixed((0, 1), (0, 1), (1, 1), (0, 1), (0, 1)).unit(0x67)


def picture_set():
    """No options (7.3.2.2)."""
    bits = Bits().numbers(0, 0).fixed((0, 1), (0, 1)).numbers(0, 0, 0)
    return bits.fixed((0, 1), (0, 2)).numbers(0, 0, 0).fixed((0, 1), (0, 1), (0, 1)).unit(0x68)


def field(frame, bottom, frames_to_key):
    """One field of a frame (7.3.3), of grey blocks that differ from frame to frame."""
    place = frame % frames_to_key
    first = place == 0 and not bottom  # the other field of that frame is no IDR picture
    bits = Bits().numbers(0, 7, 0).fixed((place, 4), (1, 1), (int(bottom), 1))
    if first:
        bits.numbers(0)
    bits.fixed((2 * place + bottom, 8))
    bits.fixed((0, 2 if first else 1)).numbers(0)
    rng = np.random.default_rng(2 * frame + bottom)
    for _ in range(EACH * EACH // 2):
        bits.numbers(25)
        bits.text += '0' * (-len(bits.text) % 8)
        bits.text += f'{rng.integers(16, 235):08b}' * 256 + f'{128:08b}' * 128
    return bits.unit(0x65 if first else 0x41)


def write_fields(path, frames_to_key=5):
    """Write a file with two packets a frame."""
    setup = START + sequence_set() + START + picture_set()
    raw = path.with_suffix('.h264')
    raw.write_bytes(setup + b''.join(START + field(0, b, frames_to_key) for b in (False, True)))
    with av.open(str(raw)) as given, av.open(str(path), 'w') as file:
        stream = file.add_stream_from_template(given.streams.video[0])
        stream.codec_context.extradata = setup
        for number in range(2 * FRAMES):
            frame, bottom = divmod(number, 2)
            packet = av.Packet(START + field(frame, bool(bottom), frames_to_key))
            packet.pts = packet.dts = number
            packet.time_base, packet.duration = Fraction(1, 50), 1
            packet.is_keyframe = not bottom and frame % frames_to_key == 0
            packet.stream = stream
            file.mux(packet)
    return path
