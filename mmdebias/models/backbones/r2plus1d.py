"""R(2+1)D with 18 layers, in the layout that torchvision's released weights have."""

from typing import Any

from mmaction.registry import MODELS
from torch import Tensor, nn

from .residual import ResidualBackbone, projection
from .staged_backbone import KAIMING


@MODELS.register_module()
class R2Plus1D(ResidualBackbone):
    """R(2+1)D-18: a residual network whose 3D convolutions are a spatial and then a temporal one.

    Tran et al., "A Closer Look at Spatiotemporal Convolutions for Action Recognition", CVPR 2018,
    section 3.5 and table 1. 31,300,125 parameters. It takes torchvision's ``r2plus1d_18`` weights
    and those of FAME; MMAction2's ``ResNet2Plus1d(depth=18)`` is another net, with 33.2 M
    parameters.

    The paper chooses the width M between the two convolutions such that the pair has as many
    weights as the t x d x d convolution it stands for. As in the released weights, a block computes
    M once, for its first pair, and uses it for its second one also.

    Shapes: [N, C, T, H, W] to [N, 512, T', H', W'] with T' = T / 8 and H' = H / 16, rounded up:
    16 x 112 x 112 gives 2 x 7 x 7, and 16 x 224 x 224 gives 2 x 14 x 14.

    Stages, for ``frozen_stages``: the stem, then ``layer1`` to ``layer4``.

    Initial weights: torchvision's, which are Kaiming normal, fan out.

    Args:
        in_channels: Channels of the clip: 3 for RGB.
        **options: ``frozen_stages``, ``norm_eval``, ``with_cp``, ``channels_last_3d`` and
            ``init_cfg`` of :class:`StagedBackbone`.

    Raises:
        ValueError: as :class:`StagedBackbone`.

    Example:
        >>> backbone = R2Plus1D(norm_eval=True)
        >>> backbone.init_weights()
        >>> backbone(torch.randn(2, 3, 16, 112, 112)).shape
        torch.Size([2, 512, 2, 7, 7])
    """

    initial = KAIMING
    stages = (('stem',), ('layer1',), ('layer2',), ('layer3',), ('layer4',))

    def __init__(self, in_channels: int = 3, **options: Any) -> None:
        super().__init__(in_channels, **options)
        self.stem = nn.Sequential(
            nn.Conv3d(in_channels, 45, (1, 7, 7), (1, 2, 2), padding=(0, 3, 3), bias=False),
            nn.BatchNorm3d(45),
            nn.ReLU(inplace=True),
            nn.Conv3d(45, 64, (3, 1, 1), padding=(1, 0, 0), bias=False),
            nn.BatchNorm3d(64),
            nn.ReLU(inplace=True),
        )
        self._add_layers(ResidualBlock, (2, 2, 2, 2))
        self._finish()


class ResidualBlock(nn.Module):
    """Two (2+1)D convolutions and a shortcut: the identity, or a projection where shapes differ."""

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        between = factorised_width(in_channels, out_channels)
        self.conv1 = nn.Sequential(
            conv_2plus1d(in_channels, between, out_channels, stride),
            nn.BatchNorm3d(out_channels),
            nn.ReLU(inplace=True),
        )
        self.conv2 = nn.Sequential(
            conv_2plus1d(out_channels, between, out_channels, stride=1),
            nn.BatchNorm3d(out_channels),
        )
        self.relu = nn.ReLU(inplace=True)
        self.downsample = projection(in_channels, out_channels, stride)

    def forward(self, x: Tensor) -> Tensor:
        """Map [N, in, T, H, W] to [N, out, T / stride, H / stride, W / stride], rounded up."""
        shortcut = x if self.downsample is None else self.downsample(x)
        return self.relu(self.conv2(self.conv1(x)) + shortcut)


def conv_2plus1d(in_channels: int, between: int, out_channels: int, stride: int) -> nn.Sequential:
    """Return a 1x3x3 convolution to ``between`` channels, BN, ReLU, a 3x1x1 one (figure 2b)."""
    return nn.Sequential(
        nn.Conv3d(
            in_channels, between, (1, 3, 3), (1, stride, stride), padding=(0, 1, 1), bias=False
        ),
        nn.BatchNorm3d(between),
        nn.ReLU(inplace=True),
        nn.Conv3d(between, out_channels, (3, 1, 1), (stride, 1, 1), padding=(1, 0, 0), bias=False),
    )


def factorised_width(in_channels: int, out_channels: int, t: int = 3, d: int = 3) -> int:
    """Compute M = floor(t d² N_in N_out / (d² N_in + t N_out)), section 3.5."""
    full = t * d * d * in_channels * out_channels
    return full // (d * d * in_channels + t * out_channels)
