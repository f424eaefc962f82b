"""Whether a checkpoint holds the whole of a training that is resumed, beside the model."""

import math
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from typing import Any

from mmengine.config import Config
from mmengine.optim import OptimWrapper, OptimWrapperDict, _ParamScheduler
from torch import Tensor, nn
from torch.optim import Optimizer

from mmdebias.weights.fitting import list_faults, non_finite
from mmdebias.weights.reading import CheckpointError

AFRESH = (
    'To start another training from its weights, give load_from= (tools/train.py --load-from FILE) '
    'and another --work-dir in the place of --resume'
)


def check_complete(cfg: Config, checkpoint: Mapping, file: object) -> None:
    """Raise CheckpointError, naming what is missing, if a file cannot be gone on from.

    MMEngine takes a file without an optimiser and begins it, and the schedules, anew; without the
    rest it ends in a KeyError.

    Args:
        cfg: Of the training that is to go on.
        checkpoint: Content of the file.
        file: Its name.
    """
    meta = checkpoint.get('meta')
    meta = meta if isinstance(meta, Mapping) else {}
    missing = [f'meta.{key}' for key in ('epoch', 'iter') if not isinstance(meta.get(key), int)]
    wanted = ['message_hub', 'optimizer', *(['param_schedulers'] if schedules(cfg) else [])]
    missing += [key for key in wanted if not checkpoint.get(key)]
    if missing:
        raise CheckpointError(
            f'{file} cannot be resumed: of what a training goes on from it lacks '
            f'{", ".join(missing)}. It may be a published or converted file, or saved with '
            f'save_optimizer=False. {AFRESH}.'
        )
    there = checkpoint.get('param_schedulers')
    here = schedules(cfg)
    if isinstance(there, list) and isinstance(here, list) and len(there) != len(here):
        raise CheckpointError(
            f'{file} has the state of {len(there)} schedule(s), and param_scheduler of the config '
            f'{len(here)}: resume with those that it was trained with. {AFRESH}.'
        )


def check_optimizer(
    optimizer: OptimWrapper | OptimWrapperDict, model: nn.Module, checkpoint: Mapping, file: object
) -> None:
    """Raise CheckpointError if the state of an optimiser does not fit one, or is not finite.

    PyTorch takes the numbers of another class and fails at the first step.

    Args:
        optimizer: That which is to go on; it is left as it is.
        model: Whose parameters it trains.
        checkpoint: Content of the file.
        file: Its name.
    """
    named = {id(value): name for name, value in model.named_parameters()}
    for place, one, state in _pairs(optimizer, checkpoint['optimizer'], file):
        own = one.optimizer
        kind = type(own).__name__
        groups = state.get('param_groups') if isinstance(state, Mapping) else None
        if not isinstance(groups, list):
            raise CheckpointError(f'{file}: {place} holds no param_groups. {AFRESH}.')
        there, here = ([len(g['params']) for g in each] for each in (groups, own.param_groups))
        if there != here:
            raise CheckpointError(
                f'{file}: {place} has {_sizes(there)}, and that of the config (optim_wrapper, '
                f'{kind}) {_sizes(here)}: resume with the optim_wrapper that it was trained with. '
                f'{AFRESH}.'
            )
        lacking = sorted(_lacking(own, groups))
        if lacking:
            raise CheckpointError(
                f'{file}: {place} is of another class than {kind}, the optimizer of the config: it '
                f'has no {", ".join(lacking)}. Resume with the class that it was trained with. '
                f'{AFRESH}.'
            )
        parameters = [value for group in own.param_groups for value in group['params']]
        broken = list(_broken(state, [named.get(id(value), '?') for value in parameters]))
        if broken:
            raise CheckpointError(
                f'{file}: {place} is not finite:{list_faults(broken)}\nResume from an earlier '
                f'checkpoint (--resume FILE). {AFRESH}.'
            )


def go_on_to_the_end(
    built: Sequence[_ParamScheduler], saved: Sequence[dict], configs: Sequence[Mapping]
) -> tuple[list[str], list[_ParamScheduler]]:
    """Let schedules that state no end go on as long as a training that is longer than before.

    MMEngine ends them with the training, keeps that in the checkpoint, and takes it from there: of
    a training that is made longer, the rate would stand still from its old last epoch on.

    Args:
        built: As the config builds them.
        saved: Their states, of a checkpoint; changed.
        configs: What the config says of each.

    Returns:
        A line for each that ends elsewhere now, and the steps that were left out at the old end,
        each as the schedule that is to take it when it has its state.
    """
    lines, left_out = [], []
    for number, (schedule, state, given) in enumerate(zip(built, saved, configs)):
        ended, done = state.get('end'), state.get('_global_step')
        # What waits for a metric takes its steps by that.
        if 'end' in given or None in (ended, done) or ended == schedule.end or given.get('monitor'):
            continue
        lines.append(
            f'param_scheduler.{number} ({given["type"]}) ends with this training, at '
            f'{schedule.end}, and not at {ended} as in the checkpoint.'
        )
        missed = max(min(done, schedule.end - 1) - ended + 1, 0)
        state.update(end=schedule.end, _global_step=done - missed)
        left_out += [schedule] * missed
    return lines, left_out


def schedules(cfg: Config) -> Any:
    """Return the schedules of a config: a list of one optimiser's, or a dict of several's."""
    found = cfg.get('param_scheduler') or []
    return [found] if isinstance(found, Mapping) and 'type' in found else found


def _pairs(
    optimizer: OptimWrapper | OptimWrapperDict, saved: Any, file: object
) -> Iterator[tuple[str, OptimWrapper, Any]]:
    """Yield each optimiser with its state, and what to call that."""
    if not isinstance(optimizer, OptimWrapperDict):
        yield 'its optimizer', optimizer, saved
        return
    here, there = sorted(optimizer.keys()), sorted(saved)
    if here != there:
        raise CheckpointError(
            f'{file}: its optimizers are {", ".join(map(str, there))}, and those of the config '
            f'{", ".join(here)}. {AFRESH}.'
        )
    for name, one in optimizer.items():
        yield f'its optimizer {name}', one, saved[name]


def _sizes(counts: list[int]) -> str:
    return f'{len(counts)} group(s) of {sum(counts)} parameters'


def _lacking(optimizer: Optimizer, groups: list) -> set[str]:
    """Return what an optimiser needs of its groups, and those of a file do not have.

    What newer versions of PyTorch have added to a class, the class fills in when it is loaded.
    """
    if type(optimizer).load_state_dict is not Optimizer.load_state_dict:
        return set()  # one that shards its state, or wraps another
    other = copy(optimizer)
    other.load_state_dict(dict(state={}, param_groups=groups))
    pairs = zip(optimizer.param_groups, other.param_groups)
    found = {key for own, loaded in pairs for key in own if key not in loaded}
    return {key for key in found if not key.startswith('initial_')}  # of a schedule


def _broken(state: Mapping, names: list[str]) -> Iterator[str]:
    """Yield what of an optimiser's state is infinite or NaN."""
    for index, values in state.get('state', {}).items():
        if isinstance(values, Mapping):
            name = names[index] if isinstance(index, int) and index < len(names) else index
            tensors = {k: v for k, v in values.items() if isinstance(v, Tensor)}
            for key in non_finite(tensors):
                yield f'{key} of {name}'
    for number, group in enumerate(state['param_groups']):
        for key, value in group.items():
            if isinstance(value, float) and not math.isfinite(value):
                yield f'{key}={value} of group {number}'
