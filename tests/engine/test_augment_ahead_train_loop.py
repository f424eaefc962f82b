"""The loop through the real runner: on a CPU, and ahead with stand-ins for CUDA's streams."""

from contextlib import contextmanager

import pytest
import torch
from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.runner import Runner

from helpers.running import ROOT

STEPS = 2  # an epoch: 8 videos, 4 a batch


class Stream:
    """Keep a CUDA stream's promise: operations run in order, and after what they wait for."""

    def __init__(self, started):
        self.started, self.before = started, set()

    def run(self, operation):
        self.started[operation] = set(self.before)
        self.before.add(operation)

    def wait_stream(self, other):
        self.before |= other.before

    def record_event(self):
        return set(self.before)

    def wait_event(self, event):
        self.before |= event


class Streams:
    """A stand-in for torch.cuda; ``started`` has what is done for sure when an operation starts."""

    def __init__(self):
        self.started, self.made = {}, 0
        self.current = Stream(self.started)

    def Stream(self):
        self.made += 1
        return Stream(self.started)

    def current_stream(self):
        return self.current

    @contextmanager
    def stream(self, stream):
        training, self.current = self.current, stream
        yield
        self.current = training


class Losses(Hook):
    def __init__(self):
        self.losses, self.batches = [], []

    def after_train_iter(self, runner, batch_idx, data_batch, outputs):
        self.losses.append(outputs['loss'].item())
        self.batches.append(data_batch)


def make_runner(videos, work_dir, loop, augments=True, **options):
    cfg = Config.fromfile(ROOT / 'configs' / 'fame' / 'r3d_toy.py')
    cfg.work_dir, cfg.experiment_name = str(work_dir), f'{work_dir}_{options}'
    cfg.train_cfg.update(type=loop, max_epochs=2)
    cfg.custom_hooks = [dict(type='EpochSeedHook')]
    cfg.default_hooks.logger = None
    cfg.randomness.seed = 3
    cfg.model.backbone.base_channels = 4
    cfg.model.neck.in_channels = 32
    cfg.model.queue_size = 16
    if not augments:
        cfg.model.data_preprocessor.views = dict(query=[], key=[])
    loader = cfg.train_dataloader
    loader.update(batch_size=4, num_workers=0, persistent_workers=False)
    loader.dataset.update(data_root=str(videos), ann_file='train.txt')
    return Runner.from_cfg(Config(dict(cfg.to_dict(), **options)))


def train(runner, streams=None):
    """Losses and batches of a training; with streams, as on a GPU."""
    if streams is not None:
        runner._train_loop = runner.build_train_loop(runner._train_loop)
        runner.train_loop.looks_ahead, runner.train_loop.streams = True, streams
    seen = Losses()
    runner.register_hook(seen)
    runner.train()
    return seen


@pytest.fixture
def on_cpu(few_videos, tmp_path):
    return train(make_runner(few_videos, tmp_path / 'plain', 'EpochBasedTrainLoop')).losses


def test_on_a_cpu_it_is_mmengines_loop_resumed_too(few_videos, tmp_path, on_cpu):
    work_dir = tmp_path / 'ahead'
    losses = train(make_runner(few_videos, work_dir, 'AugmentAheadTrainLoop')).losses
    assert losses == on_cpu and len(losses) == 2 * STEPS
    (work_dir / 'epoch_2.pth').unlink()
    again = make_runner(
        few_videos, work_dir, 'AugmentAheadTrainLoop',
        resume=True, load_from=str(work_dir / 'epoch_1.pth'),
    )  # fmt: skip
    assert train(again).losses == on_cpu[STEPS:]


@pytest.mark.slow
def test_looking_ahead_changes_no_number_but_the_order_of_draws(few_videos, tmp_path, on_cpu):
    plain, ahead = (
        train(make_runner(few_videos, tmp_path / loop, loop, augments=False), streams)
        for loop, streams in (('EpochBasedTrainLoop', None), ('AugmentAheadTrainLoop', Streams()))
    )
    assert ahead.losses == plain.losses
    # Hooks see the batch as it was read.
    for batch in ahead.batches:
        assert batch['inputs'][0].dtype == torch.uint8

    streams = Streams()
    drawn = train(make_runner(few_videos, tmp_path / 'draws', 'AugmentAheadTrainLoop'), streams)
    assert drawn.losses != on_cpu
    assert streams.made == 1  # each keeps memory of its own
    (tmp_path / 'draws' / 'epoch_2.pth').unlink()
    again = make_runner(
        few_videos, tmp_path / 'draws', 'AugmentAheadTrainLoop',
        resume=True, load_from=str(tmp_path / 'draws' / 'epoch_1.pth'),
    )  # fmt: skip
    assert train(again, Streams()).losses == drawn.losses[STEPS:]


def test_a_batch_is_prepared_beside_the_step_before_it(few_videos, tmp_path):
    runner = make_runner(few_videos, tmp_path, 'AugmentAheadTrainLoop', augments=False)
    runner.cfg.train_cfg.max_epochs = 1
    runner._train_loop['max_epochs'] = 1
    runner._train_dataloader['batch_size'] = 2
    streams, numbers = Streams(), {}
    model = runner.model
    prepare, step = model.data_preprocessor.prepare, model.train_step

    def recorded_prepare(batch, training):
        streams.current.run(f'prepare {numbers.setdefault(id(batch), len(numbers))}')
        return prepare(batch, training)

    def recorded_step(batch, optim_wrapper):
        streams.current.run(f'step {numbers[id(batch)]}')
        return step(batch, optim_wrapper)

    model.data_preprocessor.prepare, model.train_step = recorded_prepare, recorded_step
    train(runner, streams)

    started = streams.started
    assert list(started) == [
        'prepare 0', 'prepare 1', 'step 0', 'prepare 2', 'step 1', 'prepare 3', 'step 2', 'step 3',
    ]  # fmt: skip
    for i in range(4):
        assert f'prepare {i}' in started[f'step {i}']
    for i in range(3):
        # Neither waits for the other: they may run side by side.
        assert f'step {i}' not in started[f'prepare {i + 1}']
        assert f'prepare {i + 1}' not in started[f'step {i}']
    for i in range(2):
        # Memory that a step has read may be written to by a preparation that waited for it.
        assert f'step {i}' in started[f'prepare {i + 2}']


def test_a_foreign_preprocessor_is_refused(few_videos, tmp_path):
    runner = make_runner(few_videos, tmp_path, 'AugmentAheadTrainLoop')
    runner.model.data_preprocessor = torch.nn.Identity()
    with pytest.raises(TypeError, match='Identity cannot prepare batches ahead'):
        runner.train()
