"""Many small jobs at once, with a progress bar."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from itertools import islice
from typing import Any


class Progress:
    """A progress bar on the standard error, or silence.

    Args:
        what: What is being counted.
        total: How much of it there is; 0 where that is unknown.
        shown: Whether to draw anything.
    """

    def __init__(self, what: str, total: int, shown: bool) -> None:
        self.bar = None
        if shown:
            from mmengine.utils import ProgressBar  # slow to import

            sys.stderr.write(f'{what}\n')
            self.bar = ProgressBar(total, file=sys.stderr)

    def update(self) -> None:
        """Count one more."""
        if self.bar:
            self.bar.update()

    def close(self) -> None:
        """End the line of the bar."""
        if self.bar:
            sys.stderr.write('\n')


def in_parallel(
    function: Callable[[Any], Any], items: Iterable[Any], workers: int
) -> Iterator[tuple[Any, Any]]:
    """Yield ``(item, function(item))`` in the order of completion.

    Threads are enough: decoders and encoders release Python's lock. Few items are queued at a
    time, so that an interruption does not wait for a long queue.
    """
    items = iter(items)
    with ThreadPoolExecutor(workers) as pool:
        running = {pool.submit(function, item): item for item in islice(items, 2 * workers)}
        try:
            while running:
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    item = running.pop(done)
                    yield item, done.result()
                    for following in islice(items, 1):
                        running[pool.submit(function, following)] = following
        finally:
            for left in running:
                left.cancel()
