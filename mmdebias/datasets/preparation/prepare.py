"""From official archives to folders of videos and MMAction2's lists.

Order of events: ``prepare.json`` (what was asked for) comes first, then archives are unpacked, then
videos are linked or resized, checked, the lists are written, and last ``report.json``: a set that
has it is ready. Running the same command again continues where an interrupted run stopped.
"""

from __future__ import annotations

import json
import os
import statistics
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from mmdebias.files import replacing, write_text

from .annotations import Annotations, Sample, Split
from .archives import unpack
from .checking import Check, check_videos
from .matching import index_videos, match
from .parallel import Progress, in_parallel
from .recipes import Recipe
from .resizing import require_pyav, resize_video

SETTINGS, REPORT, JOURNAL = 'prepare.json', 'report.json', 'checks.jsonl'
MISSING, UNREADABLE, CLASSES = 'missing.txt', 'unreadable.txt', 'classes.txt'

# A clip of the papers has 16 frames; a shorter video is read in a loop.
CLIP_FRAMES = 16


def _claim(out: Path, settings: dict, folders: Sequence[str]) -> None:
    """Note what is asked for; a folder made with other settings is not mixed with it."""
    path = out / SETTINGS
    if settings['resize'] and not path.exists():
        filled = [out / folder for folder in folders if (out / folder).exists()]
        if filled:
            raise FileExistsError(
                f'{filled[0]} holds videos of another origin: give another --out for the resized '
                'copies.'
            )
    if path.exists():
        there = json.loads(path.read_text(encoding='utf-8'))
        different = [key for key in settings if there.get(key) != settings[key]]
        if different:
            key = different[0]
            raise FileExistsError(
                f'{out} was prepared with {key}={there.get(key)!r}, and this command says '
                f'{settings[key]!r}: give another --out, or remove {path} and the folders of '
                'videos beside it.'
            )
    write_text(path, json.dumps(settings, indent=2) + '\n')
    (out / REPORT).unlink(missing_ok=True)


def _link(source: Path, target: Path, out: Path) -> None:
    """Link to the original; relative within ``out``, so that the folder can be moved.

    A file that is no link is somebody's video: it is left alone.
    """
    if target.exists() and target.samefile(source):
        return
    if target.exists() and not target.is_symlink():
        raise FileExistsError(f'{target} is another video than {source}: give another --out.')
    to = source.resolve()
    if to.is_relative_to(out.resolve()):
        to = os.path.relpath(to, target.parent.resolve())
    with replacing(target) as unfinished:
        unfinished.symlink_to(to)


def _resized(
    size: int | tuple[int, int], folder: Path, job: tuple[Sample, Path]
) -> tuple[str, str]:
    """Make a resized copy unless there is one; returns its path below the folder, or an error."""
    sample, source = job
    target = folder / f'{sample.name}.mp4'
    if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
        try:
            resize_video(source, target, size)
        except ValueError as error:
            return '', str(error)
    return f'{sample.name}.mp4', ''


def _place(
    found: dict[Sample, Path],
    folder: Path,
    size: int | tuple[int, int] | None,
    workers: int,
    shown: bool,
) -> tuple[dict[str, str], dict[str, str]]:
    """Bring videos to where the lists name them.

    Returns:
        Paths below ``folder`` by the samples' names, and errors by the samples' names.
    """
    paths, errors, jobs = {}, {}, []
    verb = 'linking to' if size is None else 'resizing'
    progress = Progress(f'{verb} {len(found)} videos in {folder.name}', len(found), shown)
    for sample, source in found.items():
        if source.is_relative_to(folder) and size is None:
            paths[sample.name] = source.relative_to(folder).as_posix()
        elif source.is_relative_to(folder):
            raise ValueError(
                f'{folder} holds the originals: give another --out for their resized copies.'
            )
        elif size is None:
            _link(source, folder / f'{sample.name}{source.suffix}', folder.parent)
            paths[sample.name] = f'{sample.name}{source.suffix}'
        else:
            jobs.append((sample, source))
            continue
        progress.update()
    for (sample, _), (path, error) in in_parallel(partial(_resized, size, folder), jobs, workers):
        if error:
            errors[sample.name] = error
        else:
            paths[sample.name] = path
        progress.update()
    progress.close()
    return paths, errors


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


