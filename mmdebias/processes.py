"""Processes that leave nothing running behind them, and folders that one at a time writes to."""

import ctypes
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, BinaryIO

LOCK = '.lock'
PR_SET_PDEATHSIG = 1  # of <linux/prctl.h>


def end_with_parent(signal_number: int = signal.SIGTERM, parent: int | None = None) -> None:
    """End this process when its parent ends, even by SIGKILL, of which no parent can warn it.

    Linux does that by itself (``PR_SET_PDEATHSIG``), whatever the process is busy with; elsewhere a
    thread looks once a second. To be called from the main thread, once.

    Args:
        signal_number: What ends it on Linux.
        parent: Number of the process that started this one, where it is known: that may have ended
            while this one was still importing.
    """
    parent = os.getppid() if parent is None else parent
    if sys.platform == 'linux':
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal_number))
        started_by = multiprocessing.parent_process()
        # It has ended meanwhile, or while this process was still importing.
        if os.getppid() != parent or not (started_by is None or started_by.is_alive()):
            os.kill(os.getpid(), signal_number)
    else:
        look_for_parent()


def look_for_parent() -> None:
    """End this process within a second of its parent, whichever of its threads started this one.

    Linux takes the end of that thread for the parent's, so :func:`end_with_parent` is not for
    processes that may outlive it.
    """
    threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()


# For subprocess: a child that ends with this process. Elsewhere than on Linux it has to be ended.
BOUND: dict[str, Any] = dict(preexec_fn=end_with_parent) if sys.platform == 'linux' else {}


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


@contextmanager
def orderly_end() -> Iterator[None]:
    """Turn SIGTERM into an exit, so that ``finally`` and context managers are run.

    Python ends at once by default. Does nothing outside the main thread, where no signal is
    handled, and where the program handles it already.
    """
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
    ):
        yield
        return

    def leave(number: int, frame: FrameType | None) -> None:
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


class FolderInUseError(RuntimeError):
    """Another process writes to a folder."""


@contextmanager
def sole_writer(folder: str | Path) -> Iterator[None]:
    """Keep a folder to this process while it writes there.

    The lock is the system's own, on ``.lock`` in the folder: it ends with the process, however that
    ends, so a file that was left behind locks nothing. On a file system without locks, and on
    Windows, there is none.

    Args:
        folder: It is made where it is not there.

    Raises:
        FolderInUseError: another process has it; the message says which.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open('a+b') as file:
        if not _lock(file):
            file.seek(0)
            holder = file.read().decode(errors='replace').strip() or 'another process'
            raise FolderInUseError(
                f'{folder} is being written to by {holder}: wait until it has ended, end it, or '
                'give another folder'
            )
        file.truncate(0)
        file.write(f'process {os.getpid()} on {socket.gethostname()}'.encode())
        file.flush()
        yield


def _lock(file: BinaryIO) -> bool:
    """Take the lock; false if another has it."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass  # a file system without locks
    return True
