"""A training that is resumed as the one that was interrupted."""

import hashlib
import json
import logging
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mmaction.registry import HOOKS
from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.optim import _ParamScheduler
from mmengine.runner import EpochBasedTrainLoop, Runner

from mmdebias.weights import CheckpointError

from .resumed_state import (
    AFRESH,
    by_iteration,
    by_optimizer,
    check_complete,
    check_optimizer,
    go_on_to_the_end,
    kept_rates,
    schedules,
    schedules_of,
)

KEY = 'mmdebias_run'
# Of a model: what changes no number of the training, says how a config was inherited, or stands for
# a number of ranks.
FREE = {'non_blocking', 'with_cp', 'test_cfg', 'bn_groups', '_scope_'}
# Where weights come from at the start, with all that is below these keys: those of a training that
# is resumed come from its checkpoint. MMAction2's nets say pretrained, pretrained2d, pretrain_2d,
# torchvision_pretrain, clip_pretrained; torchvision's say weights, with a text.
INITIAL = re.compile(r'init_cfg|\w*pretrain\w*')
FILES = {'weights', 'checkpoint', 'ckpt', 'load_from'}
# Whose numbers a resumed training takes from its checkpoint, whatever the config says.
KEPT = re.compile(r'optim_wrapper\.(\w+\.)?(optimizer|paramwise_cfg)\..*|param_scheduler\..*')
SHOWN = 6


@HOOKS.register_module()
class SameRunHook(Hook):
    """Refuse to resume with another model, optimiser or list of videos, and say what differs.

    MMEngine goes on with whatever fits: with another ``queue_size`` it leaves the queue at random,
    and of another net, or another list, it says nothing. A checkpoint keeps the config of the
    model, the optimiser and its schedules, and the contents of the training lists, by their
    digests; files from before this hook did so are compared by their tensors alone. Epochs, batch
    and workers may change. Rates and other numbers of the optimiser and its schedules are the
    checkpoint's: a warning names those that the config has changed.
    """

    def __init__(self) -> None:
        self._left_out: list[_ParamScheduler] = []

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Note what the training is."""
        checkpoint['meta'][KEY] = json.dumps(describe_run(runner.cfg))

    def before_train(self, runner: Runner) -> None:
        """Take steps of schedules that the old end of the training left out, and count batches.

        With another number of batches an epoch MMEngine takes gradients that are accumulated to be
        beyond the last iteration, and fails or scales the loss by another number of them. Schedules
        by iteration go on as they began, which is said.
        """
        loop = runner.train_loop
        if runner._resume and isinstance(loop, EpochBasedTrainLoop):
            left = (loop.max_epochs - loop.epoch) * len(loop.dataloader)
            if loop.iter + left != loop.max_iters:
                runner.optim_wrapper.initialize_count_status(runner.model, 0, left)
                for line in by_iteration(runner.param_schedulers, loop):
                    runner.logger.log(logging.WARNING, line)
        for schedule in self._left_out:
            schedule.step()
        self._left_out = []

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Compare, if the training is being resumed.

        Raises:
            CheckpointError: the checkpoint is of another training.
        """
        if not runner._resume:
            return
        file = runner._load_from or 'the checkpoint'
        check_same_run(runner.cfg, checkpoint, file)
        check_complete(runner.cfg, checkpoint, file)
        model = runner.model.module if is_model_wrapper(runner.model) else runner.model
        check_optimizer(runner.optim_wrapper, model, checkpoint, file)
        lines = kept_numbers(runner.cfg, checkpoint, file)
        if (runner.auto_scale_lr or {}).get('enable'):
            lines += kept_rates(runner.optim_wrapper, checkpoint, file)
        self._left_out = []
        saved = by_optimizer(checkpoint.get('param_schedulers'))
        for name, built in by_optimizer(runner.param_schedulers).items():
            given = schedules_of(runner.cfg, name)
            place = f'param_scheduler of {name}' if name else 'param_scheduler'
            longer, left_out = go_on_to_the_end(built, saved.get(name, []), given, place)
            lines += longer
            self._left_out += left_out
        for line in lines:
            runner.logger.log(logging.WARNING, line)


def describe_run(cfg: Config) -> dict[str, Any]:
    """Return what must not change when a training is resumed, ready for JSON."""
    model = {key: value for key, value in _flat(cfg.model) if _counts(key, value)}
    lists = []
    for dataset in _with_lists(cfg.get('train_dataloader') or {}):
        path = Path(dataset.get('data_root') or '', dataset['ann_file'])
        if path.is_file():
            content = path.read_bytes()
            lines = sum(bool(line.strip()) for line in content.splitlines())
            digest = hashlib.sha256(content).hexdigest()
            lists.append(dict(path=str(path), videos=lines, sha256=digest))
    parts = dict(optim_wrapper=cfg.get('optim_wrapper'), param_scheduler=schedules(cfg))
    optimizer = {key: value for key, value in _flat(parts) if KEPT.fullmatch(key)}
    found = dict(model=model, lists=lists, optimizer=optimizer)
    return json.loads(json.dumps(found, default=str))


