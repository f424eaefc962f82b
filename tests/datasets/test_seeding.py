import random

import numpy as np
import torch

from mmdebias.datasets.seeding import derive_seed, drawing_alike, seed_everything, seeded


def draw():
    return random.random(), np.random.random(), torch.rand(1).item()


def test_block_draws_from_its_seed_and_leaves_no_trace():
    draw()
    states = random.getstate(), np.random.get_state()[1].copy(), torch.get_rng_state()
    with seeded(5):
        first = draw()
    assert random.getstate() == states[0]
    assert np.array_equal(np.random.get_state()[1], states[1])
    assert torch.equal(torch.get_rng_state(), states[2])
    with seeded(5):
        assert draw() == first
    with seeded(6):
        assert draw() != first


def test_seeds_differ_by_every_part_and_their_order():
    seeds = {derive_seed(*parts) for parts in np.ndindex(10, 10, 10)}
    assert len(seeds) == 1000
    assert derive_seed(1, 2, 3) == derive_seed(1, 2, 3)


def test_a_group_draws_alike_and_what_follows_is_not_changed():
    def run(*groups):
        seed_everything(3)
        states = {}
        drawn = []
        for group in groups:
            with drawing_alike(states, group):
                drawn.append(draw())
        return [*drawn, draw()]

    first, second, after = run('a', 'a')
    assert first == second
    assert [first, after] == run('a')  # the second block left no trace
    one, other, again, _ = run('a', 'b', 'a')
    assert one == again != other
