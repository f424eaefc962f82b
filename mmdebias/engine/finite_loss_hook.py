"""An end to trainings that have diverged."""

import logging
import math
from collections.abc import Mapping
from pathlib import Path

from mmaction.registry import HOOKS
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner

from mmdebias.weights.checking import find_weights
from mmdebias.weights.fitting import non_finite

SHOWN = 8  # videos of a batch, and tensors


class DivergedError(RuntimeError):
    """A loss or the weights are not finite; the message says when, and what to do."""


@HOOKS.register_module()
class FiniteLossHook(Hook):
    """Stop at the first loss that is infinite or NaN, and never save weights that are.

    MMEngine goes on and saves them, over the checkpoints that were good. The losses are looked up
    where ``RuntimeInfoHook`` has put them for the log, so that the host waits for a GPU no more
    often than it did.
    """

    # After RuntimeInfoHook, and before what saves.
    priority = 'ABOVE_NORMAL'

    def after_train_iter(
        self,
        runner: Runner,
        batch_idx: int,
        data_batch: dict | None = None,
        outputs: dict | None = None,
    ) -> None:
        """Look at the losses of an iteration.

        Raises:
            DivergedError: one of them is not finite.
        """
        logged = runner.message_hub.log_scalars
        losses = {
            name: logged[f'train/{name}'].current()
            for name in outputs or ()
            if 'loss' in name and f'train/{name}' in logged
        }
        if not all(map(math.isfinite, losses.values())):
            rates = ', '.join(
                f'{name} {values[0]:g}' for name, values in runner.optim_wrapper.get_lr().items()
            )
            shown = ', '.join(f'{name} {value:g}' for name, value in losses.items())
            self._stop(
                runner,
                f'The loss is not finite ({shown}) at iteration {batch_idx + 1} of epoch '
                f'{runner.epoch + 1}, {runner.iter + 1} in all, with {rates}. '
                f'Batch: {_videos(data_batch)}.',
            )

    def after_train_epoch(self, runner: Runner) -> None:
        """Look at the weights before an older checkpoint makes room for theirs."""
        model = runner.model.module if is_model_wrapper(runner.model) else runner.model
        self._check(runner, model.state_dict())

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Look at the weights that are about to be saved.

        Raises:
            DivergedError: they are not finite.
        """
        self._check(runner, find_weights(checkpoint))

    def _check(self, runner: Runner, weights: Mapping) -> None:
        broken = non_finite(weights)
        if broken:
            more = ', …' if len(broken) > SHOWN else ''
            self._stop(
                runner,
                f'{len(broken)} of {len(weights)} tensors of the model are not finite after '
                f'iteration {runner.iter} ({", ".join(broken[:SHOWN])}{more}), though the loss '
                'was. They are not saved.',
            )

    def _stop(self, runner: Runner, found: str) -> None:
        kept = sorted(Path(runner.work_dir).glob('*.pth'), key=lambda path: path.stat().st_mtime)
        advice = (
            'Lower the rate (optim_wrapper.optimizer.lr) or limit the gradients '
            '(optim_wrapper.clip_grad=dict(max_norm=1)), and look at these videos; '
        )
        advice += (
            f'{kept[-1]} is from before: --resume goes on from there.'
            if kept
            else 'there is no checkpoint from before.'
        )
        text = f'{found} {advice}'
        runner.logger.log(logging.ERROR, text)
        raise DivergedError(text)


def _videos(batch: dict | None) -> str:
    samples = (batch or {}).get('data_samples') or []
    names = [str(sample.metainfo.get('filename', '?')) for sample in samples]
    return ', '.join(names[:SHOWN]) + (', …' if len(names) > SHOWN else '')
