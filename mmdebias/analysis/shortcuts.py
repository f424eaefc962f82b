"""Can what a pre-training config asks for be told without motion?"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from mmengine.config import Config
from torch import Tensor, nn

from mmdebias.datasets.seeding import seeded

from .config_views import ConfigViews, smaller
from .questions import (
    SHOWN,
    FrameNet,
    Question,
    WhichIsPositive,
    disturbed_alike,
    questions,
)
from .source_clips import CASES, PAN, Frames

SIDE, LENGTH, BATCH = 32, 3, 64
"""Pixels and frames of a view or of a piece, and clips that are augmented together."""


@dataclass(frozen=True)
class Answer:
    """How often a small 2-D net answers a question.

    Args:
        question: What is asked.
        case: What is fed, one of ``CASES``.
        shown: What the net sees, one of ``SHOWN``.
        right: Share of the test clips that it answers rightly.
        low: Lower end of the interval.
        high: Upper end.
        count: Test clips.
        chance: Share that guessing gives.
        by_right: Whether the case holds an answer, so that ``right`` says nothing of a shortcut:
            real clips, pictures where each shows it (which way is up), motion where it is scaled.
    """

    question: str
    case: str
    shown: str
    right: float
    low: float
    high: float
    count: int
    chance: float
    by_right: bool

    @property
    def is_shortcut(self) -> bool:
        """Return whether a clip that holds no answer is answered above chance, by its interval."""
        return not self.by_right and self.low > self.chance

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return dict(asdict(self), is_shortcut=self.is_shortcut)


def answers(
    cfg: Config,
    videos: Sequence[Frames],
    train: int = 768,
    test: int = 512,
    epochs: int = 10,
    seed: int = 0,
    cases: Sequence[str] = tuple(CASES),
    alike: bool = True,
) -> list[Answer]:
    """Train small 2-D nets to answer what a config asks, on clips with and without an answer.

    The clips of each case (:data:`CASES`) go through the config's own views and augments, made
    small (:func:`smaller`). A net that sees one frame of each view, or the difference of two
    neighbours, learns to tell the positive from the negative, or the classes of the pretext task.
    For pairs one net embeds all views and the nearer clip is its answer, as in the losses of the
    methods; both clips are augmented as the positive is (:func:`disturbed_alike`), unless told
    otherwise.

    Args:
        cfg: Of pre-training; its data set is not read.
        videos: uint8 RGB ``[T, H, W, 3]`` each, of one size.
        train: Clips that a net learns from.
        test: Clips that it is tested on.
        epochs: Over the clips.
        seed: Of everything.
        cases: Some of :data:`CASES`.
        alike: Augment the negative as the positive, too, so that what only the positive goes
            through is no answer; else as the config has it, another video's clip included.

    Returns:
        An :class:`Answer` for each question, case and way to show it. Their intervals, Wilson's,
        hold for all cases without an answer together with 95 %.

    Raises:
        ValueError: no videos, fewer clips than a batch, or a config that does not pre-train
            with views (see :func:`questions`, :class:`ConfigViews`).
    """
    for name, value in (('train', train), ('test', test)):
        if value < BATCH:
            raise ValueError(f'{name}={value} must be {BATCH} or more, one batch of clips.')
    if not len(videos):
        raise ValueError('videos is empty: give one or more.')
    with seeded(seed):
        small = smaller(cfg, SIDE, LENGTH)
        asked = questions(small, alike)
        views = ConfigViews(disturbed_alike(small, asked) if alike else small)
        # A pan has an order, so that it can tell nothing of a pretext task's shortcuts.
        pairs = any(isinstance(question, WhichIsPositive) for question in asked)
        cases = [case for case in cases if pairs or case != PAN]
        told = {
            (question, case, shown): question.holds_answer(case, shown)
            for question in asked
            for case in cases
            for shown in SHOWN
        }
        confidence = 1 - 0.05 / max(sum(not by_right for by_right in told.values()), 1)
        found = {}
        for case in cases:
            parts = [_collect(asked, views, case, videos, count) for count in (train, test)]
            for question in asked:
                for shown in SHOWN:
                    pictures, labels = zip(*(part[question, shown] for part in parts))
                    right = _learn(question, pictures, labels, epochs)
                    found[question, case, shown] = right
    return [
        Answer(
            question.title,
            case,
            shown,
            float(found[question, case, shown].double().mean()),
            *_interval(found[question, case, shown], confidence),
            len(found[question, case, shown]),
            1 / question.num_classes,
            by_right,
        )
        for (question, case, shown), by_right in told.items()
    ]


def told_best(found: Sequence[Answer]) -> Answer:
    """Return which of the clips without an answer is told best, a shortcut before all others.

    Args:
        found: Of :func:`answers`.
    """
    blind = [answer for answer in found if not answer.by_right]
    return max(blind, key=lambda answer: (answer.is_shortcut, answer.low - answer.chance))


Shown = dict[tuple[Question, str], tuple[Tensor, Tensor]]


def _collect(
    asked: Sequence[Question], views: ConfigViews, case: str, videos: Sequence[Frames], count: int
) -> Shown:
    """Return pictures ``[N, P, 3, H, W]`` and labels ``[N]`` by question and way to show them."""
    rng = np.random.default_rng(np.random.randint(2**31))
    found: dict[tuple[Question, str], list[tuple[Tensor, Tensor]]] = {}
    for _ in range(-(-count // BATCH)):
        inputs = views.batch(CASES[case](videos, BATCH, rng))
        for question in asked:
            clips, labels = question.clips(inputs)
            # One moment for all views: where real ones show the same frames, they may be compared.
            # Not the first: flow scaling makes the second frame of it, so that in clips without
            # motion the two go together and no others do. By motion, that may be told.
            t = int(rng.integers(1, clips.shape[3] - 1)) if clips.shape[3] > 2 else 0
            frame, after = clips[:, :, :, t], clips[:, :, :, t + 1]
            for shown, pictures in zip(SHOWN, (frame, after - frame)):
                found.setdefault((question, shown), []).append((pictures.half(), labels))
    return {key: (_cat(parts, 0), _cat(parts, 1)) for key, parts in found.items()}


def _cat(parts: Sequence[tuple[Tensor, Tensor]], place: int) -> Tensor:
    return torch.cat([part[place] for part in parts])


class _Asker(nn.Module):
    """A question's answers from pictures ``[N, P, 3, H, W]``: scores ``[N, M]``."""

    def __init__(self, question: Question, pictures: int) -> None:
        super().__init__()
        self.embed = FrameNet()
        width = self.embed.channels
        self.pairs = isinstance(question, WhichIsPositive)
        self.orders = getattr(getattr(question, 'task', None), 'orders', None)
        self.classify = nn.Sequential(
            nn.ReLU(),
            nn.Linear(width * pictures, 128),
            nn.ReLU(),
            nn.Linear(128, question.num_classes),
        )
        self.place = nn.Linear(width, pictures)

    def forward(self, pictures: Tensor) -> Tensor:
        vectors = self.embed(pictures.flatten(0, 1)).view(*pictures.shape[:2], -1)
        if self.pairs:
            anchor, *candidates = F.normalize(vectors, dim=2).unbind(1)
            return torch.stack([(anchor * each).sum(1) for each in candidates], 1) / 0.1
        scores: Tensor = self.classify(vectors.flatten(1))
        if self.orders is not None:
            # Where each piece belongs, whatever lies beside it: far fewer clips teach that.
            places = self.place(vectors)
            scores = scores + sum(places[:, p, order] for p, order in enumerate(self.orders.T))
        return scores


def _learn(
    question: Question, pictures: Sequence[Tensor], labels: Sequence[Tensor], epochs: int
) -> Tensor:
    """Return whether each test clip is answered rightly: 1, 0, or what guessing gives at a tie."""
    if not any(part.any() for part in pictures):  # stills have no differences
        return torch.full((len(labels[1]),), 1 / question.num_classes)
    net = _Asker(question, pictures[0].shape[1])
    steps = epochs * max(len(labels[0]) // 64, 1)
    optimizer = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=steps)
    order = torch.cat([torch.randperm(len(labels[0])) for _ in range(epochs)])
    for chosen in order.chunk(steps):
        loss = F.cross_entropy(net(pictures[0][chosen].float()), labels[0][chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    net.eval()
    with torch.no_grad():
        scores = torch.cat([net(part.float()) for part in pictures[1].split(256)])
    best = scores == scores.amax(1, keepdim=True)
    return best[range(len(scores)), labels[1]] / best.sum(1)


def _interval(right: Tensor, confidence: float) -> tuple[float, float]:
    from scipy.stats import binomtest

    found = binomtest(round(right.double().sum().item()), len(right))
    interval = found.proportion_ci(confidence, method='wilson')
    return float(interval.low), float(interval.high)
