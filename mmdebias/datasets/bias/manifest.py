"""Which videos a bias report shows: one row a probe video, decided once and kept in a file."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

SOURCES = ('stripes', 'images', 'videos')
SCUBA = tuple(f'scuba_{source}' for source in SOURCES)
SCUFO = tuple(f'scufo_{source}' for source in SOURCES)
CONFLICT = tuple(f'conflict_{source}' for source in SOURCES)
PROBES = (
    'original',
    *SCUBA,
    *SCUFO,
    *CONFLICT,
    'action_swap',
    'human_only',
    'background_only',
    'static_frame',
)
# What a probe needs of the list; all but 'original' and 'static_frame' need masks.
WITHOUT_MASKS = ('original', 'static_frame')
WITH_PARTNER = (*CONFLICT, 'action_swap')
STRIPES = 'stripes'


@dataclasses.dataclass(frozen=True)
class ProbeRow:
    """One video of a bias report.

    Args:
        probe: One of ``PROBES``.
        video: As in the list, relative to the data root.
        label: Class of that video: of what moves.
        seed: Decides every draw of the row: its stripes, the moment of a frozen frame, ...
        background: What is put behind: 'stripes', a picture, a video; None where the video's own
            background stays, or is only taken away.
        partner: The video whose static foreground ('conflict_*') or whose background
            ('action_swap') is added.
        partner_label: Its class, never that of ``video``.
    """

    probe: str
    video: str
    label: int
    seed: int
    background: str | None = None
    partner: str | None = None
    partner_label: int | None = None

    @property
    def source(self) -> str | None:
        """Where the background of a SCUBA, SCUFO or conflict row comes from, None for others."""
        kind, _, source = self.probe.partition('_')
        return source if kind in ('scuba', 'scufo', 'conflict') else None


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
    raise NotImplementedError


def write_manifest(path: str | Path, rows: Sequence[ProbeRow]) -> None:
    """Write rows, one JSON object a line."""
    raise NotImplementedError


def read_manifest(path: str | Path) -> list[ProbeRow]:
    """Read what :func:`write_manifest` wrote.

    Raises:
        ValueError: the file lists no rows, or a line is no row; the message names it.
    """
    raise NotImplementedError
