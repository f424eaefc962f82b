"""Arguments in configs that no class takes, and classes that there are not."""

import inspect
import re
import typing
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from mmengine.config import Config
from mmengine.registry import Registry
from torch import Tensor

from mmdebias.config_checks import (
    KNOWN,
    ConfigError,
    find_class,
    fits,
    in_words,
    is_a,
    nearest,
    nested,
    number_kinds,
    type_hints,
)

# What Python says of a call that does not fit, which begins with the function's qualified name.
UNEXPECTED = re.compile(r"([\w.<>]+)\(\) got an unexpected keyword argument '(\w+)'")
MISSING = re.compile(r'([\w.<>]+)\(\) missing \d+ required [\w-]+ arguments?: (.+)')
NO_ARGUMENTS = re.compile(r'([\w.<>]+)\(\) takes no arguments')
# Types of arguments that no text belongs to.
NO_TEXT = {int, float, bool, type(None), Tensor, tuple, list, dict}
LIKE = 0.6
SHOWN = 12  # names, where none is near
PLACES = 3

_config: ContextVar[Config | None] = ContextVar('config', default=None)


class ArgumentError(ConfigError, TypeError):
    """An argument in a config that its class does not take, or does not get, or of another type."""


class UnknownClassError(ConfigError, KeyError):
    """A type in a config that is no registered class."""

    __str__ = Exception.__str__  # a KeyError's has its message in quotes


@contextmanager
def keys_of(cfg: Config) -> Iterator[None]:
    """Name parts that cannot be built within by their keys in a config, ``model.backbone``."""
    token = _config.set(cfg)
    try:
        yield
    finally:
        _config.reset(token)


def explain(registry: Registry, given: Mapping, error: Exception) -> ConfigError | None:
    """Return what is wrong with the config of a part that could not be built.

    Args:
        registry: Its registry.
        given: Its config.
        error: What building it raised.

    Returns:
        An error of one line, or None where the arguments are not at fault, but what the class does
        with them, or anything else.
    """
    name = given.get('type')
    if name is None and type(error) is KeyError and '"type"' in str(error):
        place = _place(given) or f'{dict(given)}'
        return UnknownClassError(f'{place} names no class: give it a type, or correct its name')
    with registry.switch_scope_and_registry(given.get('_scope_')) as found:
        kind = found.get(name) if isinstance(name, str) else name
    if kind is None and isinstance(error, KeyError) and isinstance(name, str):
        return _unknown_class(name, found, given)
    if kind is None:
        return None
    misfit = _misfit(given, kind, str(error)) if isinstance(error, TypeError) else None
    return misfit or _wrong_type(given, kind) or _unknown(given, kind)


def explain_call(given: Mapping, kind: type, error: TypeError) -> ConfigError | None:
    """Do what :func:`explain` does for a class that no registry builds."""
    return _misfit(given, kind, str(error))


def explain_later(error: TypeError) -> ConfigError | None:
    """Explain a call that does not fit, of what is handed on when all is built.

    Such as ``optim_wrapper.clip_grad``, which goes to a function of torch at the first step. None
    where no part without a class has an argument of that name.
    """
    found, cfg = UNEXPECTED.search(str(error)), _config.get()
    for _, given in nested(dict(cfg)) if found and cfg is not None else ():
        if found[2] in given and 'type' not in given and given is not cfg:
            function = found[1].removesuffix('.__init__')
            return ArgumentError(f'{_key(given, found[2])}: {function} takes no {found[2]!r}')
    return None


def title(given: Mapping) -> str:
    """Return what to call a part: its key in the config and its class."""
    kind = given.get('type')
    name = getattr(kind, '__name__', None) or str(kind or 'a part')
    place = _place(given)
    return f'{place} ({name})' if place else name


def known_arguments(kind: Callable) -> tuple[dict[str, inspect.Parameter], bool]:
    """Return the arguments of a class or function, and whether it takes no others.

    Where a class takes ``**kwargs``, those of the classes that it inherits are among them.
    """
    found: dict[str, inspect.Parameter] = {}
    no_others = True
    inits = [vars(base).get('__init__') for base in getattr(kind, '__mro__', ())[:-1]]
    for init in filter(None, inits if inspect.isclass(kind) else [kind]):
        try:
            parameters = list(inspect.signature(init).parameters.values())
        except (TypeError, ValueError):  # some that are written in C do not say
            break
        for parameter in parameters[inspect.isclass(kind) :]:
            if parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                found.setdefault(parameter.name, parameter)
        if all(parameter.kind is not parameter.VAR_KEYWORD for parameter in parameters):
            break
        no_others = False
    return found, no_others


def swallowed(cfg: Config) -> list[str]:
    """Return a line for each argument that is much like another and that its class passes over.

    Such as ``frame_intervall`` of MMAction2's ``SampleFrames``, whose ``**kwargs`` take anything.
    """
    lines = []
    for place, given in nested(dict(cfg)):
        kind = find_class(given.get('type'))
        for key, near in _passed_over(given, kind):
            lines.append(f'{place}.{key}: {_name(kind)} has {near!r}, which is meant?')
    return lines


def _passed_over(given: Mapping, kind: Any) -> Iterator[tuple[str, str]]:
    """Yield arguments that go into a class's ``**kwargs``, and what each is much like."""
    known, no_others = known_arguments(kind) if callable(kind) else ({}, True)
    for key in given if not no_others else ():
        if key not in known and key not in ('type', '_scope_'):
            near = nearest(str(key), known)
            if near is not None:
                yield str(key), near


