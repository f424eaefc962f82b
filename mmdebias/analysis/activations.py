"""Feature maps and activation maps of encoders."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import torch
from torch import Tensor, nn

from mmdebias.apis import Encoder
from mmdebias.ops import channel_map, stretch_maps


def activation_maps(
    encoder: Encoder,
    clips: Tensor,
    reduce: Literal['mean', 'norm'] = 'mean',
    layer: str | None = None,
) -> Tensor:
    """Compute class-agnostic activation maps of clips, at the size of the clips.

    Args:
        encoder: From :func:`mmdebias.apis.load_encoder`.
        clips: uint8 RGB ``[N, 3, T, H, W]``.
        reduce: See :func:`mmdebias.ops.channel_map`.
        layer: See :func:`feature_maps`.

    Returns:
        float ``[N, T, H, W]``, as they are; :func:`mmdebias.ops.to_heat` scales them for a picture.
    """
    features = feature_maps(encoder, clips, layer)
    frames, height, width = clips.shape[2:]
    return stretch_maps(channel_map(features, reduce), (frames, height, width))


@torch.inference_mode()
def feature_maps(
    encoder: Encoder, clips: Tensor, layer: str | None = None, batch_size: int = 8
) -> Tensor:
    """Return the output of the backbone, or of a layer of it, for clips, on the CPU.

    A 2D net, known by a test pipeline that formats 'NCHW', takes frames one by one; its maps are
    put together again as those of a clip.

    Args:
        encoder: From :func:`mmdebias.apis.load_encoder`.
        clips: uint8 RGB ``[N, 3, T, H, W]``.
        layer: A module of the backbone by its name, such as 'layer3'. None is the backbone's own
            output.
        batch_size: Clips at once.

    Returns:
        float ``[N, C, T', H', W']``.

    Raises:
        ValueError: the backbone has no such layer.
        TypeError: what comes out is no feature map, as with SlowFast's two: name a layer.
    """
    device = next(encoder.parameters()).device
    flat = any(step.get('input_format') == 'NCHW' for step in encoder.pipeline)
    parts = []
    with _layer_output(encoder.backbone, layer) as outputs:
        for part in clips.split(batch_size):
            inputs = encoder.normaliser.normalise(part.to(device))
            if flat:
                inputs = inputs.transpose(1, 2).flatten(0, 1)
            encoder.backbone(inputs)
            features = outputs.pop()
            if not isinstance(features, Tensor) or features.ndim != (4 if flat else 5):
                name = type(encoder.backbone).__name__ + (f'.{layer}' if layer else '')
                raise TypeError(
                    f'{name} returns no feature map [N, C, T, H, W]: name a layer that does, such '
                    "as 'layer4', or 'slow_path.layer4' of a SlowFast."
                )
            if flat:
                features = features.unflatten(0, (len(part), -1)).transpose(1, 2)
            parts.append(features.float().cpu())
    return torch.cat(parts)


@contextmanager
def _layer_output(backbone: nn.Module, layer: str | None) -> Iterator[list]:
    try:
        module = backbone.get_submodule(layer or '')
    except AttributeError:
        names = ', '.join(name for name, _ in backbone.named_children())
        raise ValueError(
            f'layer={layer!r} is not in {type(backbone).__name__}, which has {names}'
        ) from None
    outputs: list = []
    hook = module.register_forward_hook(lambda _module, _inputs, output: outputs.append(output))
    try:
        yield outputs
    finally:
        hook.remove()
