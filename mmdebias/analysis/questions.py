"""The question that a pre-training config puts to its encoder, for a small net to answer."""

import copy
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
from mmaction.registry import MODELS
from mmengine.config import Config
from mmengine.registry import DefaultScope
from torch import Tensor, nn

from mmdebias.config_checks import typed
from mmdebias.datasets import ordered_steps
from mmdebias.models.pretext_tasks.pretext_task import PretextTask
from mmdebias.models.recognizers import MoCoRecognizer, PretextRecognizer, TripletRecognizer

from .source_clips import NOISE, REAL, STILL, TORN

Views = dict[str, Tensor]
SHOWN = FRAMES, DIFFERENCES = ('single frames', 'frame differences')
OTHER_VIDEO = 'another video'


@dataclass(frozen=True)
class WhichIsPositive:
    """Which of two clips is the anchor's positive?

    Args:
        anchor: Name of a view.
        positive: Name of the view that belongs to it.
        negative: Name of the view that does not, of the same video.
        other_video: The negative is that view of another video, as a batch or a queue holds it.
        scales_motion: The pipeline moves what moves in the negative otherwise (DSM's flow scaling).
    """

    anchor: str
    positive: str
    negative: str
    other_video: bool = False
    scales_motion: bool = False

    num_classes = 2

    def holds_answer(self, case: str, shown: str) -> bool:
        """Return whether clips of a case may be told by right, as they are shown."""
        # Between frames that do not follow each other there is no flow: what is scaled is nonsense,
        # and tears them. Elsewhere it is what moves from frame to frame that is scaled.
        moves = case not in STILL and (shown == DIFFERENCES or case in TORN)
        return case == REAL or (self.scales_motion and moves)

    @property
    def title(self) -> str:
        """Return the question in a few words."""
        beside = OTHER_VIDEO if self.other_video else self.negative
        return f'{self.positive} or {beside}'

    def clips(self, views: Views) -> tuple[Tensor, Tensor]:
        """Return anchors, positives and negatives ``[N, 3, C, T, H, W]``, and no classes."""
        negative = views[self.negative]
        negative = negative.roll(1, 0) if self.other_video else negative
        clips = torch.stack([views[self.anchor], views[self.positive], negative], 1)
        return clips, torch.zeros(len(clips), dtype=torch.long)


@dataclass(frozen=True)
class WhichClass:
    """How was the clip transformed?

    Args:
        view: Name of the view that the task transforms.
        task: The task.
    """

    view: str
    task: PretextTask

    def holds_answer(self, case: str, shown: str) -> bool:
        """Return whether clips of a case may be told by right, as they are shown."""
        return case == REAL or (self.task.in_each_frame and case not in NOISE)

    @property
    def num_classes(self) -> int:
        """Return M, the number of answers."""
        return self.task.num_classes

    @property
    def title(self) -> str:
        """Return the question in a few words."""
        return f'{type(self.task).__name__}, {self.num_classes} classes'

    def clips(self, views: Views) -> tuple[Tensor, Tensor]:
        """Return pieces ``[N, P, C, T, H, W]`` and their classes, int64 ``[N]``."""
        pieces, labels = self.task({self.view: views[self.view]})
        return pieces[self.view], labels


Question = WhichIsPositive | WhichClass


def questions(cfg: Config, alike: bool = True) -> list[Question]:
    """Return what a pre-training config asks.

    Args:
        cfg: Its ``model`` is looked at.
        alike: Another video's clip is a view as the positive is; else as the config keeps it: the
            queue of DSM's contrastive form holds anchors.

    Raises:
        ValueError: the model is none of those whose questions are known.
    """
    model = cfg.model
    kind: Any = MODELS.get(model.type)
    if isinstance(kind, type) and issubclass(kind, PretextRecognizer):
        with DefaultScope.overwrite_default_scope('mmaction'):
            return [WhichClass(model.get('original_view', 'query'), MODELS.build(model.task))]
    if isinstance(kind, type) and issubclass(kind, TripletRecognizer):
        own = _pairs(cfg, 'anchor', 'positive', [model.get('negative_view', 'negative')])
        # The other video's negative is the second term of the loss.
        beside = [dataclasses.replace(own[0], other_video=True)]
        within, between = model.head.get('intra_video', True), model.head.get('inter_video', False)
        return [*(own if within else []), *(beside if between else [])]
    if isinstance(kind, type) and issubclass(kind, MoCoRecognizer):
        own_views = model.get('negative_view') or []
        own_views = [own_views] if isinstance(own_views, str) else own_views
        found = _pairs(cfg, 'query', 'key', own_views)
        anchor, positive = model.get('query_view', 'query'), model.get('key_view', 'key')
        kept = positive if alike else model.get('queue_view') or positive
        return [*found, WhichIsPositive(anchor, positive, kept, other_video=True)]
    raise ValueError(
        f'The questions that {model.type} asks are not known; those of MoCoRecognizer, '
        'TripletRecognizer, PretextRecognizer and classes of these are: give a config of '
        'pre-training, such as configs/dsm/i3d_k400.py.'
    )


def disturbed_alike(cfg: Config, asked: list[Question]) -> Config:
    """Return a config that augments negatives as it does their positives, and then as its own.

    What a method does to the positive alone, it means: BE adds a frame, DSM bends, FAME pastes. It
    takes the positive away from its anchor, but a small net could still tell by it which of two
    clips is the positive. Here it must not count; what only the negative has must.

    Args:
        cfg: It is not changed.
        asked: Its questions.
    """
    cfg = copy.deepcopy(cfg)
    augments = cfg.model.data_preprocessor.get('views', {})
    for question in asked:
        if isinstance(question, WhichIsPositive) and question.positive != question.negative:
            positive = list(augments[question.positive])
            shared, own = list(positive), []
            for step in augments[question.negative]:
                if step in shared:  # once for each time that the positive has it
                    shared.remove(step)
                else:
                    own.append(step)
            augments[question.negative] = [*positive, *own]
    return cfg


def _pairs(
    cfg: Config, anchor: str, positive: str, negatives: Sequence[str]
) -> list[WhichIsPositive]:
    model, scaled = cfg.model, set()
    for step in typed(ordered_steps(cfg.train_dataloader.dataset.pipeline)):
        if step['type'] == 'PerView' and any(s['type'] == 'ScaleOpticalFlow' for s in typed(step)):
            scaled |= set(step.get('views') or negatives)
    names = (model.get(f'{anchor}_view', anchor), model.get(f'{positive}_view', positive))
    return [
        WhichIsPositive(*names, negative, scales_motion=negative in scaled)
        for negative in negatives
    ]


class FrameNet(nn.Module):
    """A small 2-D net: pictures ``[N, 3, H, W]`` to vectors ``[N, 32]`` that know where things are.

    Args:
        side: Of the grid of places that it keeps apart.
    """

    channels = 32

    def __init__(self, side: int = 4) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        widths = (3, 8, 16, 32)
        for before, after in pairwise(widths):
            layers += [nn.Conv2d(before, after, 3, 2, 1, bias=False), nn.BatchNorm2d(after)]
            layers += [nn.ReLU()]
        layers += [nn.AdaptiveAvgPool2d(side), nn.Flatten()]
        layers += [nn.Linear(widths[-1] * side**2, self.channels)]
        self.layers = nn.Sequential(*layers)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return vectors."""
        vectors: Tensor = self.layers(pictures)
        return vectors
