"""The manifest of a bias report: one row a probe video, drawn once and kept in a file."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from mmdebias.files import write_text

from .probes import IMAGES, PARTNER, PROBES, STRIPES, VIDEOS, composed_probes
from .rows import ProbeRow


def make_manifest(
    videos: Sequence[tuple[str, int]],
    probes: Sequence[str],
    seed: int,
    images: Sequence[str] | None = None,
) -> list[ProbeRow]:
    """Draw the background and the partner of every video for every probe.

    A draw is a digest of the seed, the question and the video: the same on every machine, for any
    order of the list and of the probes. The rows of one video that share a source ('scuba_videos',
    'scufo_videos', 'conflict_videos') share seed and background: SCUFO shows a frame of the very
    SCUBA video, and the conflict is added to it.

    Videos put behind, and partners, are always of another class than the video.

    Args:
        videos: Paths, relative to the data root, and classes; paths have to differ.
        probes: Some of ``PROBES``.
        seed: Of all draws, 0 or more.
        images: Pictures for the source 'images', relative to their folder.

    Returns:
        Rows, video after video in the order of the list; each video's in the order of ``PROBES``.

    Raises:
        ValueError: an unknown probe or one asked twice, no probes, no videos, a video listed
            twice, no ``images`` where a probe needs them, or videos of one class only where a
            probe needs another.
    """
    _check_videos(videos)
    _check_probes(probes, images)
    # In an order that does not depend on the list's, so that neither do the draws.
    ordered = sorted(videos, key=lambda video: (video[1], video[0]))
    pictures = sorted(images or ())
    labels = [label for _, label in ordered]
    needs_other = [p for p in probes if PROBES[p].partner or PROBES[p].background == VIDEOS]
    if needs_other and labels[0] == labels[-1]:
        raise ValueError(
            f'The probes {needs_other} put videos of different classes together, and the list has '
            f'class {labels[0]} only: leave them out, or give a list of two or more classes.'
        )

    def other(label: int, *parts: object) -> tuple[str, int]:
        """Return a video of another class, each as likely as the others."""
        begin, end = bisect_left(labels, label), bisect_right(labels, label)
        index = _digest(seed, *parts) % (len(ordered) - (end - begin))
        return ordered[index if index < begin else index + end - begin]

    def row(name: str, video: str, label: int) -> ProbeRow:
        probe = PROBES[name]
        still = probe.background in (STRIPES, IMAGES, VIDEOS)
        shared = probe.background if still else name
        found = ProbeRow(name, video, label, _digest(seed, 'row', shared, video) % 2**32)
        if probe.background == STRIPES:
            found = dataclasses.replace(found, background=STRIPES)
        elif probe.background == IMAGES:
            picture = pictures[_digest(seed, 'image', video) % len(pictures)]
            found = dataclasses.replace(found, background=picture)
        elif probe.background == VIDEOS:
            found = dataclasses.replace(found, background=other(label, 'background', video)[0])
        if probe.partner:
            # The kind is the word up to the first underscore: the draws of published manifests.
            kind = name.partition('_')[0]
            partner, partner_label = other(label, 'partner', kind, video)
            found = dataclasses.replace(found, partner=partner, partner_label=partner_label)
        if probe.background == PARTNER:
            found = dataclasses.replace(found, background=found.partner)
        return found

    asked = [probe for probe in composed_probes() if probe in probes]
    return [row(probe, video, label) for video, label in videos for probe in asked]


def write_manifest(path: str | Path, rows: Sequence[ProbeRow]) -> None:
    """Write rows, one JSON object a line; the file appears when it is whole."""
    write_text(path, manifest_text(rows))


def manifest_text(rows: Sequence[ProbeRow]) -> str:
    """Return what :func:`write_manifest` writes."""
    lines = (json.dumps(dataclasses.asdict(row), ensure_ascii=False) for row in rows)
    return ''.join(f'{line}\n' for line in lines)


def read_manifest(path: str | Path) -> list[ProbeRow]:
    """Read what :func:`write_manifest` wrote.

    Raises:
        ValueError: the file lists no rows, or a line is no row; the message names it.
    """
    rows = []
    for number, line in enumerate(Path(path).read_text(encoding='utf-8').splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = ProbeRow(**json.loads(line))
        except (TypeError, ValueError) as error:
            raise ValueError(f'{path}, line {number} is no row of a manifest: {error}') from error
        if row.probe not in composed_probes():
            raise ValueError(f'{path}, line {number}: {_unknown(row.probe)}')
        probe = PROBES[row.probe]
        if probe.partner and (row.partner is None or row.partner_label is None):
            raise ValueError(f'{path}, line {number}: {row.probe} needs partner and partner_label.')
        if row.background is None and probe.background is not None:
            raise ValueError(f'{path}, line {number}: {row.probe} needs a background.')
        rows.append(row)
    if not rows:
        raise ValueError(f'{path} lists no rows: write it with make_manifest and write_manifest.')
    return rows


def _digest(*parts: object) -> int:
    # Not a random generator: the same on every machine and version, and a row's draws are its own.
    return int.from_bytes(hashlib.sha256('\0'.join(map(str, parts)).encode()).digest()[:8], 'big')


def _unknown(probe: str) -> str:
    return f'probe {probe!r} is not known; there are {", ".join(composed_probes())}.'


def _check_videos(videos: Sequence[tuple[str, int]]) -> None:
    if not videos:
        raise ValueError('videos is empty: a manifest needs one video or more.')
    path, times = Counter(path for path, _ in videos).most_common(1)[0]
    if times > 1:
        raise ValueError(f'videos lists {path} {times} times: take the others out.')


def _check_probes(probes: Sequence[str], images: Sequence[str] | None) -> None:
    if not probes:
        raise ValueError(f'probes is empty: ask some of {", ".join(composed_probes())}.')
    for probe, times in Counter(probes).items():
        if probe not in composed_probes():
            raise ValueError(_unknown(probe))
        if times > 1:
            raise ValueError(f'probe {probe!r} is asked {times} times: once is enough.')
    pictured = [probe for probe in probes if PROBES[probe].background == IMAGES]
    if pictured and not images:
        raise ValueError(f'The probes {pictured} need pictures: give images, or leave them out.')
