"""3D ResNets with 18 and 34 layers, as BE and DSM train them."""

from mmaction.registry import MODELS
from torch import Tensor, nn

from .residual import ResidualBackbone, projection

DEPTHS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3)}


@MODELS.register_module()
class R3D(ResidualBackbone):
    """R3D: a ResNet of basic blocks whose every convolution is 3x3x3, after a 7x7x7 stem.

    Hara et al., "Can Spatiotemporal 3D CNNs Retrace the History of 2D CNNs and ImageNet?", CVPR
    2018, section 3.2 and table 2, with projections (type B) where the shape changes. 33,203,904
    parameters with 18 layers, 63,513,536 with 34. The state dict has the names of BE's and DSM's
    code. torchvision's `r3d_18` is another net: its stem has a 3x7x7 kernel and no pooling.

    Shapes: [N, C, T, H, W] to [N, 512, T', H', W'] with T' = T / 16 and H' = H / 32, rounded up:
    16 x 112 x 112 gives 1 x 4 x 4, and 16 x 224 x 224 gives 1 x 7 x 7.

    Args:
        depth: 18 or 34 layers.
        in_channels: Channels of the clip: 3 for RGB.
        frozen_stages: -1 freezes nothing, 0 the stem, k the stem and `layer1` to `layer<k>` of 4.
        norm_eval: Keep every batch normalisation in eval mode.
        with_cp: Recompute activations in the backward pass to save memory.
        init_cfg: MMEngine's `init_cfg`; None is Kaiming normal. `dict(type='Pretrained',
            checkpoint=..., prefix='backbone.')` starts from a checkpoint.

    Raises:
        ValueError: If `depth` is another or `frozen_stages` is out of range or, in `forward`, if
            the clip has fewer than 4 frames, a side below 32 pixels, or the wrong number of
            channels.

    Example:
        >>> backbone = R3D(depth=34)
        >>> backbone.init_weights()
        >>> backbone(torch.randn(2, 3, 16, 112, 112)).shape
        torch.Size([2, 512, 1, 4, 4])
    """

    stages = (('conv1 bn1 relu maxpool',), ('layer1',), ('layer2',), ('layer3',), ('layer4',))

    def __init__(
        self,
        depth: int = 18,
        in_channels: int = 3,
        frozen_stages: int = -1,
        norm_eval: bool = False,
        with_cp: bool = False,
        init_cfg: dict | list[dict] | None = None,
    ) -> None:
        if depth not in DEPTHS:
            raise ValueError(f'depth={depth!r}, but R3D has 18 or 34 layers')
        super().__init__(in_channels, frozen_stages, norm_eval, with_cp, init_cfg)
        self.conv1 = nn.Conv3d(in_channels, 64, 7, (1, 2, 2), padding=3, bias=False)
        self.bn1 = nn.BatchNorm3d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool3d(3, stride=2, padding=1)
        self._add_layers(BasicBlock, DEPTHS[depth])
        self._freeze()


class BasicBlock(nn.Module):
    """Two 3x3x3 convolutions and a shortcut: the identity, or a projection where shapes differ."""

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv3d(in_channels, out_channels, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm3d(out_channels)
        self.conv2 = nn.Conv3d(out_channels, out_channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm3d(out_channels)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = projection(in_channels, out_channels, stride)

    def forward(self, x: Tensor) -> Tensor:
        """[N, in, T, H, W] to [N, out, T / stride, H / stride, W / stride], rounded up."""
        shortcut = x if self.downsample is None else self.downsample(x)
        x = self.relu(self.bn1(self.conv1(x)))
        return self.relu(self.bn2(self.conv2(x)) + shortcut)
