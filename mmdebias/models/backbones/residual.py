"""Stages of the residual 3D networks, and the shortcut that changes the shape."""

from collections.abc import Callable

from torch import Tensor, nn

from .staged_backbone import StagedBackbone, run_together


class ResidualStage(nn.Sequential):
    """Residual blocks, the first of which changes the width and the size.

    Args:
        block: Called with (channels in, channels out, stride): a block.
        in_channels: Channels of the stage's input.
        out_channels: Channels of its output.
        depth: Number of blocks.
        stride: Of the first block, in time and space.
        with_cp: Recompute each block's activations in the backward pass.
    """

    def __init__(
        self,
        block: Callable[[int, int, int], nn.Module],
        in_channels: int,
        out_channels: int,
        depth: int,
        stride: int,
        with_cp: bool,
    ) -> None:
        super().__init__(
            block(in_channels, out_channels, stride),
            *[block(out_channels, out_channels, 1) for _ in range(depth - 1)],
        )
        self.with_cp = with_cp

    def forward(self, x: Tensor) -> Tensor:
        """Map [N, in, T, H, W] to [N, out, T / stride, H / stride, W / stride], rounded up."""
        for block in self:
            x = run_together([block], x, self.with_cp)
        return x


class ResidualBackbone(StagedBackbone):
    """A backbone whose stages are ``layer1`` to ``layer4``, of 64, 128, 256 and 512 channels."""

    def _add_layers(self, block: Callable[[int, int, int], nn.Module], depths: tuple) -> None:
        # A subclass calls this once, after its stem exists.
        width_in = 64
        for index, depth in enumerate(depths):
            width, stride = 64 * 2**index, 1 if index == 0 else 2
            stage = ResidualStage(block, width_in, width, depth, stride, self.with_cp)
            self.add_module(f'layer{index + 1}', stage)
            width_in = width

    def _run(self, modules: list[nn.Module], x: Tensor) -> Tensor:
        # A stage checkpoints its blocks itself.
        if isinstance(modules[0], ResidualStage):
            return modules[0](x)
        return super()._run(modules, x)


def projection(in_channels: int, out_channels: int, stride: int) -> nn.Sequential | None:
    """Return the shortcut of a block: a strided 1x1x1 convolution and BN, or None where shapes
    agree."""
    if stride == 1 and in_channels == out_channels:
        return None
    return nn.Sequential(
        nn.Conv3d(in_channels, out_channels, 1, stride, bias=False), nn.BatchNorm3d(out_channels)
    )
