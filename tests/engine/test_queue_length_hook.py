from types import SimpleNamespace

import numpy as np
import pytest
from mmengine.config import Config

from helpers.running import ROOT
from mmdebias.engine import QueueLengthHook
from mmdebias.methods import METHODS
from mmdebias.models.feature_queue import share_that_meet_themselves


def warned(queue, videos, keys_per_video=1):
    """What the hook says of a run."""
    logged = []
    model = SimpleNamespace(queue=[0] * queue, keys_per_video=keys_per_video)
    loader = SimpleNamespace(dataset=[0] * videos)
    logger = SimpleNamespace(log=lambda level, text: logged.append(text))
    QueueLengthHook().before_train(
        SimpleNamespace(model=model, train_dataloader=loader, logger=logger)
    )
    return logged


def test_a_queue_longer_than_the_list_is_warned_of_with_its_share():
    (text,) = warned(16384, 9537)
    assert 'queue_size=16384' in text and '96 % of the queries' in text
    assert warned(3569, 3570) == []


def test_both_directions_fill_the_queue_twice_as_fast():
    assert warned(16384, 9537, keys_per_video=2) == []
    assert '100 %' in warned(4000, 900, keys_per_video=2)[0]


def test_a_model_without_a_queue_is_left_alone():
    QueueLengthHook().before_train(SimpleNamespace(model=SimpleNamespace()))


@pytest.mark.parametrize('held', [100, 300, 500, 700, 1200])
def test_share_is_that_of_shuffled_epochs(held):
    videos, rng = 500, np.random.default_rng(0)
    met = []
    for _ in range(40):
        before, now = (np.argsort(rng.permutation(videos)) for _ in range(2))
        met.append((videos + now - before <= held).mean())
    assert share_that_meet_themselves(held, videos) == pytest.approx(np.mean(met), abs=0.02)


@pytest.mark.parametrize('method', METHODS)
def test_queues_of_the_configs_are_watched_and_shorter_than_the_lists(method):
    videos = dict(ucf101=9537, k400=234_619, diving48=15_027, toy=320, swings=1024)
    cfgs = {path.stem: Config.fromfile(path) for path in (ROOT / 'configs' / method).glob('*.py')}
    queues = {name: cfg for name, cfg in cfgs.items() if 'queue_size' in cfg.model}
    assert queues
    for name, cfg in queues.items():
        assert [hook.type for hook in cfg.custom_hooks].count('QueueLengthHook') == 1, name
        # What is drawn only has the queue of its base.
        if not name.startswith(('table_4', 'ablations')):
            data = next(data for data in videos if data in name)
            assert cfg.model.queue_size < videos[data], name
