"""B-frames that are not wanted are passed over, and all others are those of decoding in order."""

from dataclasses import replace

import numpy as np
import pytest

from helpers.numbered import KINDS, damage, sequential
from mmdebias.video import decoding, find_index, read_frames, reading
from mmdebias.video.passing import SeenPacket, left_of_runs, passable_packets, seen_packet

PLAIN, PACKED = 'MPEG-4 with B-frames in .avi', 'MPEG-4, packed B-frames, in .avi'
P, B, NOTHING = (b'\0\0\1\xb6' + rest for rest in (b'\x50' + bytes(9), b'\x90' + bytes(9), b'\x50'))


@pytest.fixture(params=[PLAIN, PACKED])
def b_frames(request, tmp_path):
    """An MPEG-4 file with two B-frames behind each of the others, and all its frames."""
    path = KINDS[request.param][1](tmp_path / 'video.avi')
    return path, sequential(path)


def seen(packets, gave_b):
    """``packets`` are bytes, ``gave_b`` a letter each."""
    known = [seen_packet(memoryview(packet), []) for packet in packets]
    return [one._replace(gave_b=letter == 'B') for one, letter in zip(known, gave_b)]


@pytest.mark.parametrize(
    'packet, b_pictures, nothing_else',
    [(P, 0, False), (B, 1, True), (NOTHING, 0, True), (P + B, 1, False), (b'\x7f', 0, True),
     (b'\0\0\1\xb3' + B, 1, False), (B + B, 2, True), (b'', 0, True)],
)  # fmt: skip
def test_what_a_packet_brings(packet, b_pictures, nothing_else):
    assert seen_packet(memoryview(packet), []) == SeenPacket(b_pictures, nothing_else, False)


@pytest.mark.parametrize(
    'packets, gave_b, passable',
    [
        ([P, P, B, B, P, B], '--BB-B', [2, 3, 5]),
        ([P, P + B, B, NOTHING, P], '--BB-', [2, 3]),
        ([P, P + B, NOTHING, P], '--B-', [2]),
        ([P, P + B, P, B], '--BB', []),  # the last frame but one is lost
        ([P, P + B, B, P], '--B-', []),  # the second B-frame is left for the packet behind
        ([P, P + B + B, NOTHING, P], '--B-', []),
        ([P, B, P, B], '---B', [3]),  # the first one lacks a frame that it needs
        ([B, P], 'B-', []),
    ],
)
def test_runs_that_leave_nothing_behind(packets, gave_b, passable):
    assert passable_packets(seen(packets, gave_b)).tolist() == passable


def test_how_much_of_a_run_is_left():
    assert left_of_runs(np.array([2, 3, 4, 7])) == {2: 3, 3: 2, 4: 1, 7: 1}


def test_each_frame_by_itself_and_all_but_each(b_frames):
    path, frames = b_frames
    assert len(find_index(path).passable) == 26
    for number in range(len(frames)):
        np.testing.assert_array_equal(read_frames(path, [number])[0], frames[number])
        others = [other for other in range(len(frames)) if other != number]
        np.testing.assert_array_equal(read_frames(path, others), frames[others])


def test_what_is_not_wanted_is_not_decoded(b_frames, monkeypatch):
    path, _ = b_frames
    find_index(path)
    real, given = decoding.decoded, []
    monkeypatch.setattr(decoding, 'decoded', lambda *args: given.append(real(*args)) or given[-1])
    read_frames(path, [36])
    assert sum(len(frames) for frames in given) == 13  # every third, and none behind it


def test_a_note_that_is_wrong_is_given_up(b_frames):
    """Packet 7 holds a frame that others need."""
    path, frames = b_frames
    known = find_index(path)
    size, time, _ = reading._kept[str(path)]
    reading._kept[str(path)] = size, time, replace(known, passable=np.array([7]))
    np.testing.assert_array_equal(read_frames(path, [30, 35]), frames[[30, 35]])
    assert find_index(path).frames == len(frames) and not len(find_index(path).passable)


@pytest.mark.parametrize('number', [4, 5, 6, 7])
def test_a_damaged_file(b_frames, number, tmp_path):
    """Bytes of a header, and some behind it."""
    path = damage(tmp_path / 'damaged.avi', b_frames[0], number, 0, 12)
    frames = sequential(path)
    for first in range(0, len(frames), 5):
        clip = list(range(first, len(frames), 4))
        np.testing.assert_array_equal(read_frames(path, clip), frames[clip])
