"""The base of the 3D backbones: frozen stages, normalisation in eval mode, memory options."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

import torch
from mmengine.model import BaseModule
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.utils.checkpoint import checkpoint

KAIMING = (
    {'type': 'Kaiming', 'layer': 'Conv3d', 'mode': 'fan_out', 'nonlinearity': 'relu'},
    {'type': 'Constant', 'layer': '_BatchNorm', 'val': 1, 'bias': 0},
)


class StagedBackbone(BaseModule):
    """A 3D network that is a chain of named children: a stem, then stages.

    A subclass lists the chain in ``stages``, creates a child of each name and calls ``_finish()``;
    the rest is here.

    Args:
        in_channels: Channels of the clip: 3 for RGB.
        frozen_stages: -1 freezes nothing, 0 the stem, k the stem and the first k stages. Frozen
            parameters take no gradient, and frozen batch normalisation stays in eval mode.
        norm_eval: Keep every batch normalisation in eval mode: it uses its running statistics and
            does not update them. Its scale and shift still learn where they are not frozen.
        with_cp: Recompute the activations of each block in the backward pass instead of keeping
            them: less memory, more time, the same output, gradients and running statistics.
        channels_last_3d: Keep weights and feature maps in memory with the channels last, whatever
            the layout of the clips: faster on GPUs with tensor cores under AMP, the same values.
        init_cfg: MMEngine's ``init_cfg``. None starts as the net does in the code that BE, FAME and
            DSM released, see ``initial``. `dict(type='Pretrained', checkpoint=...,
            prefix='backbone.')` starts from a checkpoint.

    Raises:
        ValueError: if ``frozen_stages`` is out of range or, in ``forward``, if the clip has fewer
            than 4 frames, a side below 32 pixels, or the wrong number of channels.
    """

    stages: tuple[tuple[str, ...], ...] = ()
    """The stem, stage 1, stage 2, …, each a list of blocks in the order they run. A block is the
    names of its children, with spaces between: ``with_cp`` recomputes them together."""

    initial: tuple[dict, ...] = ()
    """The ``init_cfg`` of a net that is given none. Empty leaves PyTorch's own draws: uniform, of
    variance 1 / (3 fan in). Kaiming's kernels in their place make the squared norms on I3D
    19 times as large and so, behind a batch normalisation, the first steps far smaller."""

    min_clip: tuple[int, int, int] = (4, 32, 32)
    """The smallest clip (T, H, W) that ``forward`` takes."""

    def __init__(
        self,
        in_channels: int = 3,
        frozen_stages: int = -1,
        norm_eval: bool = False,
        with_cp: bool = False,
        channels_last_3d: bool = False,
        init_cfg: dict | list[dict] | None = None,
    ) -> None:
        last = len(self.stages) - 1
        if not -1 <= frozen_stages <= last:
            raise ValueError(
                f'frozen_stages={frozen_stages}, but {type(self).__name__} has {last} stages: give '
                f'-1 (nothing frozen), 0 (the stem) or 1 to {last} (the stem and so many stages)'
            )
        super().__init__(list(self.initial) if init_cfg is None else init_cfg)
        self.in_channels = in_channels
        self.frozen_stages = frozen_stages
        self.norm_eval = norm_eval
        self.with_cp = with_cp
        self.channels_last_3d = channels_last_3d

    def forward(self, x: Tensor) -> Tensor:
        """Map clips [N, C, T, H, W] to the feature map [N, C', T', H', W'] of the last stage."""
        self._check_clip(x)
        if self.channels_last_3d:
            x = x.contiguous(memory_format=torch.channels_last_3d)
        for blocks in self.stages:
            for names in blocks:
                x = self._run([getattr(self, name) for name in names.split()], x)
        return x

    def children_of_stages(self) -> list[dict[str, nn.Module]]:
        """Return the children of the stem, of stage 1, of stage 2, … by name."""
        return [
            {name: getattr(self, name) for names in blocks for name in names.split()}
            for blocks in self.stages
        ]

    def train(self, mode: bool = True) -> 'StagedBackbone':
        """Switch the mode, but leave in eval mode what ``frozen_stages`` and ``norm_eval`` hold."""
        super().train(mode)
        for module in self._frozen():
            module.eval()
        if self.norm_eval:
            for module in self.modules():
                if isinstance(module, _BatchNorm):
                    module.eval()
        return self

    def _finish(self) -> None:
        # A subclass calls this once, when its children exist.
        if self.channels_last_3d:
            self.to(memory_format=torch.channels_last_3d)
        for module in self._frozen():
            module.requires_grad_(False)
        self.train(self.training)

    def _frozen(self) -> Iterator[nn.Module]:
        for children in self.children_of_stages()[: self.frozen_stages + 1]:
            yield from children.values()

    def _run(self, modules: list[nn.Module], x: Tensor) -> Tensor:
        return run_together(modules, x, self.with_cp)

    def _check_clip(self, x: Tensor) -> None:
        name, channels, least = type(self).__name__, self.in_channels, self.min_clip
        if x.ndim != 5 or x.shape[1] != channels:
            raise ValueError(
                f'{name} takes clips [N, {channels}, T, H, W], got {tuple(x.shape)}: set '
                "FormatShape(input_format='NCTHW') and flatten the views into N, or set in_channels"
            )
        if any(size < low for size, low in zip(x.shape[2:], least)):
            raise ValueError(
                f'{name} needs at least {least[0]} frames of {least[1]}x{least[2]}, got '
                f'{x.shape[2]} of {x.shape[3]}x{x.shape[4]}: sample more frames (clip_len) or '
                'resize to a larger crop'
            )


def run_together(modules: Sequence[nn.Module], x: Tensor, with_cp: bool) -> Tensor:
    """Apply ``modules`` in turn, activations recomputed in the backward pass if ``with_cp``.

    The second run of a plain checkpoint would update the running statistics of the batch
    normalisation once more; here it does not.
    """

    def run(x: Tensor) -> Tensor:
        for module in modules:
            x = module(x)
        return x

    if not (with_cp and torch.is_grad_enabled()):
        return run(x)
    # torch.compile takes no such context, and its own recomputation updates no statistics.
    contexts: dict[str, Any] = {}
    if not torch.compiler.is_compiling():
        contexts['context_fn'] = lambda: (nullcontext(), _running_statistics_held(modules))
    # No block draws random numbers.
    return checkpoint(run, x, use_reentrant=False, preserve_rng_state=False, **contexts)


@contextmanager
def _running_statistics_held(modules: Sequence[nn.Module]) -> Iterator[None]:
    inside = (inner for module in modules for inner in module.modules())
    norms = [module for module in inside if isinstance(module, _BatchNorm)]
    held = [(norm.momentum, norm.num_batches_tracked) for norm in norms]
    try:
        for norm, (_, count) in zip(norms, held):
            norm.momentum = 0.0  # running = 1 * running + 0 * batch
            norm.num_batches_tracked = None if count is None else count.clone()
        yield
    finally:
        for norm, (momentum, count) in zip(norms, held):
            norm.momentum, norm.num_batches_tracked = momentum, count
