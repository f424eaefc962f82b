"""Timing of several ways to do one thing, in one run, and printing a case as JSON."""

import json
import multiprocessing
import platform
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import torch

Key = TypeVar('Key')


def best_times(
    ways: Mapping[Key, Callable[[], object]],
    repeats: int = 15,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[Key, float]:
    """Return the seconds of the fastest call of each way, taken in turns.

    Other programs on the machine slow calls down and never speed them up: the fastest is the one
    they disturbed least, and taking turns lets all ways have the same luck.
    """
    times = {name: float('inf') for name in ways}
    for name in ways:
        timed(ways[name], clock)
    for _ in range(repeats):
        for name, way in ways.items():
            times[name] = min(times[name], timed(way, clock))
    return times


def peak_mebibytes(prepare: Callable[[], Callable[[], object]]) -> float:
    """Measure how much a call raises the peak memory of a process of its own.

    Args:
        prepare: Makes the call from nothing; what it holds by then does not count.
    """
    context = multiprocessing.get_context('spawn')
    with context.Pool(1) as pool:
        return pool.apply(_peak, (prepare,))


def timed(way: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Return the seconds of a call, with what it leaves to the GPU."""
    begin = clock()
    way()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return clock() - begin


def forget_peak() -> None:
    """Let Linux forget how much memory this process has held so far."""
    Path('/proc/self/clear_refs').write_text('5')


def peak_so_far(process: int | str = 'self') -> float:
    """Return the most memory, in MiB, that a process has held."""
    lines = Path(f'/proc/{process}/status').read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith('VmHWM:')) / 1024


def forget_device_peak(device: torch.device) -> None:
    """Begin to look for the peak of a device's memory; a CPU's is that of this process."""
    if device.type == 'cuda':
        torch.cuda.reset_peak_memory_stats(device)
    else:
        forget_peak()


def device_peak(device: torch.device) -> float:
    """Return the most memory, in MiB, that PyTorch has allocated on a device."""
    if device.type == 'cuda':
        return torch.cuda.max_memory_allocated(device) / 2**20
    return peak_so_far()


def device_name(device: torch.device | str = 'cuda') -> str:
    """Return the name of a card, or what kind of processor there is."""
    if torch.device(device).type == 'cuda' and torch.cuda.is_available():
        return torch.cuda.get_device_name(device)
    return f'CPU, {platform.machine()}'


def show(**values: object) -> None:
    """Print one case."""
    print(
        json.dumps({k: round(v, 3) if isinstance(v, float) else v for k, v in values.items()}),
        flush=True,
    )


def _peak(prepare: Callable[[], Callable[[], object]]) -> float:
    call = prepare()
    forget_peak()
    before = peak_so_far()
    call()
    return peak_so_far() - before
