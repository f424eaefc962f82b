"""Whether a checkpoint holds the whole of a training that is resumed, beside the model."""

import math
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from typing import Any

from mmengine.config import Config
from mmengine.optim import OptimWrapper, OptimWrapperDict, _ParamScheduler
from mmengine.optim.scheduler.param_scheduler import INF
from mmengine.runner import EpochBasedTrainLoop
from torch import Tensor, nn
from torch.optim import Optimizer

from mmdebias.weights.fitting import list_faults, non_finite
from mmdebias.weights.reading import CheckpointError

from .optimizer_tensors import tensors_after_a_step, unlike

AFRESH = (
    'To start another training from its weights, give load_from= (tools/train.py --load-from FILE) '
    'and another --work-dir in the place of --resume'
)
# Of a schedule, at its beginning: those that wait for a metric have seen none, which is infinite.
UNSEEN = {'best', 'mode_worse'}


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
    missing += _absent(cfg, checkpoint) if not missing else []
    if missing:
        raise CheckpointError(
            f'{file} cannot be resumed: of what a training goes on from it lacks '
            f'{", ".join(missing)}. It may be a published or converted file, or saved with '
            f'save_optimizer=False. {AFRESH}.'
        )
    there = by_optimizer(checkpoint.get('param_schedulers'))
    for name, states in there.items():
        count = len(schedules_of(cfg, name))
        if len(states) != count:
            of_it = f' for the optimizer {name}' if name else ''
            raise CheckpointError(
                f'{file} has the state of {len(states)} schedule(s){of_it}, and param_scheduler of '
                f'the config {count}: resume with those that it was trained with. {AFRESH}.'
            )
    broken = list(_broken_schedules(there))
    if broken:
        raise CheckpointError(
            f'{file}: its schedules are not finite:{list_faults(broken)}\nResume from an earlier '
            f'checkpoint (--resume FILE). {AFRESH}.'
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
    emptied = []
    for place, one, state in _pairs(optimizer, checkpoint['optimizer'], file):
        own = one.optimizer
        kind = type(own).__name__
        groups = state.get('param_groups') if isinstance(state, Mapping) else None
        if not isinstance(groups, list) or not isinstance(state.get('state'), Mapping):
            raise CheckpointError(f'{file}: {place} holds no param_groups, or no state. {AFRESH}.')
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
        names = [named.get(id(value), '?') for value in parameters]
        wanted = tensors_after_a_step(own, groups)
        others = unlike(state['state'], groups, wanted, names)
        if others:
            raise CheckpointError(
                f'{file}: {place} is of other parameters, or damaged:{list_faults(others)}\n'
                f'Resume from another checkpoint (--resume FILE). {AFRESH}.'
            )
        emptied.append(_is_emptied(one, state, wanted, checkpoint))
        broken = list(_broken(state, names))
        if broken:
            raise CheckpointError(
                f'{file}: {place} is not finite:{list_faults(broken)}\nResume from an earlier '
                f'checkpoint (--resume FILE). {AFRESH}.'
            )
    if emptied and all(emptied):  # one of several may have had no turn yet
        raise CheckpointError(
            f'{file} cannot be resumed: the state of its optimizer is empty, though it has made '
            f'{checkpoint["meta"]["iter"]} iterations. Resume from another checkpoint (--resume '
            f'FILE). {AFRESH}.'
        )


def kept_rates(
    optimizer: OptimWrapper | OptimWrapperDict, checkpoint: Mapping, file: object
) -> list[str]:
    """Return a line if ``--auto-scale-lr`` has set rates that the checkpoint's will replace.

    Args:
        optimizer: With the rates that were set.
        checkpoint: Content of the file.
        file: Its name.
    """
    lines = []
    for place, one, state in _pairs(optimizer, checkpoint['optimizer'], file):
        # Before schedules.
        here, there = (
            sorted({f'{group.get("initial_lr", group["lr"]):g}' for group in groups})
            for groups in (one.optimizer.param_groups, state['param_groups'])
        )
        if here != there:
            lines.append(
                f'{file}: the rate of {place} counts, {", ".join(there)}, and not {", ".join(here)}'
                ' that --auto-scale-lr has set for the batch of now: the training goes on as it '
                'was begun.'
            )
    return lines


def go_on_to_the_end(
    built: Sequence[_ParamScheduler],
    saved: Sequence[dict],
    configs: Sequence[Mapping],
    place: str = 'param_scheduler',
) -> tuple[list[str], list[_ParamScheduler]]:
    """Let schedules that state no end go on as long as a training that is longer than before.

    MMEngine ends them with the training, keeps that in the checkpoint, and takes it from there: of
    a training that is made longer, the rate would stand still from its old last epoch on.

    Args:
        built: As the config builds them.
        saved: Their states, of a checkpoint; changed.
        configs: What the config says of each.
        place: Of them in the config.

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
            f'{place}.{number} ({given["type"]}) ends with this training, at '
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


def schedules_of(cfg: Config, optimizer: str) -> Sequence[Mapping]:
    """Return the schedules of one of several optimisers; what names none is for each of them."""
    found = schedules(cfg)
    if isinstance(found, Mapping):
        found = found.get(optimizer) or []
    return [found] if isinstance(found, Mapping) else found


def by_optimizer(states: Any) -> dict[str, Sequence]:
    """Return schedules, or their states, by their optimiser's name; one alone has none."""
    return dict(states) if isinstance(states, Mapping) else {'': states or []}


def by_iteration(built: Any, loop: EpochBasedTrainLoop) -> list[str]:
    """Return what has to be said of schedules by iteration, as an epoch has other batches now.

    Args:
        built: The run's schedules, or a dict of them by optimiser, resumed.
        loop: Of the training, resumed.
    """
    now, lines = len(loop.dataloader), []
    if not loop.epoch or loop.iter // now == loop.epoch:
        return []  # a checkpoint from within an epoch, of as many batches
    had = loop.iter / loop.epoch
    for schedule in (each for part in by_optimizer(built).values() for each in part):
        if schedule.by_epoch or not loop.iter < schedule.end < INF:
            continue
        ends = loop.epoch + (schedule.end - loop.iter) / now
        lines.append(
            f'An epoch has {now} batches now and had {had:g}. {type(schedule).__name__} steps at '
            f'each and goes on as it began, to iteration {schedule.end}: it ends with epoch '
            f'{ends:.4g} of {loop.max_epochs}, not with {schedule.end / had:.4g}. Keep the batch, '
            'or begin anew from the weights with load_from'
        )
    return lines


def _absent(cfg: Config, checkpoint: Mapping) -> list[str]:
    """Return what a training has within the parts of its checkpoint, and a file does not."""
    hub = checkpoint['message_hub']
    logs = (cfg.get('default_hooks') or {}).get('runtime_info', True) is not None
    missing = [
        f'message_hub.{key}'
        for key in ('log_scalars', 'runtime_info', 'resumed_keys')
        if not isinstance(hub, Mapping)
        or not isinstance(hub.get(key), Mapping)
        or (logs and checkpoint['meta']['iter'] and not hub[key])
    ]
    there = by_optimizer(checkpoint.get('param_schedulers'))
    if there and '' not in there:
        missing += [f'param_schedulers.{n}' for n in checkpoint['optimizer'] if n not in there]
    for place, state in _placed(there):
        wanted = ['last_step', '_global_step']
        if not isinstance(state, Mapping) or not state:
            missing.append(place)
            continue
        if not UNSEEN & set(state):  # those have rates of their own
            wanted.append('base_values')
        missing += [f'{place}.{key}' for key in wanted if state.get(key) in (None, [])]
    return missing


def _placed(states: Mapping[str, Sequence]) -> Iterator[tuple[str, Any]]:
    """Yield the state of each schedule, and where it is."""
    for name, several in states.items():
        for number, state in enumerate(several):
            yield '.'.join(filter(None, ['param_schedulers', name, str(number)])), state


def _broken_schedules(states: Mapping[str, Sequence]) -> Iterator[str]:
    """Yield what of the state of schedules is infinite or NaN."""
    for place, state in _placed(states):
        for key, value in state.items():
            numbers = value if isinstance(value, list | tuple) else [value]
            floats = [number for number in numbers if isinstance(number, float)]
            if key not in UNSEEN and not all(map(math.isfinite, floats)):
                yield f'{place}.{key} is {value}'


def _is_emptied(
    optimizer: OptimWrapper, state: Mapping, wanted: Sequence[Mapping], checkpoint: Mapping
) -> bool:
    """Whether an optimiser that has made steps, and keeps something of them, has nothing."""
    scaler = state.get('loss_scaler') or {}
    # Batches whose gradients wait for others; those that a scaler of losses has passed over.
    waits = checkpoint.get('meta', {}).get('iter', 0) < optimizer._accumulative_counts
    skipped = scaler.get('_growth_tracker') == 0
    return any(wanted) and not any(state['state'].values()) and not waits and not skipped


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
    # A scaler that is told NaN passes over every step.
    parts = {f'group {number}': group for number, group in enumerate(state['param_groups'])}
    for part, numbers in dict(parts, loss_scaler=state.get('loss_scaler') or {}).items():
        for key, value in numbers.items():
            if isinstance(value, float) and not math.isfinite(value):
                yield f'{key}={value} of {part}'
