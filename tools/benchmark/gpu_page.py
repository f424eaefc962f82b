"""The page of the check on a GPU, in Markdown."""

from collections.abc import Mapping
from typing import TypedDict


class Found(TypedDict, total=False):
    """What a part of the check found."""

    title: str
    seconds: float
    rows: list[dict]
    says: str
    """A sentence."""
    failed: str
    """Why it failed, if it did."""
    setting: dict
    """Of an earlier run, if it was measured in that."""


def render(setting: Mapping, parts: Mapping[str, Found]) -> str:
    """Return the page: a line a part, then what each has measured, a table a kind of case.

    Args:
        setting: Card, date, versions and the like.
        parts: By name, in their order.
    """
    versions = ', '.join(f'{name} {version}' for name, version in setting['versions'].items())
    card = setting['card']
    if 'memory_gib' in setting:
        card += f', {setting["memory_gib"]} GiB, CUDA {setting["cuda"]}'
    lines = ['# Check on a GPU', '']
    if setting['dry_run']:
        lines += ['A dry run with tiny sizes: **the figures mean nothing.**', '']
    lines += [f'{card}; {setting["cores"]} CPU cores; {setting["date"]}; {versions}.', '']
    summary = [
        dict(part=f'`{name}`: {part["title"]}', found=part['says'], s=round(part['seconds']))
        for name, part in parts.items()
    ]
    lines += table(summary)
    for name, part in parts.items():
        if others := differences(part.get('setting', setting), setting):
            lines += ['', f'`{name}` is of an earlier run: {", ".join(others)}.']
    for name, part in parts.items():
        for case, rows in by_case(part['rows']).items():
            lines += ['', f'## {name}: {case}', '', *table(rows)]
    return '\n'.join(lines) + '\n'


def differences(earlier: Mapping, now: Mapping) -> list[str]:
    """Return what was otherwise in an earlier run, as it was there."""
    there, here = ({**setting, **setting['versions'], 'versions': ''} for setting in (earlier, now))
    return [
        f'{name} {there.get(name, "none")}'
        for name in dict.fromkeys([*there, *here])
        if there.get(name) != here.get(name)
    ]


def by_case(rows: list[dict]) -> dict[str, list[dict]]:
    """Return rows by their case, which is left out of them."""
    found: dict[str, list[dict]] = {}
    for row in rows:
        rest = {key: value for key, value in row.items() if key != 'case'}
        found.setdefault(row['case'], []).append(rest)
    return found


def table(rows: list[dict]) -> list[str]:
    """Return the lines of a table with all columns that any row has."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    return [
        f'| {" | ".join(key.replace("_", " ") for key in columns)} |',
        '|---' * len(columns) + '|',
        *(f'| {" | ".join(cell(row.get(key)) for key in columns)} |' for row in rows),
    ]


def cell(value: object) -> str:
    """Write a value: of a number four figures."""
    if value is None:
        return ''
    text = f'{value:.4g}' if isinstance(value, float) and abs(value) < 1000 else value
    text = f'{text:,.0f}' if isinstance(text, float) else text
    return str(text).replace('|', '\\|').replace('\n', ' ')
