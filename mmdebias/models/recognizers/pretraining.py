"""The base of the recognisers without classes."""

from mmaction.models.recognizers import BaseRecognizer
from torch import Tensor


class PretrainingRecognizer(BaseRecognizer):
    """An encoder (``backbone``, perhaps a ``neck``) that learns from views of videos, unlabelled.

    Checkpoints keep it under ``backbone.``, where an MMAction2 recogniser looks for it.
    """

    def extract_feat(self, inputs: Tensor, stage: str = 'neck', **kwargs) -> tuple:
        """Return features of clips, as MMAction2's recognisers give them.

        Args:
            inputs: ``[N, C, T, H, W]``, or ``[N, V, C, T, H, W]`` with V clips a sample, which
                are taken one by one.
            stage: 'backbone' for the feature map, 'neck' for unit vectors, where there is a neck.
            **kwargs: Not used.

        Returns:
            The features of the N (or N * V) clips, and an empty dict.
        """
        clips = inputs.flatten(0, 1) if inputs.ndim == 6 else inputs
        features = self.backbone(clips)
        if stage == 'neck' and self.with_neck:
            features = self.neck(features)
        return features, {}

    def predict(self, inputs: Tensor, data_samples: list | None = None, **kwargs) -> list:
        """There are no classes to predict while pre-training.

        Raises:
            RuntimeError: always, naming what to do instead.
        """
        raise RuntimeError(
            f'{type(self).__name__} has no classes to predict. Test the encoder with a config of '
            'configs/finetune or configs/retrieval and load_from= this checkpoint.'
        )

    def check_views(self, **views: str | None) -> None:
        """Raise ValueError if an argument names a view that the data preprocessor does not give."""
        given = getattr(self.data_preprocessor, 'augments', None)
        missing = [view for view in views.values() if view and given and view not in given]
        if missing:
            raise ValueError(
                f'The data preprocessor gives the views {list(given)}, not {missing}: add them to '
                f'its views, or name others in {", ".join(views)}.'
            )
