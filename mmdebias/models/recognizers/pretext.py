"""Pretext tasks, with or without BE's consistency."""

from mmaction.registry import MODELS
from torch import Tensor

from mmdebias.ops.losses import check_reduction, temporal_consistency

from .pretraining import PretrainingRecognizer


@MODELS.register_module()
class PretextRecognizer(PretrainingRecognizer):
    """Name the transformation of a clip; with BE, see past a disturbance as well (section 3.3.1).

    The loss is ``L_p + beta * L_be`` (Eq. 5): the cross-entropy of the task on the original view
    (Eq. 3), and the distance between the feature maps of the original and the disturbed view, both
    transformed alike (Eq. 4). Checkpoints keep the encoder under ``backbone.``, where an MMAction2
    recogniser looks for it.

    Args:
        backbone: Config of an encoder that returns feature maps ``[N, C, T, H, W]``.
        task: Config of the task: :class:`Rotation`, :class:`SpaceTimePuzzles` or
            :class:`ClipOrder`.
        head: Config of a :class:`PretextHead`, without what the task says: its number of classes
            and of pieces.
        original_view: Name of the view that is transformed and classified.
        disturbed_view: Name of the view that BE has disturbed, or None for the task alone.
        consistency_weight: beta of Eq. 5, not negative.
        consistency_reduction: See :func:`mmdebias.ops.temporal_consistency`.
        data_preprocessor: Config of a :class:`ViewDataPreprocessor` with these views.
        train_cfg: As in MMAction2.
        test_cfg: As in MMAction2.

    Raises:
        ValueError: a negative ``consistency_weight``, an unknown reduction, or a view that the
            preprocessor does not give.
    """

    def __init__(
        self,
        backbone: dict,
        task: dict,
        head: dict,
        original_view: str = 'query',
        disturbed_view: str | None = None,
        consistency_weight: float = 1.0,
        consistency_reduction: str = 'mean',
        data_preprocessor: dict | None = None,
        train_cfg: dict | None = None,
        test_cfg: dict | None = None,
    ) -> None:
        super().__init__(
            backbone, train_cfg=train_cfg, test_cfg=test_cfg, data_preprocessor=data_preprocessor
        )
        if not consistency_weight >= 0:
            raise ValueError(f'consistency_weight={consistency_weight!r} must be 0 or more.')
        check_reduction(consistency_reduction)
        self.task = MODELS.build(task)
        parts = dict(num_classes=self.task.num_classes, num_pieces=self.task.num_pieces)
        self.head = MODELS.build({**head, **parts})
        self.original_view, self.disturbed_view = original_view, disturbed_view
        self.consistency_weight = consistency_weight
        self.consistency_reduction = consistency_reduction
        self.check_views(original_view=original_view, disturbed_view=disturbed_view)

    def loss(self, inputs: dict[str, Tensor], data_samples: list | None = None) -> dict:
        """Return the losses of a batch of views.

        Args:
            inputs: ``{view: [N, C, T, H, W]}``; other views than those of the arguments are
                ignored.
            data_samples: Not used: there are no labels.

        Returns:
            The head's dict of scalars, and with a disturbed view ``loss_consistency``, weighted.
        """
        names = [self.original_view] + [self.disturbed_view] * (self.disturbed_view is not None)
        pieces, labels = self.task({view: inputs[view] for view in names})
        original = self.embed(pieces[self.original_view])
        losses = self.head.loss(original, labels)
        if self.disturbed_view is not None:
            disturbed = self.embed(pieces[self.disturbed_view])
            distance = temporal_consistency(
                original.flatten(0, 1), disturbed.flatten(0, 1), self.consistency_reduction
            )
            losses['loss_consistency'] = self.consistency_weight * distance
        return losses

    def embed(self, pieces: Tensor) -> Tensor:
        """Return the feature maps ``[N, P, C', T', H', W']`` of pieces ``[N, P, C, T, H, W]``.

        Raises:
            ValueError: the backbone returns something else than a map of each piece.
        """
        maps = self.backbone(pieces.flatten(0, 1))
        if not isinstance(maps, Tensor) or maps.ndim != 5:
            raise ValueError(
                'The pretext tasks need a backbone that returns one feature map [N, C, T, H, W]; '
                f'{type(self.backbone).__name__} does not.'
            )
        return maps.unflatten(0, pieces.shape[:2])
