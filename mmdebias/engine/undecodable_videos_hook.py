"""A list of the videos that training could not read."""

import logging
from pathlib import Path

from mmaction.registry import HOOKS
from mmengine.dist import barrier, is_main_process
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmdebias.files import write_text

from .epoch_seed_hook import innermost_datasets


@HOOKS.register_module()
class UndecodableVideosHook(Hook):
    """Collect the failures of ``TolerantVideoDataset`` in the work directory.

    Each failure is appended as it happens, so that the list survives a run that is stopped. At the
    end the list is sorted, its double entries (from several ranks, or from before a resumption)
    are removed, and the log says how many there are.

    Args:
        filename: Name of the list: a path, a tab and the reason on each line. There is no such
            file if all videos could be read.
    """

    # Last at the end of training: drawing the sheet of masks reads videos, too.
    priority = 'LOW'

    def __init__(self, filename: str = 'undecodable_videos.txt') -> None:
        self.filename = filename

    def before_train(self, runner: Runner) -> None:
        """Tell the datasets where to write."""
        for dataset in innermost_datasets(runner.train_dataloader.dataset):
            if hasattr(dataset, 'log_file'):
                dataset.log_file = str(self.path(runner))

    def after_train(self, runner: Runner) -> None:
        """Tidy the list up and report it."""
        barrier()
        path = self.path(runner)
        if not is_main_process() or not path.exists():
            return
        reasons = dict(line.split('\t', 1) for line in path.read_text().splitlines())
        write_text(path, ''.join(f'{video}\t{reasons[video]}\n' for video in sorted(reasons)))
        runner.logger.log(
            logging.WARNING,
            f'{len(reasons)} video(s) could not be read and were replaced by others: see {path}',
        )

    def path(self, runner: Runner) -> Path:
        """Return where the list is."""
        return Path(runner.work_dir) / self.filename
