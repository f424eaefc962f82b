"""Heads that are made for another encoder."""

from typing import Any

from torch import Tensor, nn


class HeadWidthError(ValueError):
    """A head whose ``in_channels`` are not the encoder's; the message says what to set."""


def explain_head_width(model: nn.Module) -> None:
    """Have a classifier say what to set, where its ``in_channels`` are not the encoder's.

    A matrix product says "mat1 and mat2 shapes cannot be multiplied". The first batch is looked at;
    the raised error is a :class:`HeadWidthError`.

    Args:
        model: A recogniser of MMAction2; one without a head, or with one that has no layer of
            ``in_channels``, is left alone.
    """
    head = getattr(model, 'cls_head', None)
    width = getattr(head, 'in_channels', None)
    for name, layer in head.named_modules() if isinstance(head, nn.Module) else ():
        if isinstance(layer, nn.Linear) and layer.in_features == width:
            _look_once(layer, name)


def _look_once(layer: nn.Linear, name: str) -> None:
    def look(layer: nn.Module, inputs: tuple[Any, ...]) -> None:
        handle.remove()
        features = inputs[0] if inputs else None
        if isinstance(features, Tensor) and features.shape[-1] != layer.in_features:
            raise HeadWidthError(
                f'model.cls_head.{name} is made for {layer.in_features} channels and the encoder '
                f'gives {features.shape[-1]}: set model.cls_head.in_channels={features.shape[-1]}'
            )

    handle = layer.register_forward_pre_hook(look)
