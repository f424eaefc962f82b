"""Following what the packets of a file say of its pictures, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .keyframes import UnclearPacketError


class PacketWatch:
    """What headers of packets tell beyond their timestamps; of most codecs nothing.

    Args:
        setup: The decoder's configuration.
        length_bytes: See :func:`mmdebias.video.keyframes.bytes_of_length`.

    Raises:
        UnclearPacketError: a parameter set is damaged.
    """

    def __init__(self, setup: bytes, length_bytes: int) -> None:
        self.length_bytes = length_bytes
        self._learn_all(self.sets_of(setup))

    def follow(self, packet: memoryview, sets: Sequence[bytes]) -> None:
        """Look at the next packet.

        Args:
            packet: Its bytes.
            sets: What :func:`mmdebias.video.keyframes.lasting` returns of it.

        Raises:
            UnclearPacketError: frames have to be counted.
        """
        self._learn_all(one[2:] for one in sets)
        try:
            self.look(packet)
        except UnclearPacketError:
            raise
        except (IndexError, KeyError, ValueError) as error:
            raise UnclearPacketError(f'a header that is not clear: {error}') from error

    def agrees_with(self, pts: list[int]) -> bool:
        """Return whether timestamps, one a packet, put the pictures into their order."""
        return True

    def sets_of(self, setup: bytes) -> Iterable[bytes]:
        """Return the parameter sets of a decoder's configuration, NAL units."""
        return ()

    def learn(self, unit: bytes) -> None:
        """Take in a parameter set, or leave it; a ValueError says that it ends too soon."""

    def look(self, packet: memoryview) -> None:
        """Look at a packet whose parameter sets were taken in."""

    def _learn_all(self, units: Iterable[bytes]) -> None:
        for unit in units:
            try:
                self.learn(unit)
            except (IndexError, ValueError) as error:
                raise UnclearPacketError(f'a parameter set is damaged: {error}') from error


def sized_unit(setup: bytes, place: int) -> tuple[bytes, int]:
    """Return a unit behind two bytes of its length, and the place behind it."""
    start = place + 2
    end = start + int.from_bytes(setup[place:start], 'big')
    return setup[start:end], end
