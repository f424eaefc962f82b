"""A table of where the keys of a checkpoint went."""

from collections.abc import Mapping
from itertools import groupby


def key_table(went: Mapping[str, str], every_key: bool = False) -> str:
    """Return a table of keys, how many they are, and where they went.

    Neighbouring keys that go to one child of the encoder share a line, and so do neighbours that
    were left out for one reason: every key is counted.

    Args:
        went: Each key and its new name, or 'left out: …'.
        every_key: A line a key.
    """
    rows = []
    for way, group in groupby(went.items(), key=lambda pair: pair if every_key else _way(*pair)):
        keys, targets = zip(*group)
        key, target = keys[0], targets[0]
        if len(keys) > 1 and target.startswith('left out'):
            key = _beginning(keys) + '*'
        elif len(keys) > 1:
            key, target = _beginning(keys).rpartition('.')[0] + '.*', f'{way}.*'
        rows.append((key, len(keys), target))
    wide = max(len(key) for key, _, _ in rows)
    count = max(len(str(number)) for _, number, _ in rows)
    return '\n'.join(f'  {key:<{wide}}  {n:>{count}}  ->  {target}' for key, n, target in rows)


def _way(key: str, target: str) -> str:
    """Return the child of the encoder, or the reason for being left out."""
    return target if target.startswith('left out') else '.'.join(target.split('.')[:2])


def _beginning(keys: tuple[str, ...]) -> str:
    """Return what all names begin with, character by character."""
    first, last = min(keys), max(keys)
    same = (a == b for a, b in zip(first, last))
    return first[: next((i for i, equal in enumerate(same) if not equal), len(first))]
