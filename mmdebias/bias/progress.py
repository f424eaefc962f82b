"""Progress of what takes long."""

import contextlib
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator


class Progress:
    """Show how much is done, and how long the rest will take, on a terminal; nothing in a log.

    Args:
        total: Videos, or rows.
        clock: Seconds.
    """

    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.total, self.clock = total, clock
        self.shown = sys.stderr.isatty()
        self.first: tuple[int, float] | None = None
        self.width = 0

    def show(self, done: int) -> None:
        """Say how many are done."""
        if not self.shown:
            return
        text = f'  {done}/{self.total}'
        now = self.clock()
        if self.first is None:  # what was done before, and the loading, tell nothing of the rest
            self.first = done, now
        elif self.first[0] < done < self.total:
            pace = (now - self.first[1]) / (done - self.first[0])
            text += f', {time_left(pace * (self.total - done))} left'
        end = '\n' if done >= self.total else ''
        print(f'\r{text:{self.width}}', end=end, file=sys.stderr, flush=True)
        self.width = len(text)


def time_left(seconds: float) -> str:
    """Return a time in words, in seconds below two minutes and minutes below two hours."""
    if seconds < 120:
        return f'{seconds:.0f} s'
    if seconds < 7200:
        return f'{seconds / 60:.0f} min'
    return f'{seconds / 3600:.1f} h'


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
    except BaseException:
        print(flush=True)  # what is said of it begins a line
        raise
    finally:
        logger.setLevel(level)
    print(f' {time.monotonic() - start:.0f} s', flush=True)
