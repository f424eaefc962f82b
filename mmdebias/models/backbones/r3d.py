"""3D ResNets with 18 and 34 layers, as BE and DSM train them."""

from typing import Any

from mmaction.registry import MODELS
from torch import Tensor, nn

from .residual import ResidualBackbone, projection
from .staged_backbone import KAIMING

DEPTHS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3)}


@MODELS.register_module()
class R3D(ResidualBackbone):
    """R3D: a ResNet of basic blocks whose every convolution is 3x3x3, after a 7x7x7 stem.

    Hara et al., "Can Spatiotemporal 3D CNNs Retrace the History of 2D CNNs and ImageNet?", CVPR
    2018, section 3.2 and table 2, with projections (type B) where the shape changes. 33,203,904
    parameters with 18 layers, 63,513,536 with 34. The state dict has the names of BE's and DSM's
    code. torchvision's ``r3d_18`` (Tran et al., CVPR 2018) has another stem: it is
    ``R3D(conv1_kernel_t=3, with_pool1=False)``, with the keys renamed as
    ``tools/convert/import_weights.py`` does.

    Shapes: [N, C, T, H, W] to [N, 512, T', H', W'] with T' = T / 16 and H' = H / 32, rounded up:
    16 x 112 x 112 gives 1 x 4 x 4, and 16 x 224 x 224 gives 1 x 7 x 7. Without ``pool1`` each is
    twice as large.

    Stages, for ``frozen_stages``: the stem, then ``layer1`` to ``layer4``.

    Initial weights: Kaiming normal, fan out, as in the code of BE and DSM.
    ``init_cfg=dict(type='Inflated', checkpoint=...)`` starts from a 2D ResNet of the same depth,
    see :class:`InflatedInit`.

    Args:
        depth: 18 or 34 layers.
        in_channels: Channels of the clip: 3 for RGB.
        conv1_kernel_t: Frames that the stem's kernel spans, an odd number.
        with_pool1: Halve time and space by max pooling after the stem's convolution.
        **options: ``frozen_stages``, ``norm_eval``, ``with_cp``, ``channels_last_3d`` and
            ``init_cfg`` of :class:`StagedBackbone`.

    Raises:
        ValueError: if ``depth`` is neither 18 nor 34 or ``conv1_kernel_t`` is even, and as
            :class:`StagedBackbone`.

    Example:
        >>> backbone = R3D(depth=34)
        >>> backbone.init_weights()
        >>> backbone(torch.randn(2, 3, 16, 112, 112)).shape
        torch.Size([2, 512, 1, 4, 4])
    """

    initial = KAIMING
    stages = (('conv1 bn1 relu maxpool',), ('layer1',), ('layer2',), ('layer3',), ('layer4',))

    def __init__(
        self,
        depth: int = 18,
        in_channels: int = 3,
        conv1_kernel_t: int = 7,
        with_pool1: bool = True,
        **options: Any,
    ) -> None:
        if depth not in DEPTHS:
            raise ValueError(f'depth={depth!r}, but R3D has 18 or 34 layers')
        if conv1_kernel_t < 1 or conv1_kernel_t % 2 == 0:
            raise ValueError(f'conv1_kernel_t={conv1_kernel_t} must be an odd number, 7 or 3')
        super().__init__(in_channels, **options)
        self.conv1 = nn.Conv3d(
            in_channels,
            64,
            (conv1_kernel_t, 7, 7),
            (1, 2, 2),
            padding=(conv1_kernel_t // 2, 3, 3),
            bias=False,
        )
        self.bn1 = nn.BatchNorm3d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool3d(3, stride=2, padding=1) if with_pool1 else nn.Identity()
        self._add_layers(BasicBlock, DEPTHS[depth])
        self._finish()


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
        """Map [N, in, T, H, W] to [N, out, T / stride, H / stride, W / stride], rounded up."""
        shortcut = x if self.downsample is None else self.downsample(x)
        x = self.relu(self.bn1(self.conv1(x)))
        return self.relu(self.bn2(self.conv2(x)) + shortcut)
