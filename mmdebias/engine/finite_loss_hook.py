"""An end to trainings that have diverged."""

import logging
import math
from collections.abc import Mapping
from pathlib import Path

import torch
from mmaction.registry import HOOKS
from mmengine.hooks import CheckpointHook, Hook
from mmengine.model import is_model_wrapper
from mmengine.runner import BaseLoop, Runner
from torch import Tensor

from mmdebias.checkpoints import numbered_checkpoints
from mmdebias.weights.checking import find_weights

SHOWN = 8  # videos of a batch, and tensors


class DivergedError(RuntimeError):
    """A loss or the weights are not finite; the message says when, and what to do."""


@HOOKS.register_module()
class FiniteLossHook(Hook):
    """Stop at the first loss that is infinite or NaN, and never save weights that are.

    MMEngine goes on and saves them, over the checkpoints that were good. The weights are looked at
    before an older checkpoint is removed; those whose squares are beyond float32 count as infinite,
    as batch normalisation, or a norm, makes them so in the next iteration. The losses are looked up
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
        if any(_saves_now(hook, runner) for hook in runner.hooks):
            self._check_model(runner)

    def after_train_epoch(self, runner: Runner) -> None:
        """Look at the weights before an older checkpoint makes room for theirs."""
        self._check_model(runner)

    def before_val(self, runner: Runner) -> None:
        """Look at the weights before they are validated, and the best checkpoint is replaced."""
        # A test of a checkpoint, which LoadReportHook has looked at, is no training.
        if isinstance(runner._train_loop, BaseLoop):
            self._check_model(runner)

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Look at the weights that are about to be saved.

        Raises:
            DivergedError: they are not finite.
        """
        self._check(runner, find_weights(checkpoint))

    def _check_model(self, runner: Runner) -> None:
        model = runner.model.module if is_model_wrapper(runner.model) else runner.model
        self._check(runner, model.state_dict())

    def _check(self, runner: Runner, weights: Mapping) -> None:
        broken = [name for name, value in weights.items() if not _is_usable(value)]
        if broken:
            more = ', …' if len(broken) > SHOWN else ''
            self._stop(
                runner,
                f'{len(broken)} of {len(weights)} tensors of the model are not finite, or too '
                f'large to compute with, after iteration {runner.iter} '
                f'({", ".join(broken[:SHOWN])}{more}), though the loss was finite. They are not '
                'saved.',
            )

    def _stop(self, runner: Runner, found: str) -> None:
        kept = _checkpoints(runner)
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


def _checkpoints(runner: Runner) -> list[Path]:
    """Return the checkpoints that a training has saved so far, the newest last."""
    saves = next((hook for hook in runner.hooks if isinstance(hook, CheckpointHook)), None)
    if saves is None:
        return numbered_checkpoints(runner.work_dir)
    # Since the training has begun it ends in the name of the work directory.
    folder = str(saves.out_dir or runner.work_dir)
    return [] if '://' in folder else numbered_checkpoints(folder, saves.filename_tmpl)


def _is_usable(value: Tensor) -> bool:
    if not value.is_floating_point():
        return True
    wide = value if value.dtype == torch.float64 else value.float()
    return bool(torch.isfinite(wide.square().sum()))


def _saves_now(hook: Hook, runner: Runner) -> bool:
    """Whether a hook saves a checkpoint after this iteration, and before that removes an older."""
    if not isinstance(hook, CheckpointHook) or hook.by_epoch:
        return False
    return hook.every_n_train_iters(runner, hook.interval, hook.save_begin) or (
        hook.save_last and hook.is_last_train_iter(runner)
    )


def _videos(batch: dict | None) -> str:
    samples = (batch or {}).get('data_samples') or []
    names = [str(sample.metainfo.get('filename', '?')) for sample in samples]
    return ', '.join(names[:SHOWN]) + (', …' if len(names) > SHOWN else '')