def _report_split(
    split: Split, paths: dict[str, str], errors: dict[str, str], checks: dict[str, Check]
) -> tuple[list[str], dict]:
    """Return lines of a list, and what to say about it."""
    listed = [sample for sample in split.samples if sample.name in paths]
    unreadable = [sample.name for sample in split.samples if sample.name in errors]
    lines = [f'{paths[sample.name]} {sample.label}' for sample in listed]
    known = [checks[sample.name] for sample in listed if sample.name in checks]
    return lines, {
        'folder': split.folder,
        'official': split.official,
        'annotated': len(split.samples),
        'listed': len(listed),
        'missing': len(split.samples) - len(listed) - len(unreadable),
        'unreadable': len(unreadable),
        'classes': len({sample.label for sample in listed}),
        'durations': _durations(known),
    }


def prepare(
    recipe: Recipe,
    annotations: Sequence[Path],
    videos: dict[str, Sequence[Path]],
    out: Path,
    size: int | tuple[int, int] | None = None,
    check: bool = True,
    workers: int = 1,
    shown: bool = False,
) -> dict:
    """Prepare a dataset, or finish what an interrupted run began.

    Args:
        recipe: The dataset.
        annotations: Archives, folders or files with the official split files.
        videos: Archives and folders of each of the recipe's folders of videos. Lists of a folder
            that is left out are not written.
        out: Where to write: lists, folders of videos, reports, and ``unpacked`` archives.
        size: Resize to this short side, or width and height, in pixels; None links the originals.
        check: Decode a little of each video.
        workers: How many videos to work on at a time.
        shown: Show progress bars.

    Returns:
        The content of ``report.json``.

    Raises:
        FileNotFoundError: an archive or split file is missing, or archives hold no video wanted.
        FileExistsError: ``out`` was prepared with other settings.
        RuntimeError: an archive cannot be unpacked, or PyAV is missing.
        ValueError: a split file or archive is not what it should be.
    """
    if size is not None:
        require_pyav()
    out = Path(out).absolute()
    resize = size if size is None or isinstance(size, int) else list(size)
    _claim(out, {'dataset': recipe.name, 'resize': resize}, list(videos))
    unpacked = out / 'unpacked'
    official: Annotations = recipe.read(unpack(annotations, unpacked / 'annotations', shown))
    lists, splits, missing_lines, unreadable_lines, unused = {}, {}, [], [], 0
    for folder, sources in videos.items():
        members = [split for split in official.splits if split.folder == folder]
        samples = list(
            {sample.name: sample for split in members for sample in split.samples}.values()
        )
        where = [path.absolute() for path in unpack(sources, unpacked / folder, shown)]
        index = index_videos(where, recipe.key)
        found, missing = match(samples, index)
        if not found:
            raise FileNotFoundError(
                f'none of the {len(samples)} videos of {recipe.title} for {folder} is in '
                f'{", ".join(map(str, where))}, for example {samples[0].name}: is it the right '
                'archive?'
            )
        unused += len(set(index.values()) - set(found.values()))
        paths, errors = _place(found, out / folder, size, workers, shown)
        checks = {}
        if check:
            by_path = check_videos(
                out / folder, list(paths.values()), out / JOURNAL, workers, shown
            )
            checks = {name: by_path[path] for name, path in paths.items()}
            errors |= {name: result.error for name, result in checks.items() if result.error}
        paths = {name: path for name, path in paths.items() if name not in errors}
        missing_lines += [f'{folder}/{sample.name}\n' for sample in missing]
        unreadable_lines += [f'{folder}/{name}\t{error}\n' for name, error in errors.items()]
        for split in members:
            lists[split.list_name], splits[split.list_name] = _report_split(
                split, paths, errors, checks
            )
    for name, lines in lists.items():
        write_text(out / name, ''.join(f'{line}\n' for line in lines))
    write_text(out / CLASSES, ''.join(f'{name}\n' for name in official.classes))
    write_text(out / MISSING, ''.join(missing_lines))
    write_text(out / UNREADABLE, ''.join(unreadable_lines))
    report = {
        'dataset': recipe.name,
        'resize': resize,
        'checked': check,
        'classes': len(official.classes),
        'whole': all(
            split['listed'] == split['annotated'] == (split['official'] or split['annotated'])
            for split in splits.values()
        ),
        'missing': len(missing_lines),
        'unreadable': len(unreadable_lines),
        'unused': unused,
        'lists': splits,
    }
    write_text(out / REPORT, json.dumps(report, indent=2) + '\n')
    return report


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
    if report['unused']:
        lines.append(f'{report["unused"]} videos are in no list')
    if not report['checked']:
        lines.append('videos were not checked')
    return '\n'.join(lines)
