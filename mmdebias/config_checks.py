"""Mistakes in configs that nothing reports, or that end far from where they were made."""

import difflib
import inspect
import types
import typing
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Union

from mmaction import registry
from mmengine.config import Config
from mmengine.registry import Registry
from mmengine.runner import Runner
from torch import Tensor

# What MMEngine and MMAction2 read of a config beside the arguments of Runner.
READ = (
    'runner_type', 'custom_imports', 'launcher', 'compile', 'activation_checkpointing',
    'efficient_conv_bn_eval', 'vis_backends', 'file_client_args', 'backend_args',
)  # fmt: skip
KNOWN = (*inspect.signature(Runner.__init__).parameters, *READ)
# One of eight letters may be wrong or missing; variables of a config's own are further away.
LIKENESS = 0.86
NUMBERS = {int: 'a whole number', float: 'a number', bool: 'True or False', type(None): 'None'}
LOADER = dict(batch_size=int, num_workers=int, prefetch_factor=int)
# Parts that no class takes; what MMEngine reads of them, and of some nothing else.
PLAIN: dict[str, tuple[str, ...]] = {
    'auto_scale_lr': ('enable', 'base_batch_size'),
    'env_cfg': ('cudnn_benchmark', 'mp_cfg', 'dist_cfg', 'resource_limit'),
    'env_cfg.mp_cfg': ('mp_start_method', 'opencv_num_threads'),
    'randomness': ('seed', 'diff_rank_seed', 'deterministic'),
    'optim_wrapper.paramwise_cfg': (
        'custom_keys', 'bias_lr_mult', 'bias_decay_mult', 'norm_decay_mult', 'dwconv_decay_mult',
        'flat_decay_mult', 'bypass_duplicate', 'dcn_offset_lr_mult',
    ),
}  # fmt: skip
# Those that may hold others as well, or are handed on.
OPEN: dict[str, tuple[str, ...]] = {
    'env_cfg.dist_cfg': ('backend', 'init_backend', 'timeout'),
    'model.test_cfg': ('feature_extraction', 'max_testing_views', 'num_segs', 'fcn_test'),
    'default_hooks': (
        'runtime_info', 'timer', 'sampler_seed', 'logger', 'param_scheduler', 'checkpoint',
        'visualization', 'sync_buffers',
    ),
}  # fmt: skip
# What must be there, and no text or number.
TRAINED = ('model', 'train_dataloader', 'train_cfg', 'optim_wrapper')
TESTED = ('model', 'test_dataloader', 'test_cfg', 'test_evaluator')
DICTS = ('default_hooks', 'env_cfg', 'randomness', 'auto_scale_lr', 'visualizer', 'log_processor')


class ConfigError(ValueError):
    """A config that cannot be what was meant; the message names the key, the value, the remedy."""


def misspelt_keys(cfg: Config) -> list[str]:
    """Return a line for each key that nothing reads and that is much like one of those.

    At the top, where a config may define variables of any other name, and in the parts that no
    class takes. Of those that hold nothing else, each key that nothing reads.
    """
    found = [
        f'Nothing reads {key!r} of the config: {near!r} is meant?'
        for key in cfg
        if key not in KNOWN and (near := nearest(key, KNOWN)) is not None
    ]
    for place, part in nested(dict(cfg)):
        known = PLAIN.get(place) or OPEN.get(place) or ()
        if place == 'optim_wrapper.paramwise_cfg' and 'constructor' in cfg.optim_wrapper:
            continue  # which may read anything
        for key in [key for key in part if known and key not in known]:
            near = nearest(str(key), known, 0.7 if place in PLAIN else LIKENESS)
            if near is not None:
                found.append(f'Nothing reads {key!r} of {place}: {near!r} is meant?')
            elif place in PLAIN:
                found.append(f'Nothing reads {key!r} of {place}: it has {", ".join(known)}')
    return found


def misspelt_options(cfg: Config, keys: Iterable[str]) -> list[str]:
    """Return a line for each option that changes nothing, or adds a key that is much like another.

    Args:
        cfg: The config before the options are merged into it.
        keys: Of ``--cfg-options``, such as ``model.head.temperature``.
    """
    found = []
    for key in keys:
        inner: Any = cfg
        for depth, part in enumerate(key.split('.')):
            if not isinstance(inner, Mapping | Config):
                break  # a position in a list, which MMEngine checks
            there = [*inner, *(KNOWN if depth == 0 else ())]
            if part not in there:
                near = nearest(part, there, 0.7)
                whole = '.'.join([*key.split('.')[:depth], near or ''])
                if near is not None:
                    found.append(f'--cfg-options {key}: there is no such key; {whole} is meant?')
                elif depth == 0:
                    found.append(f'--cfg-options {key}: nothing reads {part!r} of a config')
                break
            inner = inner.get(part)
    return found


