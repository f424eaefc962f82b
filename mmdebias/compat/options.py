"""A workaround for MMEngine's ``--cfg-options``: what it makes of paths is said, not done."""

import argparse
import functools
import os
import re
from collections.abc import Sequence

# The last words of keys whose values are paths, and how to give them otherwise.
OTHERWISE = dict(load_from='give tools/train.py --load-from FILE', work_dir='give --work-dir DIR')
PATHS = {
    *OTHERWISE, 'ann_file', 'checkpoint', 'data_root', 'filename', 'manifest', 'out_dir',
    'out_file', 'pretrained', 'resume', 'save_dir', 'video',
}  # fmt: skip
# A space within an element of a value, neither beside a comma nor inside of a bracket.
INNER_SPACE = re.compile(r'[^\s,(\[]\s+[^\s,)\]]')


def refuse_damaged_options() -> None:
    """Say what MMEngine's option parser would make of a value with spaces, or a path with commas.

    mmengine 0.10.7's ``DictAction`` deletes every space and splits at commas: with
    ``load_from=/my data/a.pth`` a run looks for ``/mydata/a.pth``, and ``load_from=a,b.pth`` is a
    list. What a shell has split at a space it cannot unpack at all. No quoting helps.
    """
    from mmengine.config import DictAction

    original = DictAction.__call__
    if hasattr(original, 'mmdebias'):
        return

    @functools.wraps(original)
    def __call__(
        self: argparse.Action,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Sequence[str] | None,
        option_string: str | None = None,
    ) -> None:
        for option in values or ():
            damage = describe_damage(option)
            if damage is not None:
                raise argparse.ArgumentError(self, damage)
        original(self, parser, namespace, values, option_string)

    __call__.mmdebias = True
    DictAction.__call__ = __call__


def describe_damage(option: str) -> str | None:
    """Return what MMEngine's parser would do to an option ``KEY=VALUE``, None where it is read.

    A value is a path where the key's last word says so, or where there is such a file or folder.
    """
    from mmengine.config import DictAction

    key, equals, value = option.partition('=')
    if not equals:
        return (
            f'{option!r} is not KEY=VALUE. If it is the rest of a path with spaces: put the option '
            f'in quotes, and {_remedy(key)}'
        )
    plain = value.strip('\'"')
    is_path = key.rpartition('.')[2] in PATHS or (bool(plain) and os.path.exists(plain))
    try:
        read = DictAction._parse_iterable(value)
        found = repr(read)
    except AssertionError as error:  # of brackets
        if not is_path:
            return None
        read, found = (), f'an error ({error})'
    is_list = plain[:1] + plain[-1:] in ('[]', '()') and not os.path.exists(plain)
    # A flag or a number is no path, whatever the key: resume=True.
    split = is_path and not is_list and isinstance(read, str | list | tuple) and read != plain
    if not split and not INNER_SPACE.search(plain):
        return None
    return (
        f"MMEngine's option parser deletes spaces and splits at commas, quoted or not: {key} would "
        f'be {found} instead of {plain!r}. For a path, {_remedy(key)}'
    )


def _remedy(key: str) -> str:
    other = OTHERWISE.get(key)
    return (f'{other}, or ' if other else '') + (
        'set it in a config file that inherits yours (_base_ = ...), or use one without spaces and '
        'commas, such as a symbolic link'
    )
