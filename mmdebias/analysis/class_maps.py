"""Class activation maps: where a classifier looks for the class that it names."""

import copy
import warnings
from pathlib import Path

import torch
from mmaction.models.recognizers import BaseRecognizer, Recognizer2D
from mmaction.structures import ActionDataSample
from mmaction.utils import GradCAM
from mmengine.config import Config
from torch import Tensor, nn

from mmdebias.evaluation import load_classifier


def classifier_with_gradients(cfg: Config, checkpoint: str | Path | None) -> BaseRecognizer:
    """Return the classifier of a config, in eval mode, with gradients, on the CPU.

    Args:
        cfg: Of an MMAction2 recogniser. A :class:`LinearProbe` is built as the ``Recognizer3D`` it
            is but for its frozen encoder, which would keep gradients from the feature map.
        checkpoint: See :func:`load_classifier`.

    Raises:
        ValueError: the config has no classifier, or (CheckpointError) the checkpoint's tensors are
            not those of the config's.
        FileNotFoundError: no such checkpoint.
    """
    if not (cfg.model.get('cls_head') or {}).get('num_classes'):
        raise ValueError(
            f'{cfg.filename or "the config"} has no classifier (no model.cls_head with '
            'num_classes), and a class activation map is of a class: take the class-agnostic map '
            'caam, or a config of a trained classifier.'
        )
    if cfg.model.type == 'LinearProbe':
        cfg = copy.deepcopy(cfg)
        cfg.model.type = 'Recognizer3D'
    return load_classifier(cfg, checkpoint).requires_grad_(True)


class ClassMaps:
    """MMAction2's Grad-CAM of a classifier.

    Grad-CAM at the last feature map of a net that averages it and has one linear layer (``I3DHead``
    and others) is the CAM of FAME's Fig. 7, up to its scale and with what speaks against the class
    set to 0.

    Args:
        classifier: From :func:`classifier_with_gradients`.
        layer: Path of a module in MMAction2's form, such as 'backbone/layer4'. 'backbone' is its
            output.

    Raises:
        ValueError: the classifier has no such layer.
    """

    def __init__(self, classifier: nn.Module, layer: str = 'backbone') -> None:
        try:
            classifier.get_submodule(layer.replace('/', '.'))
        except AttributeError:
            names = ', '.join(
                f'backbone/{name}' for name, _ in classifier.backbone.named_children()
            )
            raise ValueError(
                f'layer={layer!r} is not in the classifier: take backbone or one of {names}'
            ) from None
        self.layer = layer
        self.classifier = classifier
        # In this colour map the picture of a map is the map, in 256 levels.
        self.grad_cam = GradCAM(classifier, layer, colormap='gray')

    def __call__(self, clips: Tensor, labels: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return the maps of the class of each clip.

        Args:
            clips: uint8 RGB ``[N, 3, T, H, W]``, as the test pipeline makes them.
            labels: int64 ``[N]``, whose map it is. None takes the class with the highest score.

        Returns:
            Heat ``[N, T, H, W]`` in [0, 1], each clip on its own scale; scores ``[N, K]``.

        Raises:
            TypeError: the layer returns no feature map.
        """
        results = [
            self._one(clip, None if labels is None else labels[i]) for i, clip in enumerate(clips)
        ]
        return torch.stack([heat for heat, _ in results]), torch.stack([s for _, s in results])

    def _one(self, clip: Tensor, label: Tensor | None) -> tuple[Tensor, Tensor]:
        sample = ActionDataSample()
        if label is not None:
            sample.set_gt_label(int(label))
        flat = isinstance(self.classifier, Recognizer2D)
        inputs = clip.transpose(0, 1) if flat else clip[None]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter('ignore')  # it hooks backward passes in torch's older way
                pictures, scores = self.grad_cam(
                    dict(inputs=[inputs], data_samples=[sample]),
                    use_labels=label is not None,
                    alpha=1.0,
                )
        except AttributeError as error:
            raise TypeError(
                f'{self.layer} of the classifier returns no feature map ({error}): name a layer '
                "that does, such as 'backbone/layer4'."
            ) from error
        return pictures[0, ..., 0].float(), scores[0].detach()
