"""Fixtures of all tests: the authors' outputs, real clips, small videos."""

import logging
import os
from collections import OrderedDict

# oneDNN's bfloat16 kernels for AVX-512 break off the process on some processors (torch 2.13.0, a
# backward pass on the CPU). It reads this when it is first used.
os.environ.setdefault('ONEDNN_MAX_CPU_ISA', 'AVX2')

import numpy as np
import pytest
import torch

from helpers.running import SHARED
from helpers.videos import write_video

# `tools/benchmark/gpu.sh --dry-run` tries the tests for a GPU on a CPU.
STAND_IN = os.environ.get('MMDEBIAS_GPU_STAND_IN')
GPU = torch.device('cuda') if torch.cuda.is_available() else STAND_IN and torch.device(STAND_IN)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With several processes: one runs all of a file, and all of compat, which shares two runs."""
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return 'tests/compat' if '/compat/' in nodeid else super()._split_scope(nodeid)

    config.option.loadscopereorder = False  # in the order of the next function
    return ByFile(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Tests for a GPU are skipped without one; with several processes long files come first.

    So all processes end at about one time.
    """
    if GPU is None:
        for item in items:
            if item.get_closest_marker('gpu'):
                item.add_marker(pytest.mark.skip(reason='there is no GPU'))
    if hasattr(config, 'workerinput'):
        long = {item.path for item in items if item.get_closest_marker('slow')}
        items.sort(key=lambda item: item.path not in long)


@pytest.fixture(autouse=True)
def fixed_seed():
    torch.manual_seed(0)
    np.random.seed(0)


@pytest.fixture(scope='session', autouse=True)
def default_scope():
    """Configs name MMAction2's modules without a prefix, as in a config file."""
    from mmengine.registry import init_default_scope

    import mmdebias  # noqa: F401  (registers everything)

    init_default_scope('mmaction')


@pytest.fixture(autouse=True)
def own_loggers():
    """Drop what a test has MMEngine keep: loggers, message hubs, visualisers, default scopes.

    They are kept by the name of the experiment, which has the time in seconds: the next test within
    a second would log into this one's terminal, which is closed, and go on from its message hub.
    """
    from mmengine.utils import ManagerMixin

    before = {kind: OrderedDict(kind._instance_dict) for kind in _kinds(ManagerMixin)}
    yield
    for kind in _kinds(ManagerMixin):
        kept = before.get(kind, OrderedDict())
        for name, made in kind._instance_dict.items():
            if isinstance(made, logging.Logger) and name not in kept:
                for handler in made.handlers:
                    handler.close()
        kind._instance_dict = kept


def _kinds(kind):
    return [kind, *(below for each in kind.__subclasses__() for below in _kinds(each))]


@pytest.fixture
def gpu():
    """The device of a test that is marked ``gpu``."""
    return GPU


@pytest.fixture
def oracle():
    """``oracle(name)``: arrays that the authors' code returned, or a skipped test."""

    def load(name):
        path = SHARED / 'oracles' / f'{name}.npz'
        if not path.exists():
            pytest.skip(f"{path} is missing: the authors' outputs are not part of the repository")
        return np.load(path)

    return load


@pytest.fixture
def real_videos():
    """The folder of real clips, or a skipped test."""
    path = SHARED / 'videos'
    if not path.exists():
        pytest.skip(f'{path} is missing: the real clips are not part of the repository')
    return path


@pytest.fixture(scope='session')
def few_videos(tmp_path_factory):
    """A folder of 12 small videos of a moving square, with lists ``train.txt`` and ``test.txt``.

    The label says whether the square moves right or down.
    """
    folder = tmp_path_factory.mktemp('videos')
    rng = np.random.default_rng(0)
    lines = []
    for index in range(12):
        label = index % 2
        ground = rng.integers(0, 255, (1, 8, 8, 3), dtype=np.uint8).repeat(8, 1).repeat(8, 2)
        frames = ground.repeat(24, 0)
        for t in range(24):
            start = [4, 4]
            start[label] += t
            frames[t, start[1] : start[1] + 12, start[0] : start[0] + 12] = (255, 40, 40)
        write_video(folder / f'{index:02}.mp4', frames)
        lines.append(f'{index:02}.mp4 {label}\n')
    (folder / 'train.txt').write_text(''.join(lines[:8]))
    (folder / 'test.txt').write_text(''.join(lines[8:]))
    return folder


@pytest.fixture
def train_options(few_videos):
    """Make the toy configs a matter of seconds on the few videos of the tests."""
    return [
        '--cfg-options',
        f'train_dataloader.dataset.data_root={few_videos}',
        'train_dataloader.batch_size=4',
        'train_dataloader.num_workers=1',
        'model.backbone.base_channels=4',
        'default_hooks.logger.interval=1',
        'randomness.seed=7',
        # Windows of one iteration: the log shows each loss by itself.
        'log_processor.window_size=1',
        'train_cfg.max_epochs=2',
    ]
