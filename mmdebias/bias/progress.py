"""Progress of what takes long."""

import contextlib
import logging
import os
import sys
import time
from collections.abc import Iterator


class Progress:
    """Show how much is done on a terminal, and nothing in a log.

    Args:
        total: Videos, or rows.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self.shown = sys.stderr.isatty()

    def show(self, done: int) -> None:
        """Say how many are done."""
        if self.shown:
            end = '\n' if done >= self.total else ''
            print(f'\r  {done}/{self.total}', end=end, file=sys.stderr, flush=True)


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
