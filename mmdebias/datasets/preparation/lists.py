"""MMAction2's lists of a prepared dataset, and what its report says of them."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mmdebias.files import write_text

from .annotations import Annotations, Sample, Split
from .checking import Check

MISSING, UNREADABLE, CLASSES = 'missing.txt', 'unreadable.txt', 'classes.txt'
MISREAD = 'misread.txt'

# A clip of the papers has 16 frames; a shorter video is read in a loop.
CLIP_FRAMES = 16


@dataclass
class Found:
    """The videos of a folder.

    Attributes:
        files: The file of each sample that has one.
        missing: The other samples.
        unused: How many files are no sample's.
        paths: Where readable videos are below the folder, by the samples' names.
        errors: Why others cannot be read, likewise.
        checks: What is known of the former, likewise; empty if they were not tried.
    """

    files: dict[Sample, Path]
    missing: list[Sample]
    unused: int
    paths: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    checks: dict[str, Check] = field(default_factory=dict)


def _durations(checks: Sequence[Check]) -> dict[str, float] | None:
    seconds = [check.seconds for check in checks]
    if not seconds:
        return None
    return {
        'shortest_s': round(min(seconds), 2),
        'median_s': round(statistics.median(seconds), 2),
        'longest_s': round(max(seconds), 2),
        'total_h': round(sum(seconds) / 3600, 3),
        'below_16_frames': sum(check.frames < CLIP_FRAMES for check in checks),
    }


def _report_split(split: Split, found: Found) -> tuple[list[str], dict]:
    """Return lines of a list, and what to say about it."""
    listed = [sample for sample in split.samples if sample.name in found.paths]
    unreadable = [sample.name for sample in split.samples if sample.name in found.errors]
    lines = [f'{found.paths[sample.name]} {sample.label}' for sample in listed]
    known = [found.checks[sample.name] for sample in listed if sample.name in found.checks]
    return lines, {
        'folder': split.folder,
        'official': split.official,
        'annotated': len(split.samples),
        'listed': len(listed),
        'missing': len(split.samples) - len(listed) - len(unreadable),
        'unreadable': len(unreadable),
        'misread': sum(bool(check.misread) for check in known),
        'classes': len({sample.label for sample in listed}),
        'durations': _durations(known),
    }


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    write_text(path, ''.join(f'{line}\n' for line in lines))


def write_lists(out: Path, official: Annotations, folders: dict[str, Found]) -> dict:
    """Write the lists and what they leave out; return what the report says of them.

    Args:
        out: The prepared folder.
        official: The annotations.
        folders: What was found of each folder of videos; lists of others are not written.
    """
    splits = {}
    for split in official.splits:
        if split.folder in folders:
            lines, splits[split.list_name] = _report_split(split, folders[split.folder])
            _write_lines(out / split.list_name, lines)
    _write_lines(out / CLASSES, official.classes)
    left_out = {name: [] for name in (MISSING, UNREADABLE, MISREAD)}
    for folder, found in folders.items():
        left_out[MISSING] += [f'{folder}/{sample.name}' for sample in found.missing]
        left_out[UNREADABLE] += [f'{folder}/{name}\t{e}' for name, e in found.errors.items()]
        left_out[MISREAD] += [
            f'{folder}/{found.paths[name]}\t{check.misread}'
            for name, check in found.checks.items()
            if check.misread
        ]
    for name, lines in left_out.items():
        _write_lines(out / name, lines)
    return {
        'classes': len(official.classes),
        'whole': all(
            split['listed'] == split['annotated'] == (split['official'] or split['annotated'])
            for split in splits.values()
        ),
        'missing': len(left_out[MISSING]),
        'unreadable': len(left_out[UNREADABLE]),
        'misread': len(left_out[MISREAD]),
        'unused': sum(found.unused for found in folders.values()),
        'lists': splits,
    }


def summary(report: dict, out: Path) -> str:
    """Return a report in a few lines of text."""
    lines = []
    for name, split in report['lists'].items():
        line = f'{name}: {split["listed"]} of {split["annotated"]} videos'
        if split['official'] not in (None, split['annotated']):
            line += f' (the official number is {split["official"]})'
        line += f', {split["classes"]} of {report["classes"]} classes'
        if split['durations']:
            times = split['durations']
            line += (
                f'; {times["shortest_s"]:g} to {times["longest_s"]:g} s, median '
                f'{times["median_s"]:g} s, {times["total_h"]:.2f} h'
            )
            if times['below_16_frames']:
                line += f'; {times["below_16_frames"]} videos of fewer than {CLIP_FRAMES} frames'
        lines.append(line)
    for key, file in (('missing', MISSING), ('unreadable', UNREADABLE)):
        if report[key]:
            lines.append(f'{report[key]} videos {key}, left out of the lists: see {out / file}')
    if report['misread']:
        remedy = '' if report['resize'] else '; copies made with --resize have nothing of the kind'
        lines.append(
            f'{report["misread"]} videos are read right here, but readers such as decord and '
            f'OpenCV may take wrong frames: see {out / MISREAD}{remedy}'
        )
    if report['unused']:
        lines.append(f'{report["unused"]} videos are in no list')
    if not report['checked']:
        lines.append('videos were not checked')
    return '\n'.join(lines)
