"""FAME with MoCo in plain PyTorch."""

import importlib.util
from pathlib import Path

import pytest
import torch

FILE = Path(__file__).parents[2] / 'examples' / 'fame_moco_pytorch.py'


@pytest.fixture(scope='module')
def example():
    spec = importlib.util.spec_from_file_location('fame_moco_pytorch', FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_learns_what_is_in_front(example):
    torch.manual_seed(0)
    before = example.foreground_wins(example.Encoder())
    encoder, losses = example.train(80, beta=0.25)
    after = example.foreground_wins(encoder)

    assert sum(losses[-10:]) < 0.85 * sum(losses[:10])
    assert before < 0.3 and after > 0.45  # .15 and .62 where this was written


def test_squares_are_pasted_on_other_walls(example):
    torch.manual_seed(0)
    clips = example.film(example.make_squares(4), example.make_walls(4))[:, :, :8]
    merged = example.paste_on_other_walls(clips, beta=0.25)

    same = (merged == clips).all(2).all(1).float().mean((1, 2))  # share of the frame
    assert (same - 0.25).abs().max() < 0.02
    assert example.paste_on_other_walls(clips, beta=1) is clips


def test_needs_no_runner_and_no_config(example):
    assert 'mmengine' not in FILE.read_text() and 'mmaction' not in FILE.read_text()
    assert len(FILE.read_text().splitlines()) < 200
