import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from torch.utils.data import DataLoader

from helpers.endings import ended, linux_only
from helpers.running import ROOT, environment

# Loads with a worker that is busy for a minute, and says its number.
LOADS = """
import os, time
from torch.utils.data import DataLoader
from mmdebias.compat.workers import bind_workers

class Busy:
    def __len__(self):
        return 2
    def __getitem__(self, index):
        print(os.getpid(), flush=True)
        time.sleep(60)

if __name__ == '__main__':
    bind_workers()
    bind_workers()
    next(iter(DataLoader(Busy(), num_workers=1, multiprocessing_context={how!r})))
"""


@linux_only
@pytest.mark.parametrize('how', ['fork', 'spawn'])
def test_a_worker_ends_with_a_process_that_is_killed(tmp_path, how):
    """PyTorch's own looks for its process when it has nothing to read."""
    script = tmp_path / 'loads.py'
    script.write_text(LOADS.format(how=how))
    process = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, text=True,
        env=environment(PYTHONPATH=str(ROOT)),
    )  # fmt: skip
    worker = int(process.stdout.readline())
    process.kill()
    process.wait()
    assert ended(worker, 4)


def test_workers_outlive_the_thread_that_started_them():
    from mmdebias.compat.workers import bind_workers

    bind_workers()
    loader = DataLoader(range(4), num_workers=1, persistent_workers=True)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: [int(x) for x in loader]).result() == [0, 1, 2, 3]
    time.sleep(0.5)
    assert [int(x) for x in loader] == [0, 1, 2, 3]
