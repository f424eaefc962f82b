import time
from types import SimpleNamespace

import torch

from mmdebias.engine import ThroughputHook


def test_clips_of_all_views_are_counted_by_the_clock(monkeypatch):
    logged = {}
    runner = SimpleNamespace(message_hub=SimpleNamespace(update_scalar=logged.__setitem__))
    clock = iter([10.0, 12.0, 16.0])
    monkeypatch.setattr(time, 'perf_counter', lambda: next(clock))
    hook = ThroughputHook()
    hook.before_train_epoch(runner)
    batch = dict(inputs=[torch.zeros(2, 3, 4, 8, 8)] * 5)  # five samples of two views
    hook.after_train_iter(runner, 0, batch)
    assert logged == {'train/clips_per_s': 5.0}
    hook.after_train_iter(runner, 1, batch)
    assert logged == {'train/clips_per_s': 2.5}
