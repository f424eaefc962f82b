"""Inception-v1 inflated to 3D (I3D), as BE, FAME and DSM train it."""

from typing import Any

import torch
import torch.nn.functional as F
from mmaction.registry import MODELS
from torch import Tensor, nn

from .light_max_pool import light_max_pool
from .staged_backbone import StagedBackbone

# Channels in, then out: branch 0; branch 1 reduced, full; branch 2 reduced, full; branch 3.
INCEPTION_WIDTHS = {
    'mixed_3b': (192, 64, 96, 128, 16, 32, 32),
    'mixed_3c': (256, 128, 128, 192, 32, 96, 64),
    'mixed_4b': (480, 192, 96, 208, 16, 48, 64),
    'mixed_4c': (512, 160, 112, 224, 24, 64, 64),
    'mixed_4d': (512, 128, 128, 256, 24, 64, 64),
    'mixed_4e': (512, 112, 144, 288, 32, 64, 64),
    'mixed_4f': (528, 256, 160, 320, 32, 128, 128),
    'mixed_5b': (832, 256, 160, 320, 32, 128, 128),
    'mixed_5c': (832, 384, 192, 384, 48, 128, 128),
}


@MODELS.register_module()
class InceptionI3D(StagedBackbone):
    """I3D: Inception-v1 with every filter and pooling kernel inflated to 3D, without its head.

    Carreira and Zisserman, "Quo Vadis, Action Recognition? A New Model and the Kinetics Dataset",
    CVPR 2017, section 2.4 and figure 3. 12,287,264 parameters. The state dict has the names of the
    weights that FAME released, and of BE's and DSM's code.

    Shapes: [N, C, T, H, W] to [N, 1024, T', H', W'] with T' = T / 8 and H' = H / 32, the first
    halving rounded down and the others up: 16 x 112 x 112 gives 2 x 4 x 4, and 16 x 224 x 224 gives
    2 x 7 x 7.

    Padding is TensorFlow's SAME for even sizes: one zero more behind than in front, where kernel
    minus stride is odd. It does not depend on the size: an odd one is padded as in the authors'
    code, not as TensorFlow would.

    On a CPU maps have the channels last in memory, whatever ``channels_last_3d`` says.

    Stages, for ``frozen_stages``: the stem is the 7x7x7 convolution; 1 to 4 are the two
    convolutions ``2b`` and ``2c``, then ``mixed_3*``, ``mixed_4*`` and ``mixed_5*``, each with the
    pooling before it.

    Initial weights: PyTorch's own, as in the code of BE, FAME and DSM.

    Args:
        in_channels: Channels of the clip: 3 for RGB.
        **options: ``frozen_stages``, ``norm_eval``, ``with_cp``, ``channels_last_3d`` and
            ``init_cfg`` of :class:`StagedBackbone`.

    Raises:
        ValueError: as :class:`StagedBackbone`.

    Example:
        >>> backbone = InceptionI3D(frozen_stages=1)
        >>> backbone.init_weights()
        >>> backbone(torch.randn(2, 3, 16, 112, 112)).shape
        torch.Size([2, 1024, 2, 4, 4])
    """

    stages = (
        ('conv3d_1a_7x7',),
        ('maxpool3d_2a_3x3', 'conv3d_2b_1x1', 'conv3d_2c_3x3'),
        ('maxpool3d_3a_3x3', 'mixed_3b', 'mixed_3c'),
        ('maxpool3d_4a_3x3', 'mixed_4b', 'mixed_4c', 'mixed_4d', 'mixed_4e', 'mixed_4f'),
        ('maxpool3d_5a_2x2', 'mixed_5b', 'mixed_5c'),
    )

    def __init__(self, in_channels: int = 3, **options: Any) -> None:
        super().__init__(in_channels, **options)
        # The two largest maps are pooled before their ReLU, which gives the same: behind it, they
        # would have to be kept for the backward pass.
        self.conv3d_1a_7x7 = ConvUnit(in_channels, 64, kernel_size=7, stride=2, relu=False)
        self.maxpool3d_2a_3x3 = SamePadMaxPool((1, 3, 3), stride=(1, 2, 2), relu=True)
        self.conv3d_2b_1x1 = ConvUnit(64, 64)
        self.conv3d_2c_3x3 = ConvUnit(64, 192, kernel_size=3, relu=False)
        self.maxpool3d_3a_3x3 = SamePadMaxPool((1, 3, 3), stride=(1, 2, 2), relu=True)
        self.maxpool3d_4a_3x3 = SamePadMaxPool((3, 3, 3), stride=(2, 2, 2))
        self.maxpool3d_5a_2x2 = SamePadMaxPool((2, 2, 2), stride=(2, 2, 2))
        for name, widths in INCEPTION_WIDTHS.items():
            self.add_module(name, InceptionBlock(*widths))
        self._finish()

    def forward(self, x: Tensor) -> Tensor:
        """Map clips [N, C, T, H, W] to the feature map [N, 1024, T', H', W']."""
        if x.ndim == 5 and _runs_on_a_cpu(x):
            # There PyTorch pools a dozen times as fast so.
            x = x.contiguous(memory_format=torch.channels_last_3d)
        return super().forward(x)


