"""Reading the headers of H.264 and H.265."""

from __future__ import annotations


def without_emulation(payload: bytes) -> bytes:
    """Return a NAL unit's payload without the bytes that keep start codes out of it (7.4)."""
    return payload.replace(b'\x00\x00\x03', b'\x00\x00')


class Bits:
    """Bits of a NAL unit's payload, ITU-T H.264 and H.265, clause 9.

    Args:
        payload: What follows the unit's header.
    """

    def __init__(self, payload: bytes) -> None:
        self.bits = ''.join(f'{byte:08b}' for byte in without_emulation(payload))
        self.place = 0

    def take(self, count: int) -> int:
        """Return an unsigned number of some bits, u(n).

        Raises:
            ValueError: there are not as many.
        """
        taken = self.bits[self.place : self.place + count]
        if len(taken) < count:
            raise ValueError('a unit that ends too soon')
        self.place += count
        return int(taken, 2) if count else 0

    def number(self) -> int:
        """Return an unsigned number in Exp-Golomb code, ue(v) (9.1)."""
        zeros = 0
        while not self.take(1):
            zeros += 1
        return (1 << zeros) - 1 + self.take(zeros)

    def signed(self) -> int:
        """Return a signed number, se(v) (9.1.1)."""
        code = self.number()
        return (code + 1) // 2 * (1 if code % 2 else -1)
