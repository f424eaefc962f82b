"""A report of the tensors that a checkpoint fills."""

from collections import Counter

from mmaction.registry import HOOKS
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.runner import BaseLoop, Runner
from torch import nn

from mmdebias.weights.checking import Purpose, check_fit, find_weights
from mmdebias.weights.fitting import COUNTER
from mmdebias.weights.reading import CheckpointError

ALLOW = (
    " Where it is meant so, set allow_partial=True of LoadReportHook in the config's custom_hooks."
)


@HOOKS.register_module()
class LoadReportHook(Hook):
    """Say how many tensors of each part of the model a checkpoint fills, and stop if too few.

    MMEngine's ``load_from`` is not strict: of a checkpoint of another net, of another width or with
    another prefix it loads what fits, which may be nothing, and goes on from random weights. What a
    checkpoint must fill: :func:`mmdebias.weights.checking.check_fit`. Tensors that the model has no
    use for (a pre-training checkpoint's queue and momentum encoder, say) are dropped first, so that
    the log does not name them one by one.

    Args:
        allow_partial: Go on with a checkpoint that fills a part of the encoder, or has weights that
            are not finite; a training that is resumed never does.
    """

    def __init__(self, allow_partial: bool = False) -> None:
        self.allow_partial = allow_partial

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Look through a checkpoint before the model takes it.

        Raises:
            CheckpointError: it does not fill what it is wanted for.
        """
        model = runner.model.module if is_model_wrapper(runner.model) else runner.model
        file = runner._load_from or 'The checkpoint'
        self.check(model, checkpoint, self._purpose(runner), file)
        wanted, found = model.state_dict(), find_weights(checkpoint)
        fitting = [k for k, v in found.items() if k in wanted and wanted[k].shape == v.shape]
        unused = Counter(_part(name) for name in found if name not in wanted)
        held = checkpoint.get('state_dict', checkpoint)
        # MMEngine strips the prefix that a wrapped model leaves, after this hook.
        for name in [name for name in held if name.removeprefix('module.') not in wanted]:
            del held[name]
        parts, filled = Counter(map(_part, wanted)), Counter(map(_part, fitting))
        runner.logger.info(
            'The checkpoint fills '
            + ', '.join(f'{filled[part]} of {n} tensors of {part}' for part, n in parts.items())
            + (f'; not used: {dict(unused)}' if unused else '')
        )
        counters = sum(k.endswith(COUNTER) and k not in found for k in wanted)
        if counters:
            runner.logger.info(f'{counters} counters of batches stay 0: no feature needs them')

    def check(self, model: nn.Module, checkpoint: dict, purpose: Purpose, file: object) -> None:
        """Raise CheckpointError, with what to do, where a checkpoint does not fit."""
        try:
            check_fit(model, checkpoint, purpose, file, self.allow_partial)
        except CheckpointError as error:
            way_out = '' if purpose is Purpose.RESUME or self.allow_partial else ALLOW
            raise CheckpointError(f'{error}{way_out}') from None

    def _purpose(self, runner: Runner) -> Purpose:
        # Runner.train builds its loop before it loads anything; a test leaves it a config.
        if not isinstance(runner._train_loop, BaseLoop):
            return Purpose.TEST
        return Purpose.RESUME if runner._resume else Purpose.START


def _part(name: str) -> str:
    return name.split('.')[0]