class ConvUnit(nn.Module):
    """Convolution without bias, batch normalisation, ReLU unless told not to; all axes alike."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int = 1,
        stride: int = 1,
        relu: bool = True,
    ) -> None:
        super().__init__()
        self.relu = relu
        front, behind = same_padding(kernel_size, stride)
        self.padding = () if front == behind else (front, behind) * 3
        self.conv3d = nn.Conv3d(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding=front if front == behind else 0,
            bias=False,
        )
        self.batch3d = nn.BatchNorm3d(out_channels)

    def forward(self, x: Tensor) -> Tensor:
        """Map [N, in, T, H, W] to [N, out, T / stride, H / stride, W / stride]."""
        if self.padding:
            x = F.pad(x, self.padding)
        x = self.batch3d(self._convolve(x))
        return F.relu(x, inplace=True) if self.relu else x

    def _convolve(self, x: Tensor) -> Tensor:
        pointwise = self.conv3d.kernel_size == (1, 1, 1)
        if not (pointwise and _runs_on_a_cpu(x) and _has_channels_last(x)):
            return self.conv3d(x)
        # PyTorch on one CPU thread would move the channels to the front and back again for this.
        weight = self.conv3d.weight.flatten(1)
        return F.linear(x.permute(0, 2, 3, 4, 1), weight).permute(0, 4, 1, 2, 3)


class SamePadMaxPool(nn.Module):
    """Max pooling padded with zeros, sizes rounded up, behind a ReLU or before its own.

    Because of the ReLU a padding of -inf, which ``max_pool3d`` has built in, gives the same result
    as zeros, and so do windows cut off behind, which ``ceil_mode`` has built in. Where those do not
    reach, as at odd sizes, uneven padding needs zeros of its own.
    """

    def __init__(
        self,
        kernel_size: tuple[int, int, int],
        stride: tuple[int, int, int],
        relu: bool = False,
    ) -> None:
        super().__init__()
        self.relu = relu
        pads = [same_padding(*axis) for axis in zip(kernel_size, stride)]
        self.stride = stride
        self.extra = tuple(behind - front for front, behind in pads)
        padding = tuple(front for front, _ in pads)
        self.pool = nn.MaxPool3d(kernel_size, stride, padding, ceil_mode=True)

    def forward(self, x: Tensor) -> Tensor:
        """Map [N, C, T, H, W] to [N, C, T / stride, H / stride, W / stride], rounded up."""
        sides = zip(x.shape[2:], self.extra, self.stride)
        zeros = [extra if size % stride else 0 for size, extra, stride in sides]
        if any(zeros):
            x = F.pad(x, [side for zero in reversed(zeros) for side in (0, zero)])
        x = light_max_pool(self.pool, x)
        return F.relu(x, inplace=True) if self.relu else x


class InceptionBlock(nn.Module):
    """Four parallel branches over the same input, their channels joined (figure 3, right)."""

    def __init__(
        self,
        in_channels: int,
        width_0: int,
        reduced_1: int,
        width_1: int,
        reduced_2: int,
        width_2: int,
        width_3: int,
    ) -> None:
        super().__init__()
        # The joined channels go through one ReLU: each branch's own would be kept for the backward
        # pass beside them.
        self.branch_0 = ConvUnit(in_channels, width_0, relu=False)
        self.branch_1 = nn.Sequential(
            ConvUnit(in_channels, reduced_1), ConvUnit(reduced_1, width_1, 3, relu=False)
        )
        self.branch_2 = nn.Sequential(
            ConvUnit(in_channels, reduced_2), ConvUnit(reduced_2, width_2, 3, relu=False)
        )
        self.branch_3 = nn.Sequential(
            SamePadMaxPool((3, 3, 3), stride=(1, 1, 1)), ConvUnit(in_channels, width_3, relu=False)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map [N, in, T, H, W] to [N, width_0 + width_1 + width_2 + width_3, T, H, W]."""
        branches = (self.branch_0, self.branch_1, self.branch_2, self.branch_3)
        return F.relu(torch.cat([branch(x) for branch in branches], dim=1), inplace=True)


def _runs_on_a_cpu(x: Tensor) -> bool:
    """Tell whether PyTorch computes now, on a CPU: a graph is not bound to a device."""
    recorded = torch.jit.is_tracing() or torch.compiler.is_compiling()  # type: ignore[attr-defined]
    return x.device.type == 'cpu' and not recorded


def _has_channels_last(x: Tensor) -> bool:
    # Maps of one channel or one position have both layouts; either is right for them.
    return x.is_contiguous(memory_format=torch.channels_last_3d)


def same_padding(kernel_size: int, stride: int) -> tuple[int, int]:
    """Return the zeros in front and behind; a multiple of ``stride`` becomes size / stride."""
    total = max(kernel_size - stride, 0)
    return total // 2, total - total // 2
