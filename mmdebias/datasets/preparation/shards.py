"""Parts of a preparation that run at the same time, on one machine or on many.

Each has a folder of its own, ``shards/I-of-N``, so that none writes to a file of another's:
``prepare.json`` (what was asked for), ``checks.jsonl``, and ``report.json``, which comes last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

SHARDS = 'shards'
SETTINGS, REPORT, JOURNAL = 'prepare.json', 'report.json', 'checks.jsonl'

Key = TypeVar('Key')
Value = TypeVar('Value')


@dataclass(frozen=True)
class Shard:
    """One of several parts.

    Attributes:
        number: Which one, from 1.
        total: How many there are.
    """

    number: int
    total: int

    def __str__(self) -> str:
        return f'{self.number}/{self.total}'

    def folder(self, out: Path) -> Path:
        """Return where its files are."""
        return out / SHARDS / f'{self.number}-of-{self.total}'

    def share(self, items: Mapping[Key, Value]) -> dict[Key, Value]:
        """Return its part of some items: every ``total``-th, so that each has some of all kinds."""
        return dict(list(items.items())[self.number - 1 :: self.total])


def parse_shard(text: str) -> Shard:
    """Parse ``'3/8'``.

    Raises:
        ValueError: it is not two numbers, the first from 1 to the second.
    """
    number, _, total = text.partition('/')
    if not (number.isdecimal() and total.isdecimal() and 1 <= int(number) <= int(total)):
        raise ValueError(f'{text!r}: give a number from 1 on and how many there are, such as 3/8.')
    return Shard(int(number), int(total))


def journals(out: Path) -> list[Path]:
    """Return all files of results of checks, the one written last at the end."""
    found = [out / JOURNAL, *(out / SHARDS).glob(f'*-of-*/{JOURNAL}')]
    return sorted(filter(Path.exists, found), key=lambda path: path.stat().st_mtime_ns)


def check_whole(out: Path) -> None:
    """Raise a FileNotFoundError that names the shards that are missing, or not whole.

    Raises:
        ValueError: there are shards of several totals.
    """
    names = [path.name.split('-of-') for path in (out / SHARDS).glob('*-of-*')]
    totals = sorted({int(total) for _, total in names})
    if not totals:
        raise FileNotFoundError(f'{out / SHARDS} holds no shards: run --shard 1/N to N/N first.')
    if len(totals) > 1:
        raise ValueError(
            f'{out / SHARDS} holds shards of {" and of ".join(map(str, totals))}: remove the '
            'folders of those that do not count.'
        )
    shards = [Shard(number, totals[0]) for number in range(1, totals[0] + 1)]
    missing = [str(shard) for shard in shards if not (shard.folder(out) / REPORT).exists()]
    if missing:
        raise FileNotFoundError(
            f'{out}: of {totals[0]} shards, {len(missing)} are not whole: {", ".join(missing)}. '
            'Run these again (--shard), then --merge.'
        )
