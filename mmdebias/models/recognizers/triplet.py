"""Triplets of views of a video."""

import torch
from mmaction.registry import MODELS
from torch import Tensor

from .pretraining import PretrainingRecognizer


@MODELS.register_module()
class TripletRecognizer(PretrainingRecognizer):
    """One encoder, three views of each video: the anchor nearer to the positive than the negative.

    DSM's intra-video triplet learning (Wang et al., AAAI 2021, Eq. 5). Needs no other videos, no
    queue and no second encoder.

    Args:
        backbone: Config of the encoder.
        neck: Config of a module from the backbone's output to unit vectors ``[N, D]``.
        head: Config of the loss, :class:`TripletHead`.
        anchor_view: Name of the view that is the anchor.
        positive_view: Name of the view to be near it.
        negative_view: Name of the view to be far from it.
        data_preprocessor: Config of a :class:`ViewDataPreprocessor` with these views.
        train_cfg: As in MMAction2.
        test_cfg: As in MMAction2.

    Raises:
        ValueError: a view that the preprocessor does not give.
    """

    def __init__(
        self,
        backbone: dict,
        neck: dict,
        head: dict,
        anchor_view: str = 'anchor',
        positive_view: str = 'positive',
        negative_view: str = 'negative',
        data_preprocessor: dict | None = None,
        train_cfg: dict | None = None,
        test_cfg: dict | None = None,
    ) -> None:
        super().__init__(
            backbone,
            neck=neck,
            train_cfg=train_cfg,
            test_cfg=test_cfg,
            data_preprocessor=data_preprocessor,
        )
        self.head = MODELS.build(head)
        self.views = (anchor_view, positive_view, negative_view)
        self.check_views(
            anchor_view=anchor_view, positive_view=positive_view, negative_view=negative_view
        )

    def loss(self, inputs: dict[str, Tensor], data_samples: list | None = None) -> dict:
        """Return the triplet loss of a batch of views.

        Args:
            inputs: ``{view: [N, C, T, H, W]}``; other views than the three are ignored.
            data_samples: Not used: there are no labels.

        Returns:
            The head's dict of scalars.
        """
        # One batch: with batch-norm statistics of its own, a view would be told by those.
        clips = torch.cat([inputs[view] for view in self.views])
        return self.head.loss(*self.neck(self.backbone(clips)).chunk(3))
