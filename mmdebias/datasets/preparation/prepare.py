"""From official archives to folders of videos and MMAction2's lists.

Order of events: annotations are read, then ``prepare.json`` (what was asked for) is written, then
archives of videos are unpacked, then videos are linked or resized, checked, the lists are written,
and last ``report.json``: a set that has it is ready. Running the same command again continues where
an interrupted run stopped.

Shards do the part in the middle: they link or resize and check their share. Merging is a run like
any other, which finds that done.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from mmdebias.files import read_json, replacing, write_text
from mmdebias.video import VideoReadError, write_indexes
from mmdebias.video.index_file import BESIDE_LIST

from .annotations import Annotations, Sample
from .archives import unpack
from .checking import check_videos, index_entries
from .lists import Found, write_lists
from .matching import index_videos, match
from .parallel import Progress, in_parallel
from .recipes import Recipe
from .resizing import check_encoder, resize_video
from .shards import JOURNAL, REPORT, SETTINGS, SHARDS, Shard, check_whole, journals


def _note_settings(out: Path, settings: dict, folders: Sequence[str], own: Path) -> None:
    """Note in the folder ``own`` what is asked for; a folder made with other settings is not mixed
    with it."""
    filled = [out / folder for folder in folders if (out / folder).exists()]
    # Looked for in this order: a shard says what it does before it fills a folder.
    others = sorted(out.glob(f'{SHARDS}/*/{SETTINGS}'))
    others += [out / SETTINGS] if (out / SETTINGS).exists() else []
    if settings['resize'] and filled and not others:
        raise FileExistsError(
            f'{filled[0]} holds videos of another origin: give another --out for the resized '
            'copies.'
        )
    for path in others:
        there = read_json(path)
        if not isinstance(there, dict):
            raise FileExistsError(
                f'{path} is damaged, so that how {out} was prepared cannot be told: remove it if '
                'it was with the settings of this command, or give another --out.'
            )
        there.setdefault('codec', 'h264' if there.get('resize') else None)  # of version 0.1.0
        different = [key for key in settings if there.get(key) != settings[key]]
        if different:
            key = different[0]
            raise FileExistsError(
                f'{out} was prepared with {key}={there.get(key)!r}, and this command says '
                f'{settings[key]!r}: give another --out, or remove {path} and the folders of '
                'videos in --out.'
            )
    (out / REPORT).unlink(missing_ok=True)
    (own / REPORT).unlink(missing_ok=True)
    write_text(own / SETTINGS, json.dumps(settings, indent=2) + '\n')


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
    size: int | tuple[int, int], codec: str, folder: Path, job: tuple[Sample, Path]
) -> tuple[str, str]:
    """Make a resized copy unless there is one; returns its path below the folder, or an error."""
    sample, source = job
    target = folder / f'{sample.name}.mp4'
    if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
        try:
            resize_video(source, target, size, codec)
        except VideoReadError as error:
            return '', str(error)
    return f'{sample.name}.mp4', ''


def _find(recipe: Recipe, samples: Sequence[Sample], folder: str, sources: Sequence[Path]) -> Found:
    """Look for the files of some samples; raises a FileNotFoundError where there is none."""
    index = index_videos(sources, recipe.key)
    files, missing = match(samples, index)
    if not files:
        raise FileNotFoundError(
            f'none of the {len(samples)} videos of {recipe.title} for {folder} is in '
            f'{", ".join(map(str, sources))}, for example {samples[0].name}: is it the right '
            'archive?'
        )
    return Found(files, missing, len(set(index.values()) - set(files.values())))


def _place(
    found: Found,
    folder: Path,
    size: int | tuple[int, int] | None,
    codec: str,
    workers: int,
    shown: bool,
) -> None:
    """Bring videos to where the lists name them; notes their paths, or errors."""
    jobs = []
    verb = 'linking to' if size is None else 'resizing'
    total = len(found.files)
    progress = Progress(f'{verb} {total} videos in {folder.name}', total, shown)
    for sample, source in found.files.items():
        if source.is_relative_to(folder) and size is None:
            found.paths[sample.name] = source.relative_to(folder).as_posix()
        elif source.is_relative_to(folder):
            raise ValueError(
                f'{folder} holds the originals: give another --out for their resized copies.'
            )
        elif size is None:
            _link(source, folder / f'{sample.name}{source.suffix}', folder.parent)
            found.paths[sample.name] = f'{sample.name}{source.suffix}'
        else:
            jobs.append((sample, source))
            continue
        progress.update()
    resized = partial(_resized, size, codec, folder)
    for (sample, _), (path, error) in in_parallel(resized, jobs, workers):
        if error:
            found.errors[sample.name] = error
        else:
            found.paths[sample.name] = path
        progress.update()
    progress.close()


def _check(
    found: Found, folder: Path, journal: Path, others: Sequence[Path], workers: int, shown: bool
) -> None:
    """Try to read the videos; those that cannot be read move from the paths to the errors."""
    by_path = check_videos(folder, list(found.paths.values()), journal, workers, shown, others)
    for name, path in list(found.paths.items()):
        if by_path[path].error:
            found.errors[name] = by_path[path].error
            del found.paths[name]
        else:
            found.checks[name] = by_path[path]


def unpack_all(
    annotations: Sequence[Path],
    videos: dict[str, Sequence[Path]],
    out: Path,
    shown: bool = False,
    before: bool = False,
) -> tuple[list[Path], dict[str, list[Path]]]:
    """Unpack the archives of a dataset to ``out/unpacked``.

    Args:
        annotations: See :func:`prepare`.
        videos: Likewise.
        out: Likewise.
        shown: Show progress bars.
        before: See :func:`unpack`.

    Returns:
        Folders and files of the annotations, and those of each folder of videos.

    Raises:
        See :func:`unpack`.
    """
    unpacked = Path(out).absolute() / 'unpacked'
    return unpack(annotations, unpacked / 'annotations', shown, before), {
        folder: [path.absolute() for path in unpack(sources, unpacked / folder, shown, before)]
        for folder, sources in videos.items()
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
    codec: str = 'h264',
    shard: Shard | None = None,
    merge: bool = False,
) -> dict:
    """Prepare a dataset, or finish what an interrupted run began.

    Args:
        recipe: The dataset.
        annotations: Archives, folders or files with the official split files.
        videos: Archives and folders of each of the recipe's folders of videos. Lists of a folder
            that is left out are not written.
        out: Where to write: lists, folders of videos, reports, and ``unpacked`` archives.
        size: Resize to this short side, or width and height, in pixels; None links the originals.
        check: Try to read each video, and write down where its frames are.
        workers: How many videos to work on at a time.
        shown: Show progress bars.
        codec: Of resized copies, a key of ``resizing.CODECS``.
        shard: Link or resize and check this share of the videos only; write no lists.
        merge: Stop unless all shards are whole.

    Returns:
        The content of ``report.json``; that of a shard is in the shard's folder.

    Raises:
        FileNotFoundError: an archive or split file is missing, or archives hold no video wanted, or
            a shard is not whole, or runs before archives are unpacked.
        FileExistsError: ``out`` was prepared with other settings.
        RuntimeError: an archive cannot be unpacked, or an encoder is missing.
        ValueError: a split file or archive is not what it should be.
    """
    out = Path(out).absolute()
    if merge:
        check_whole(out)
    if size is not None:
        check_encoder(codec)
    resize = size if size is None or isinstance(size, int) else list(size)
    settings = {
        'dataset': recipe.name,
        'resize': resize,
        'codec': None if size is None else codec,
    }
    if shard:
        # Before anything is written: shards start at the same time.
        unpack_all(annotations, videos, out, before=True)
    own = shard.folder(out) if shard else out
    # A folder is not claimed with annotations that turn out to be wrong.
    split_files, _ = unpack_all(annotations, {}, out, shown, before=bool(shard))
    official: Annotations = recipe.read(split_files)
    _note_settings(out, settings, list(videos), own)
    _, where = unpack_all([], videos, out, shown, before=bool(shard))
    folders = {}
    for folder, sources in where.items():
        members = [split for split in official.splits if split.folder == folder]
        samples = {sample.name: sample for split in members for sample in split.samples}
        found = _find(recipe, list(samples.values()), folder, sources)
        if shard:
            found.files = shard.share(found.files)
        _place(found, out / folder, size, codec, workers, shown)
        if check:
            _check(found, out / folder, own / JOURNAL, journals(out), workers, shown)
        folders[folder] = found
    if shard:
        report = {
            **settings,
            'checked': check,
            'shard': [shard.number, shard.total],
            'videos': sum(len(found.files) for found in folders.values()),
            'unreadable': sum(len(found.errors) for found in folders.values()),
        }
        write_text(own / REPORT, json.dumps(report, indent=2) + '\n')
        return report
    if check:
        write_indexes(out / BESIDE_LIST, index_entries(journals(out)))
    report = {**settings, 'checked': check, **write_lists(out, official, folders)}
    write_text(out / REPORT, json.dumps(report, indent=2) + '\n')
    return report