def merge_options(cfg: Config, options: Mapping[str, Any]) -> None:
    """Merge ``--cfg-options`` into a config, with a warning for what changes nothing.

    Raises:
        ConfigError: an option does not fit what it changes, such as a place beyond a list's end.
    """
    for line in misspelt_options(cfg, options):
        warnings.warn(line, stacklevel=2)
    try:
        cfg.merge_from_dict(dict(options))
    except (KeyError, TypeError) as error:
        raise ConfigError(f'--cfg-options: {error.args[0] if error.args else error}') from None


def parse_options(options: Iterable[str]) -> list[str]:
    """Return the keys of options as they are typed, ``key=value``."""
    return [option.partition('=')[0] for option in options]


def wrong_types(cfg: Config) -> list[str]:
    """Return a line for each value that its class takes for another type.

    Text where a class, anybody's, takes numbers; where a class of mmdebias takes numbers or lists
    of them, anything else; a number where a schedule, which is built last, takes a list; and what
    is no range where a class has one. What a class does not say it takes is not looked at.
    """
    found = []
    for place, values in nested(dict(cfg)):
        hints, ours = _hints(values.get('type'))
        scheduled = place.split('.')[0] == 'param_scheduler'
        if place.split('.')[-1].endswith('_dataloader'):
            hints = LOADER
        for key, value in values.items():
            name, remedy = f'{place}.{key}'.lstrip('.'), ''
            if str(key).endswith('_range') and _is_no_range(
                find_class(values.get('type')), key, value
            ):
                found.append(f'{name}={value!r} must be two numbers, the lower first: (0.2, 1.0)')
                continue
            hint = hints.get(key)
            if hint is None or fits(hint, value) is not False:
                continue
            kinds = number_kinds(hint)
            if isinstance(value, str) and kinds is not None:
                remedy = ': take the quotes away'
            elif not ours and not (scheduled and kinds is None and is_a(value, float)):
                continue
            found.append(f'{name}={value!r} must be {in_words(kinds or {hint})}{remedy}')
    return found


def missing_parts(cfg: Config, trains: bool) -> list[str]:
    """Return a line for each part that a training, or a test, cannot do without.

    Args:
        cfg: The config.
        trains: Whether it is a training.
    """
    what, wanted = ('training', TRAINED) if trains else ('test', TESTED)
    found = []
    for key in wanted:
        value = cfg.get(key)
        if value is None:
            found.append(f'{key}=None, and a {what} needs it: give a config that has one')
        elif isinstance(value, str | int | float):
            found.append(f'{key}={value!r} must be a dict')
    for key in DICTS:
        if isinstance(cfg.get(key), str | int | float | list | tuple):
            found.append(f'{key}={cfg.get(key)!r} must be a dict')
    return found


def impossible_loaders(cfg: Config, trains: bool) -> list[str]:
    """Return a line for each number of a loader with which it cannot load.

    Args:
        cfg: The config.
        trains: Whether it is for a training, and validation, or a test.
    """
    found = []
    for place in ('train_dataloader', 'val_dataloader') if trains else ('test_dataloader',):
        loader = cfg.get(place)
        if not isinstance(loader, Mapping):
            continue
        for key, least in dict(batch_size=1, num_workers=0, prefetch_factor=1).items():
            value = loader.get(key)
            if is_a(value, int) and value < least:
                found.append(f'{place}.{key}={value} must be {least} or more')
        for key, other in dict(persistent_workers=False, prefetch_factor=None).items():
            if loader.get('num_workers', 0) == 0 and loader.get(key):
                found.append(
                    f'{place}.{key}={loader[key]} needs workers, and num_workers is 0: set '
                    f'{place}.{key}={other}'
                )
    return found


def uneven_groups(cfg: Config) -> list[str]:
    """Return a line if the batch cannot be divided into the model's ``bn_groups``."""
    model, loader = cfg.get('model'), cfg.get('train_dataloader')
    if not isinstance(model, Mapping) or not isinstance(loader, Mapping):
        return []
    groups, batch = model.get('bn_groups'), loader.get('batch_size')
    if isinstance(groups, int) and isinstance(batch, int) and groups > 0 and batch % groups:
        return [
            f'model.bn_groups={groups} does not divide train_dataloader.batch_size={batch}: choose '
            'a divisor, or another batch'
        ]
    return []


def typed(config: object) -> Iterator[Any]:
    """Yield every dict with a type in nested dicts and lists."""
    return (found for _, found in nested(config) if 'type' in found)


def nearest(name: str, names: Iterable[str], likeness: float = LIKENESS) -> str | None:
    """Return the name that is most like another, None where none is much like it."""
    return next(iter(difflib.get_close_matches(name, list(names), 1, likeness)), None)