def check_same_run(cfg: Config, checkpoint: Mapping, file: object) -> None:
    """Raise CheckpointError, naming what differs, if a checkpoint is of another training."""
    there = _noted(checkpoint)
    if there is None:
        return
    here = describe_run(cfg)
    # A checkpoint of before some of them did not count has noted them.
    for side in (there, here):
        side['model'] = {k: _unscoped(k, v) for k, v in side['model'].items() if _counts(k, v)}
    found = [
        f'model.{key} is {there["model"].get(key, "not set")!r} there and '
        f'{here["model"].get(key, "not set")!r} here'
        for key in dict.fromkeys([*there['model'], *here['model']])
        if there['model'].get(key) != here['model'].get(key)
    ]
    # Where a list lies does not matter.
    if [one['sha256'] for one in there['lists']] != [one['sha256'] for one in here['lists']]:
        shown = [
            ', '.join(f'{one["path"]} ({one["videos"]} videos)' for one in side['lists'])
            for side in (there, here)
        ]
        found.append(f'the training list is another: {shown[0]} there and {shown[1]} here')
    found += [
        f'{key} is {was!r} there and {now!r} here'
        for key, was, now in _changed_numbers(there, here)
        if key.endswith('.type')
    ]
    if found:
        more = f'\n  … and {len(found) - SHOWN} more' if len(found) > SHOWN else ''
        raise CheckpointError(
            f'{file} is of another training:\n  ' + '\n  '.join(found[:SHOWN]) + f'{more}\n'
            'Resume with what it was trained with, or start another training from its encoder '
            '(load_from=, in another --work-dir).'
        )


def kept_numbers(cfg: Config, checkpoint: Mapping, file: object) -> list[str]:
    """Return a line if a config has changed numbers that a resumed training does not read.

    MMEngine takes rates, weight decay and the schedules, with their milestones, from the file.
    """
    there = _noted(checkpoint)
    changed = _changed_numbers(there, describe_run(cfg)) if there else []
    if not changed:
        return []
    shown = '; '.join(f'{key} stays {was!r}, not {now!r}' for key, was, now in changed[:SHOWN])
    more = f'; and {len(changed) - SHOWN} more' if len(changed) > SHOWN else ''
    return [f'What {file} says of the optimizer counts, not the config: {shown}{more}. {AFRESH}.']


def _noted(checkpoint: Mapping) -> dict[str, Any] | None:
    """Return what :meth:`SameRunHook.before_save_checkpoint` has noted, None of older files."""
    meta = checkpoint.get('meta')
    noted = meta.get(KEY) if isinstance(meta, Mapping) else None
    return None if noted is None else json.loads(noted)


def _changed_numbers(there: Mapping, here: Mapping) -> list[tuple[str, Any, Any]]:
    """Return settings of the optimiser that differ, and both values."""
    was, now = there.get('optimizer'), here['optimizer']
    if was is None:  # noted by an earlier version
        return []
    pairs = {key: (was.get(key, 'not set'), now.get(key, 'not set')) for key in [*was, *now]}
    return [
        (key, *values)
        for key, values in pairs.items()
        if _unscoped(key, values[0]) != _unscoped(key, values[1])
    ]


def _counts(key: str, value: object) -> bool:
    """Whether a setting of a model changes what is trained."""
    words = key.split('.')
    if FREE & set(words) or any(INITIAL.fullmatch(word) for word in words):
        return False
    return words[-1] not in FILES or not isinstance(value, str | None)


def _unscoped(key: str, value: Any) -> Any:
    """Return a value as it is where the config was inherited by a path, and not by a name."""
    if key.rpartition('.')[2] == 'type' and isinstance(value, str):
        return value.removeprefix('mmaction.')
    return value


def _flat(value: Any, place: str = '') -> Iterator[tuple[str, Any]]:
    """Yield the values within dicts and lists, each with its place."""
    if isinstance(value, Mapping):
        parts = list(value.items())
    elif isinstance(value, list | tuple):
        parts = list(enumerate(value))
    else:
        yield place, value
        return
    for key, inner in parts:
        yield from _flat(inner, f'{place}.{key}'.lstrip('.'))


def _with_lists(value: Any) -> Iterator[Mapping]:
    if isinstance(value, Mapping):
        if isinstance(value.get('ann_file'), str):
            yield value
        value = list(value.values())
    if isinstance(value, list | tuple):
        for inner in value:
            yield from _with_lists(inner)
