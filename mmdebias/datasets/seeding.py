"""Random numbers that depend on what is drawn for, not on who draws."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch


def derive_seed(*parts: int) -> int:
    """Return a 32-bit seed from several non-negative numbers, such as (seed, epoch, sample).

    Different numbers, or the same in another order, give unrelated seeds.
    """
    return int(np.random.SeedSequence(parts).generate_state(1)[0])


def seed_everything(seed: int) -> None:
    """Seed the generators of Python, NumPy and PyTorch (all devices)."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


@contextmanager
def drawing_alike(
    states: dict[str, tuple], group: str, device: torch.device | str = 'cpu'
) -> Iterator[None]:
    """Draw the same numbers inside all blocks of a group, and go on outside as after the first.

    Covers Python's, NumPy's and PyTorch's CPU generator, and that of ``device``.

    Args:
        states: Empty before the first block; what the first block of each group started from.
        group: Its name.
        device: Where else numbers are drawn.
    """
    now = _states(device)
    if group not in states:
        states[group] = now
        yield
        return
    _restore(states[group], device)
    try:
        yield
    finally:
        _restore(now, device)


def _states(device: torch.device | str) -> tuple:
    on_device = None if torch.device(device).type == 'cpu' else torch.cuda.get_rng_state(device)
    return generator_states(), on_device


def _restore(states: tuple, device: torch.device | str) -> None:
    generators, on_device = states
    restore_generators(generators)
    if on_device is not None:
        torch.cuda.set_rng_state(on_device, device)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Draw from ``seed`` inside the block, and go on outside as if the block were not there.

    Covers what transforms draw from: Python's, NumPy's and PyTorch's CPU generator.
    """
    states = generator_states()
    random.seed(seed)
    np.random.seed(seed)
    torch.default_generator.manual_seed(seed)
    try:
        yield
    finally:
        restore_generators(states)


def generator_states() -> tuple[Any, Any, torch.Tensor]:
    """Return where Python's, NumPy's and PyTorch's CPU generator stand."""
    return random.getstate(), np.random.get_state(), torch.get_rng_state()


def restore_generators(states: tuple[Any, Any, torch.Tensor]) -> None:
    """Let the generators go on from where :func:`generator_states` found them."""
    random.setstate(states[0])
    np.random.set_state(states[1])
    torch.set_rng_state(states[2])
