"""Class-balanced subsets of a list, for learning from few labels."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence

EQUAL = ('numbers', 'shares')


def _rank(*parts: object) -> bytes:
    # A digest, not a random generator: the same on every machine and version, and a video that is
    # missing from somebody's copy does not change which of the others are chosen.
    return hashlib.sha256('\0'.join(map(str, parts)).encode()).digest()


def parse_list(lines: Sequence[str], source: str = 'the list') -> list[tuple[str, int]]:
    """Return paths and labels of lines ``path label``; paths may contain spaces, empty lines are
    skipped.

    Raises:
        ValueError: a line has no label, or there is no line.
    """
    videos = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        path, _, label = line.strip().rpartition(' ')
        if not path or not label.isdecimal():
            raise ValueError(
                f'{source}, line {number}: {line.strip()!r} is not "path label": give the class '
                'of every video.'
            )
        videos.append((path, int(label)))
    if not videos:
        raise ValueError(f'{source} lists no videos.')
    return videos


def balanced_subset(
    videos: Sequence[tuple[str, int]], percent: float, seed: int, equal: str = 'numbers'
) -> list[int]:
    """Choose a share of the videos, with the same number, or the same share, of every class.

    With equal numbers, classes take turns, each giving a video of its own in an order that the seed
    decides, until the share is reached. So

    - numbers of two classes differ by at most one, unless a class has no more videos;
    - every class gives at least one, even where this is more than the share;
    - of two subsets with the same seed, the smaller is part of the larger.

    This is the balance of the low-shot experiments (DSM, "Test with Limited Labeled Data": "in a
    class-balanced way"; SimCLR, arXiv:2002.05709, section 4.2). DSM's released code takes the same
    share of each class instead, rounded, and at least one video; the last two points hold as well.

    Args:
        videos: Paths and labels. Paths have to differ.
        percent: Share of the videos, in (0, 100].
        seed: Seed of the choice.
        equal: 'numbers' or 'shares'.

    Returns:
        Indices of the videos chosen, ascending.

    Raises:
        ValueError: ``percent`` outside (0, 100], an unknown ``equal``, or a path that is listed
            twice.
    """
    if equal not in EQUAL:
        raise ValueError(f'equal={equal!r} is unknown; use one of {EQUAL}.')
    if not 0 < percent <= 100:
        raise ValueError(f'percent={percent:g}: give a number above 0 and up to 100.')
    seen = set()
    for path, _ in videos:
        if path in seen:
            raise ValueError(f'{path} is listed twice: take one of the lines out.')
        seen.add(path)
    by_class = defaultdict(list)
    for index, (path, label) in enumerate(videos):
        by_class[label].append((_rank(seed, path), index))
    for members in by_class.values():
        members.sort()
    if equal == 'shares':
        shares = {
            label: max(1, round(len(members) * percent / 100))
            for label, members in by_class.items()
        }
        return sorted(index for label, n in shares.items() for _, index in by_class[label][:n])
    count = max(len(by_class), round(len(videos) * percent / 100))
    chosen: list[int] = []
    turn = 0
    while len(chosen) < count:
        able = [label for label, members in by_class.items() if turn < len(members)]
        able.sort(key=lambda label: _rank(seed, 'turn', turn, label))
        chosen += [by_class[label][turn][1] for label in able[: count - len(chosen)]]
        turn += 1
    return sorted(chosen)
