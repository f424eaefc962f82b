"""From official archives to folders of videos and MMAction2's lists.

Order of events: ``prepare.json`` (what was asked for) comes first, then archives are unpacked, then
videos are linked or resized, checked, the lists are written, and last ``report.json``: a set that
has it is ready. Running the same command again continues where an interrupted run stopped.
"""

from __future__ import annotations

import dataclasses
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


@dataclasses.dataclass
class _Folder:
    """What became of one folder of videos.

    Attributes:
        lists: Lines of each list that names its videos.
        splits: What the report says of each of them.
        missing: Names of videos that no archive holds.
        errors: Of videos that cannot be read, by name.
        unused: How many videos are in no list.
    """

    lists: dict[str, list[str]]
    splits: dict[str, dict]
    missing: list[str]
    errors: dict[str, str]
    unused: int


def _find(
    recipe: Recipe, splits: Sequence[Split], where: Sequence[Path], folder: Path
) -> tuple[dict[Sample, Path], list[Sample], int]:
    """Return the videos of some splits, what is missing, and how many others there are."""
    samples = list({sample.name: sample for split in splits for sample in split.samples}.values())
    index = index_videos([path.absolute() for path in where], recipe.key)
    found, missing = match(samples, index)
    if not found:
        raise FileNotFoundError(
            f'none of the {len(samples)} videos of {recipe.title} for {folder.name} is in '
            f'{", ".join(str(path.absolute()) for path in where)}, for example '
            f'{samples[0].name}: is it the right archive?'
        )
    return found, missing, len(set(index.values()) - set(found.values()))


def _prepare_folder(
    recipe: Recipe,
    splits: Sequence[Split],
    where: Sequence[Path],
    folder: Path,
    size: int | tuple[int, int] | None,
    check: bool,
    workers: int,
    shown: bool,
) -> _Folder:
    """Bring the videos of one folder to where the lists name them, and check them."""
    found, missing, unused = _find(recipe, splits, where, folder)
    paths, errors = _place(found, folder, size, workers, shown)
    checks = {}
    if check:
        journal = folder.parent / JOURNAL
        by_path = check_videos(folder, list(paths.values()), journal, workers, shown)
        checks = {name: by_path[path] for name, path in paths.items()}
        errors |= {name: result.error for name, result in checks.items() if result.error}
    paths = {name: path for name, path in paths.items() if name not in errors}
    reports = {split.list_name: _report_split(split, paths, errors, checks) for split in splits}
    return _Folder(
        lists={name: lines for name, (lines, _) in reports.items()},
        splits={name: report for name, (_, report) in reports.items()},
        missing=[sample.name for sample in missing],
        errors=errors,
        unused=unused,
    )


def _write_lists(out: Path, folders: dict[str, _Folder], classes: Sequence[str]) -> None:
    """Write the lists, the names of the classes, and what is missing or cannot be read."""
    for made in folders.values():
        for name, lines in made.lists.items():
            write_text(out / name, ''.join(f'{line}\n' for line in lines))
    write_text(out / CLASSES, ''.join(f'{name}\n' for name in classes))
    missing = [f'{folder}/{name}\n' for folder, made in folders.items() for name in made.missing]
    write_text(out / MISSING, ''.join(missing))
    unreadable = [
        f'{folder}/{name}\t{error}\n'
        for folder, made in folders.items()
        for name, error in made.errors.items()
    ]
    write_text(out / UNREADABLE, ''.join(unreadable))


def _report(folders: Sequence[_Folder]) -> dict:
    """Return what ``report.json`` says of the videos."""
    splits = {name: split for made in folders for name, split in made.splits.items()}
    return {
        'whole': all(
            split['listed'] == split['annotated'] == (split['official'] or split['annotated'])
            for split in splits.values()
        ),
        'missing': sum(len(made.missing) for made in folders),
        'unreadable': sum(len(made.errors) for made in folders),
        'unused': sum(made.unused for made in folders),
        'lists': splits,
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
    folders = {}
    for name, sources in videos.items():
        splits = [split for split in official.splits if split.folder == name]
        where = unpack(sources, unpacked / name, shown)
        folders[name] = _prepare_folder(
            recipe, splits, where, out / name, size, check, workers, shown
        )
    _write_lists(out, folders, official.classes)
    report = {
        'dataset': recipe.name,
        'resize': resize,
        'checked': check,
        'classes': len(official.classes),
        **_report(list(folders.values())),
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
