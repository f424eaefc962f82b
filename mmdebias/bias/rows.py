"""A row of a manifest, by itself: the probes read it, and the manifest is drawn for probes."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class ProbeRow:
    """One video of a bias report.

    Args:
        probe: One of :data:`mmdebias.bias.probes.PROBES`.
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
