"""Whether a process has ended."""

import sys
import time

import pytest

linux_only = pytest.mark.skipif(sys.platform != 'linux', reason='needs prctl or /proc')


def ended(pid, seconds=20):
    """Whether a process is gone, or waits to be collected, within some seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with open(f'/proc/{pid}/stat') as file:
                if file.read().rpartition(')')[2].split()[0] == 'Z':
                    return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.05)
    return False
