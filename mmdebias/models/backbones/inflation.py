"""Starting a 3D network from a 2D one that learnt on images."""

from mmengine.registry import WEIGHT_INITIALIZERS
from mmengine.runner.checkpoint import CheckpointLoader
from torch import Tensor, nn


# MMEngine's own registry, not MMAction2's: it initialises modules whatever the default scope.
@WEIGHT_INITIALIZERS.register_module(name='Inflated')
class InflatedInit:
    """``init_cfg=dict(type='Inflated', checkpoint=...)``: 2D weights of the same names, inflated.

    Carreira and Zisserman, CVPR 2017, section 2.4. MMAction2 offers it for its ResNet3d family
    (``pretrained2d=True``); here it is for :class:`R3D`, whose 2D counterpart is torchvision's
    ``resnet18`` or ``resnet34``, with the same names. The other nets have none: C3D and R(2+1)D
    have no 2D original, and MMAction2 offers no inflation of Inception-v1, whose released 2D
    weights have other names and another epsilon in their batch normalisation.

    Args:
        checkpoint: File or URL of a state dict, or of a dict that has one under ``state_dict``.
        ignore: Prefixes of keys that the 2D net has besides the encoder: its classifier.

    Raises:
        ValueError: when called, if a tensor of the network is missing in the file or has another
            shape, or if the file has one more.
    """

    def __init__(self, checkpoint: str, ignore: tuple[str, ...] = ('fc.',)) -> None:
        self.checkpoint = checkpoint
        self.ignore = tuple(ignore)

    def __call__(self, module: nn.Module) -> None:
        """Fill the module."""
        loaded = CheckpointLoader.load_checkpoint(self.checkpoint, map_location='cpu')
        flat = loaded.get('state_dict', loaded)
        flat = {key: value for key, value in flat.items() if not key.startswith(self.ignore)}
        try:
            module.load_state_dict(inflate(flat, module.state_dict()))
        except ValueError as error:
            raise ValueError(f'{self.checkpoint} cannot be inflated: {error}') from None


def inflate(flat: dict[str, Tensor], wanted: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return weights of a 2D network for a 3D one (Carreira and Zisserman, section 2.4).

    A kernel [out, in, H, W] is repeated t times along time and divided by t, so that a video of one
    repeated frame has the responses of the image. Everything else is taken as it is.

    Args:
        flat: State dict of the 2D network.
        wanted: State dict of the 3D network, for its names and shapes.

    Returns:
        A state dict with the names and shapes of ``wanted``; counters of batches that the file does
        not have are kept.

    Raises:
        ValueError: if names or shapes do not fit, with the list.
    """
    inflated, wrong = {}, [f'{key}: not of this net' for key in flat if key not in wanted]
    for key, target in wanted.items():
        if key not in flat:
            if key.endswith('num_batches_tracked'):
                inflated[key] = target
            else:
                wrong.append(f'{key}: missing')
            continue
        weight = flat[key]
        if weight.ndim == 4 and target.ndim == 5:
            frames = target.shape[2]
            weight = weight.unsqueeze(2).repeat(1, 1, frames, 1, 1) / frames
        if weight.shape != target.shape:
            shapes = tuple(flat[key].shape), tuple(target.shape)
            wrong.append(f'{key}: {shapes[0]}, wanted for {shapes[1]}')
        inflated[key] = weight
    if wrong:
        raise ValueError('\n  '.join(['its tensors are not those of the net', *wrong]))
    return inflated
