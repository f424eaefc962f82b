"""A warning of a queue that holds more keys than there are videos."""

import logging
from typing import Any

from mmaction.registry import HOOKS
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner

from mmdebias.models.feature_queue import share_that_meet_themselves

from .epoch_seed_hook import innermost_datasets


@HOOKS.register_module()
class QueueLengthHook(Hook):
    """Warn at the start of training if the queue is longer than the list of videos.

    The negatives of MoCo's loss are to be other videos (BE: Wang et al., CVPR 2021, Eq. 6, n != i).
    A queue longer than the list still holds a key of most queries' own video. A model without a
    queue is left alone.
    """

    def before_train(self, runner: Runner) -> None:
        """Compare the queue of ``runner.model`` with the training videos."""
        model = runner.model.module if is_model_wrapper(runner.model) else runner.model
        if getattr(model, 'queue', None) is None:
            return
        datasets: Any = innermost_datasets(runner.train_dataloader.dataset)
        videos = sum(len(dataset) for dataset in datasets)
        held = len(model.queue) / model.keys_per_video
        if held > videos:
            share, shorter = share_that_meet_themselves(held, videos), max(videos // 3, 1)
            left = share_that_meet_themselves(shorter, videos)
            runner.logger.log(
                logging.WARNING,
                f'model.queue_size={len(model.queue)} holds the last {held:g} videos and there are '
                f'{videos}: {100 * share:.0f} % of the queries will meet an old key of their own '
                f'video among the negatives. With {shorter * model.keys_per_video} keys it would '
                f'be {100 * left:.0f} %.',
            )
