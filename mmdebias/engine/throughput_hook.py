"""Clips a second in the log."""

import time

from mmaction.registry import HOOKS
from mmengine.dist import get_world_size
from mmengine.hooks import Hook
from mmengine.runner import Runner


@HOOKS.register_module()
class ThroughputHook(Hook):
    """Log ``clips_per_s``: clips of all views on all ranks, by wall-clock time between iterations.

    Loading, training and the other hooks all count, as in MMEngine's ``time``.
    """

    def before_train_epoch(self, runner: Runner) -> None:
        """Do not count what lies between epochs."""
        self._last = time.perf_counter()

    def after_train_iter(
        self, runner: Runner, batch_idx: int, data_batch: dict, outputs: dict | None = None
    ) -> None:
        """Count an iteration's clips."""
        now = time.perf_counter()
        inputs = data_batch['inputs']
        # A sample is [V, C, T, H, W]: V views.
        clips = sum(len(sample) for sample in inputs) * get_world_size()
        runner.message_hub.update_scalar('train/clips_per_s', clips / (now - self._last))
        self._last = now