def _misfit(given: Mapping, kind: Any, message: str) -> ConfigError | None:
    if found := UNEXPECTED.search(message):
        return _unexpected(given, kind, *found.groups())
    if found := MISSING.search(message):
        names = re.findall(r"'(\w+)'", found[2])
        if _owns(kind, found[1]) and not set(names) & set(given):
            shown = ' and '.join(map(repr, names))
            place = _place(given) or 'a part of the config'
            return ArgumentError(f'{place}: {_name(kind)} needs {shown}: set it')
    if (found := NO_ARGUMENTS.search(message)) and _name(kind) == found[1].rpartition('.')[2]:
        key = next(iter(set(given) - {'type'}), '')
        return ArgumentError(f'{_key(given, key)}: {_name(kind)} takes no arguments: leave it out')
    return None


def _unexpected(given: Mapping, kind: Any, function: str, argument: str) -> ConfigError | None:
    """Explain an argument of a part, or of one within it that is not built by a registry."""
    parts = [(inner, kind if inner is given else None) for _, inner in nested(given)]
    for inner, own in parts:
        if argument not in inner:
            continue
        own = own or find_class(inner.get('type'))
        name = str(inner.get('type')).rpartition('.')[2]
        if own is None and name == function.rpartition('.')[0].rpartition('.')[2]:
            return ArgumentError(f'{_key(inner, argument)}: {name} takes no such argument')
        if own is not None and _owns(own, function):
            known = list(known_arguments(own)[0])
            near = nearest(argument, known, LIKE)
            more = ', ...' if len(known) > SHOWN else ''
            hint = f'{near!r} is meant?' if near else f'it takes {", ".join(known[:SHOWN])}{more}'
            return ArgumentError(
                f'{_key(inner, argument)}: {_name(own)} takes no {argument!r}; {hint}'
            )
    return None


def _wrong_type(given: Mapping, kind: Any) -> ConfigError | None:
    """Explain text and others where numbers belong: what a class does with it may fail anyhow."""
    known, _ = known_arguments(kind)
    hints = type_hints(kind)
    for key, value in given.items():
        if key == 'type' or key not in known:
            continue
        kinds = number_kinds(hints[key]) if key in hints else None
        if kinds is not None and not any(is_a(value, each) for each in kinds):
            remedy = ': take the quotes away' if isinstance(value, str) else ''
            return ArgumentError(
                f'{_key(given, key)}: {_name(kind)} takes {in_words(kinds)} there{remedy}'
            )
        default = known[key].default
        if isinstance(value, int | float) and key in hints and fits(hints[key], value) is False:
            such = repr(default) if isinstance(default, list | tuple) else f'[{value}]'
            return ArgumentError(
                f'{_key(given, key)}: {_name(kind)} takes several numbers there, such as {such}'
            )
        if not isinstance(value, str):
            continue
        number = isinstance(default, int | float) and not isinstance(default, bool)
        hint = hints.get(key)
        if (number and hint is None) or (hint is not None and not _takes_text(hint)):
            return ArgumentError(
                f'{_key(given, key)}: {_name(kind)} takes no text there: take the quotes away'
            )
    return None


def _takes_text(hint: Any) -> bool:
    parts = typing.get_args(hint)
    if parts:
        return any(_takes_text(part) for part in parts if part is not Ellipsis)
    return hint not in NO_TEXT


def _unknown(given: Mapping, kind: Any) -> ConfigError | None:
    """Explain what a class's ``**kwargs`` have taken, and handed to what does not know it."""
    for key, near in _passed_over(given, kind):
        what = f'{_name(kind)} takes no {key!r}; {near!r} is meant?'
        return ArgumentError(f'{_key(given, key)}: {what}')
    return None


def _unknown_class(name: str, registry: Registry, given: Mapping) -> ConfigError:
    names: list[str] = []
    above: Registry | None = registry
    while above is not None:
        names += above.module_dict
        above = above.parent
    near = nearest(name.rpartition('.')[2], names, LIKE)
    hint = f'{near!r} is meant?' if near else 'is it misspelt?'
    return UnknownClassError(
        f'{_key(given, "type")}: there is no such class among the {registry.name}s; {hint} '
        'A class of your own has to be imported (custom_imports)'
    )


def _owns(kind: Any, function: str) -> bool:
    """Whether a function is a class's own, one that it inherits, or the function itself."""
    owner = function.rpartition('.')[0]
    return function == getattr(kind, '__qualname__', None) or owner in [
        base.__qualname__ for base in getattr(kind, '__mro__', ())
    ]


def _name(kind: Any) -> str:
    return getattr(kind, '__name__', str(kind))


def _key(given: Mapping, key: str) -> str:
    """Return an argument as it is in the config, ``model.queue_sise=1``."""
    value = repr(given.get(key))
    value = value if len(value) <= 60 else f'{value[:57]}...'
    return '.'.join(filter(None, [_place(given, key), f'{key}={value}']))


def _place(given: Mapping, key: str | None = None) -> str:
    """Return where a part stands in the config, up to three such places; '' where in none."""
    cfg = _config.get()
    if cfg is None:
        return ''
    alike: list[tuple[int, str]] = []
    for place, there in nested(dict(cfg)):
        if there.get('type', given.get('type')) != given.get('type'):
            continue
        same = sum(name in given and _equal(given[name], value) for name, value in there.items())
        if same and (key is None or (key in there and _equal(there[key], given.get(key)))):
            alike.append((same, place))
    best = [place for same, place in alike if same == max(alike)[0]]
    # Other keys are variables of the config files.
    read = [place for place in best if place.split('.')[0] in KNOWN] or best
    return ' and '.join(read[:PLACES])


def _equal(one: object, other: object) -> bool:
    try:
        return bool(one == other)
    except (TypeError, ValueError, RuntimeError):  # arrays
        return False
