"""Progress of what takes long."""

import contextlib
import logging
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmengine.utils import ProgressBar


class Progress(Hook):
    """Show a bar on a terminal, and nothing in a log."""

    def __init__(self, total: int) -> None:
        self.bar = ProgressBar(total, file=sys.stderr) if sys.stderr.isatty() else None

    def show(self, done: int) -> None:
        """Move the bar to a number of videos."""
        if self.bar is not None:
            self.bar.update(done - self.bar.completed)

    def after_test_iter(
        self,
        runner: Runner,
        batch_idx: int,
        data_batch: dict[str, Any] | None = None,
        outputs: Any = None,
    ) -> None:
        """Move the bar by a batch."""
        if self.bar is not None:
            self.bar.update(len(outputs))


@contextlib.contextmanager
def announced(task: str) -> Iterator[None]:
    """Print a task and how long it took, and keep MMEngine's own lines out of the way."""
    print(f'  {task} ...', end='', flush=True)
    start, logger = time.monotonic(), logging.getLogger('mmengine')
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with open(os.devnull, 'w') as nowhere, contextlib.redirect_stdout(nowhere):
            yield
    finally:
        logger.setLevel(level)
    print(f' {time.monotonic() - start:.0f} s', flush=True)
