"""Running a pipeline, where what cannot be read is told from what is wrong."""

import os
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any

from mmdebias.video import RecountedError, VideoReadError

from .seeding import generator_states, restore_generators

# Seconds that a sample may take: as much as a long film takes on a busy machine.
TIME_LIMIT = 300.0


def drawn_right(call: Callable[[], Any]) -> Any:
    """Return what a function returns; it is called again where its video has been recounted.

    Damage inside a file shows when it is decoded: then there are fewer frames than those that a
    clip was drawn from. The second call draws from the same random numbers as the first, so that a
    sample does not depend on who met the damage.

    Args:
        call: Draws frames of a video and reads them.

    Raises:
        Exception: what the function raises.
    """
    states = generator_states()
    try:
        return call()
    except RecountedError:
        restore_generators(states)
        return call()


def run_steps(steps: Sequence[Callable[[dict], Any]], sample: dict) -> Any:
    """Run transforms on a sample, twice where its video is recounted, see :func:`drawn_right`.

    Args:
        steps: The transforms.
        sample: It names a video; it is not changed.

    Returns:
        What the last of them returns; None where one gives the sample up.

    Raises:
        VideoReadError: the video cannot be read: an error before ``imgs`` are there, other than a
            package that is missing.
        Exception: any other error, as a transform raised it.
    """
    return drawn_right(lambda: _run_steps(steps, dict(sample)))


def _run_steps(steps: Sequence[Callable[[dict], Any]], sample: dict) -> Any:
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


def check_time_limit(time_limit: float | None) -> float | None:
    """Return a limit of time in seconds, or None; raise a ValueError unless it is above 0."""
    if time_limit is not None and not time_limit > 0:
        raise ValueError(f'time_limit={time_limit} must be a number of seconds above 0, or None.')
    return time_limit


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