def nested(value: Any, place: str = '') -> Iterator[tuple[str, Mapping]]:
    """Yield all dicts within a value, each with its place."""
    if isinstance(value, Mapping):
        yield place, value
        parts: Iterable[tuple[object, Any]] = value.items()
    elif isinstance(value, list | tuple):
        parts = enumerate(value)
    else:
        return
    for key, inner in parts:
        yield from nested(inner, f'{place}.{key}'.lstrip('.'))


def _registries() -> Iterator[Registry]:
    for found in vars(registry).values():
        while isinstance(found, Registry):
            yield found
            found = found.parent


def find_class(name: object) -> Any:
    """Return the class or function that a name in a config stands for, None where for none."""
    if not isinstance(name, str):
        return name
    name = name.removeprefix('mmaction.').removeprefix('mmengine.')
    return next((r.module_dict[name] for r in _registries() if name in r.module_dict), None)


def _hints(name: object) -> tuple[dict[str, Any], bool]:
    """Return what the class of a name in a config takes, and whether it is one of ours."""
    kind = find_class(name)
    if not inspect.isclass(kind):
        return {}, False
    return type_hints(kind), kind.__module__.startswith('mmdebias.')


def type_hints(kind: Any) -> dict[str, Any]:
    """Return the types of a class's arguments, as far as it and those that it inherits say them."""
    hints: dict[str, Any] = {}
    for base in reversed(getattr(kind, '__mro__', ())):
        try:
            hints.update(typing.get_type_hints(vars(base)['__init__']))
        except Exception:  # names that are imported for type checkers only
            continue
    return hints


def number_kinds(hint: Any) -> set[type] | None:
    """Return the types that a hint allows, if numbers are all that it does."""
    union = typing.get_origin(hint) in (Union, types.UnionType)
    kinds = set(typing.get_args(hint)) if union else {hint}
    kinds.discard(Tensor)  # no config holds one
    return kinds if kinds and kinds <= set(NUMBERS) else None


def fits(hint: Any, value: object) -> bool | None:
    """Return whether a value is of a type; None where that is not known.

    Told are numbers, truths, None, and lists and tuples of them.

    Args:
        hint: The type, as it is written at an argument.
        value: Of a config, where a list may stand for a tuple.
    """
    if hint in NUMBERS:
        return is_a(value, hint)
    kinds = typing.get_args(hint)
    if typing.get_origin(hint) in (Union, types.UnionType):
        answers = [fits(kind, value) for kind in kinds if kind is not Tensor]
        return True if True in answers else None if None in answers else False
    if typing.get_origin(hint) not in (tuple, list, Sequence):
        return None
    if not isinstance(value, list | tuple):
        return False
    if _is_of_one_kind(hint):
        kinds = (kinds[0],) * len(value)
    elif len(kinds) != len(value):
        return False
    answers = [fits(kind, one) for kind, one in zip(kinds, value)]
    return False if False in answers else None if None in answers else True


def in_words(kinds: Iterable[Any]) -> str:
    """Return what kinds of numbers, and lists of them, are called, ``a whole number or None``."""
    words = {_in_words(kind) for kind in kinds}
    # The simplest first; sets have no order.
    return ' or '.join(sorted(words, key=lambda word: (word == 'None', len(word), word)))


def _in_words(kind: Any) -> str:
    if kind in NUMBERS:
        return NUMBERS[kind]
    kinds = typing.get_args(kind)
    if typing.get_origin(kind) in (Union, types.UnionType):
        return in_words(kinds)
    if _is_of_one_kind(kind):
        each = _in_words(kinds[0]).removeprefix('a ')
        return f'a list of {each}s' if kinds[0] in (int, float) else f'a list, each {each}'
    if typing.get_origin(kind) is tuple:
        return f'({", ".join(map(_in_words, kinds))})'
    return getattr(kind, '__name__', str(kind))


def _is_of_one_kind(hint: Any) -> bool:
    """Whether a type is of a list of any length; for others a tuple of one stands for any."""
    kinds = typing.get_args(hint)
    return typing.get_origin(hint) is not tuple or len(kinds) == 1 or kinds[1] is Ellipsis


def _is_no_range(kind: Any, key: str, value: object) -> bool:
    """Whether a value is no lower and upper limit where a class has a pair of numbers for them."""
    try:
        default = inspect.signature(kind).parameters[key].default
    except (TypeError, ValueError, KeyError):
        return False
    if not (_is_pair(default) and value is not None):
        return False
    return not _is_pair(value) or value[0] > value[1]  # type: ignore[index]


def _is_pair(value: object) -> bool:
    pair = isinstance(value, list | tuple) and len(value) == 2
    return pair and all(is_a(one, float) for one in value)  # type: ignore[attr-defined]


def is_a(value: object, kind: type) -> bool:
    """Return whether a value is a number of a kind; whole numbers are numbers, truths are none."""
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, kind)
