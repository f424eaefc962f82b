"""Mistakes in configs that nothing reports, or that end far from where they were made."""

import difflib
import inspect
import types
import typing
import warnings
from collections.abc import Iterable, Iterator, Mapping
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


class ConfigError(ValueError):
    """A config that cannot be what was meant; the message names the key, the value, the remedy."""


def misspelt_keys(cfg: Config) -> list[str]:
    """Return a line for each top-level key that nothing reads and that is much like one of those.

    A config may define variables of any other name.
    """
    return [
        f'Nothing reads {key!r} of the config: {near!r} is meant?'
        for key in cfg
        if key not in KNOWN and (near := nearest(key, KNOWN)) is not None
    ]


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

    Text where a class, anybody's, takes numbers; and where a class of mmdebias takes numbers,
    anything else. What a class does not say it takes is not looked at.
    """
    found = []
    for place, values in nested(dict(cfg)):
        hints, ours = _hints(values.get('type'))
        if place.split('.')[-1].endswith('_dataloader'):
            hints = LOADER
        for key, value in values.items():
            kinds = number_kinds(hints.get(key)) if key in hints else None
            if kinds is None or any(is_a(value, kind) for kind in kinds):
                continue
            if isinstance(value, str) or ours:
                wanted = in_words(kinds)
                remedy = ': take the quotes away' if isinstance(value, str) else ''
                name = f'{place}.{key}'.lstrip('.')
                found.append(f'{name}={value!r} must be {wanted}{remedy}')
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


def in_words(kinds: Iterable[type]) -> str:
    """Return what kinds of numbers are called, ``a whole number or None``."""
    return ' or '.join(dict.fromkeys(NUMBERS[kind] for kind in kinds))


def is_a(value: object, kind: type) -> bool:
    """Return whether a value is a number of a kind; whole numbers are numbers, truths are none."""
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, kind)
