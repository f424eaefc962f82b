"""Running a pipeline, where what cannot be read is told from what is wrong."""

import os
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any

from mmdebias.video import VideoReadError

# Seconds that a sample may take: as much as a long film takes on a busy machine.
TIME_LIMIT = 300.0


def run_steps(steps: Sequence[Callable[[dict], Any]], sample: dict) -> Any:
    """Run transforms on a sample.

    Args:
        steps: The transforms.
        sample: It names a video.

    Returns:
        What the last of them returns; None where one gives the sample up.

    Raises:
        VideoReadError: the video cannot be read: an error before ``imgs`` are there, other than a
            package that is missing.
        Exception: any other error, as a transform raised it.
    """
    for step in steps:
        reading = 'imgs' not in sample
        try:
            sample = step(sample)
        except (ImportError, VideoReadError):
            raise
        except Exception as error:
            if not reading:
                raise
            # Decoders append their C++ stack to the message.
            lines = str(error).strip().splitlines() or ['']
            raise VideoReadError(f'{type(error).__name__}: {lines[0]}') from error
        if sample is None:
            return None
    return sample


def within(seconds: float | None, call: Callable[[], Any]) -> Any:
    """Return what a function returns, if it does so in time.

    It runs in a thread of its own, which goes on where the time is up: a decoder that does not come
    back cannot be stopped, but the process can go on without it.

    Args:
        seconds: How long it may take; None is for ever.
        call: The function.

    Raises:
        TimeoutError: it took longer.
        Exception: what the function raises.
    """
    global _helper
    if seconds is None:
        return call()
    if _helper is None or _helper.pid != os.getpid():  # a fork takes no threads along
        _helper = _Helper()
    try:
        return _helper.run(seconds, call)
    except TimeoutError:
        _helper = None
        raise


class _Helper:
    """A thread that runs one function after the other; it ends with the process."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.jobs: queue.SimpleQueue[tuple[Callable[[], Any], queue.SimpleQueue]] = (
            queue.SimpleQueue()
        )
        threading.Thread(target=self._work, name='reading', daemon=True).start()

    def _work(self) -> None:
        while True:
            call, answers = self.jobs.get()
            try:
                answers.put((call(), None))
            except BaseException as error:
                answers.put((None, error))
            del call, answers

    def run(self, seconds: float, call: Callable[[], Any]) -> Any:
        answers: queue.SimpleQueue = queue.SimpleQueue()
        self.jobs.put((call, answers))
        try:
            value, error = answers.get(timeout=seconds)
        except queue.Empty:
            raise TimeoutError(f'it took longer than {seconds:g} s') from None
        if error is not None:
            raise error
        return value


_helper: _Helper | None = None
