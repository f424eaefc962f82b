"""Files of a toy set: rendered in parallel, written atomically, resumed after an interruption.

Order of events: ``.tmp-meta.json`` (the arguments) comes first, then for each video its .mp4 and
its masks, then the lists, and the marker is renamed to ``meta.json``. Every file is written under a
temporary name and moved into place. A mask file also keeps the fingerprint of the arguments and the
size of its .mp4, so a later run knows whether the pair is whole and whose it is.
"""

from __future__ import annotations

import json
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
import zipfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mmdebias.files import PREFIX, move_into_place, replacing, unfinished_path

from .config import FORMAT_VERSION, SPLITS, ToyConfig
from .masks import pack_masks
from .plan import ToyVideo, plan_split
from .recorded import motion_folder
from .render import render_video

META = 'meta.json'
UNFINISHED_META = unfinished_path(META).name
FORMAT = 'mmdebias-toy'


def _write_bytes(path: Path, content: bytes) -> None:
    with replacing(path) as unfinished:
        unfinished.write_bytes(content)


def _write_video(path: Path, frames: np.ndarray, fps: float) -> int:
    """Encode BGR frames [T, H, W, 3] as an .mp4 file and return its size in bytes."""
    with replacing(path) as unfinished:
        height, width = frames.shape[1:3]
        fourcc = cv2.VideoWriter.fourcc(*'mp4v')
        writer = cv2.VideoWriter(str(unfinished), fourcc, fps, (width, height))
        if not writer.isOpened():
            raise RuntimeError(
                f'cannot encode {path}: this OpenCV has no mp4v encoder or the folder is not '
                'writable; install opencv-python from PyPI or give another OUT'
            )
        for frame in frames:
            writer.write(frame)
        writer.release()
        # OpenCV says nothing about a full disk, but then the index at the file's end is missing.
        written = cv2.VideoCapture(str(unfinished))
        count = int(written.get(cv2.CAP_PROP_FRAME_COUNT))
        written.release()
        if count != len(frames):
            raise RuntimeError(
                f'{path}: {count} of {len(frames)} frames were written; is the disk full? '
                'Make room and run the same command again'
            )
        size = unfinished.stat().st_size
        return size


def _make_video(job: tuple[str, ToyConfig, ToyVideo]) -> None:
    """Render and write one video, then its masks: their presence says the video is whole."""
    out, config, video = job
    frames, masks = render_video(config, video)
    size = _write_video(Path(out, video.video_path), frames, config.fps)
    extra = {'fingerprint': config.fingerprint(), 'video_bytes': size}
    _write_bytes(Path(out, video.mask_path), pack_masks(masks, **extra))


def _mask_origin(path: Path) -> tuple[str, int]:
    """Fingerprint and video size kept in a mask file; ('', -1) if it is missing or broken."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            return str(stored['fingerprint']), int(stored['video_bytes'])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return '', -1


def _is_whole(out: Path, video: ToyVideo, fingerprint: str) -> bool:
    origin, size = _mask_origin(out / video.mask_path)
    path = out / video.video_path
    return origin == fingerprint and path.is_file() and path.stat().st_size == size


def _texts(config: ToyConfig, videos: dict[str, list[ToyVideo]]) -> dict[str, str]:
    """Return the contents of the lists and name files by path relative to OUT."""
    texts = {
        'classes.txt': '\n'.join(config.classes) + '\n',
        'scenes.txt': '\n'.join(config.scenes) + '\n',
    }
    for split, members in videos.items():
        texts[f'{split}.txt'] = ''.join(f'{v.video_path} {v.label}\n' for v in members)
        scenes = ''.join(f'{v.video_path} {v.scene}\n' for v in members)
        texts[f'scene_labels/{split}.txt'] = scenes
    return texts


def _meta(config: ToyConfig, videos: dict[str, list[ToyVideo]]) -> dict[str, Any]:
    def share(members: list[ToyVideo]) -> float:
        return sum(video.scene == video.label for video in members) / len(members)

    return {
        'format': FORMAT,
        'format_version': FORMAT_VERSION,
        'fingerprint': config.fingerprint(),
        'arguments': config.arguments(),
        'classes': list(config.classes),
        'scenes': list(config.scenes),
        'counts': {split: len(members) for split, members in videos.items()},
        'own_scene_share': {split: share(members) for split, members in videos.items()},
    }


def _read_meta(path: Path) -> dict | None:
    """Return the content of a marker, None if it is no toy set's."""
    try:
        content = json.loads(path.read_text(encoding='utf-8'))
    except (OSError, ValueError):
        return None
    known = isinstance(content, dict) and content.get('format') == FORMAT
    return content if known and isinstance(content.get('arguments'), dict) else None


def _differences(meta: dict, config: ToyConfig) -> list[str]:
    """Return the differences of the set on disk from the one asked for, a phrase an argument."""
    there, asked = meta['arguments'], config.arguments()
    found = [
        f'{key} is {there.get(key)!r} there and {asked.get(key)!r} here'
        for key in sorted(there.keys() | asked.keys())
        if there.get(key) != asked.get(key)
    ]
    if meta.get('format_version') != FORMAT_VERSION:
        version = meta.get('format_version')
        found.insert(0, f'format version is {version!r} there and {FORMAT_VERSION} here')
    return found


def _clear(out: Path) -> None:
    """Remove the files a toy set consists of, the marker last; leave any other file alone."""
    if (out / META).exists():
        move_into_place(out / META, out / UNFINISHED_META)
    for split in SPLITS:
        for folder, ending in (('videos', 'mp4'), ('masks', 'npz')):
            for name in (f'{split}_*.{ending}', f'{PREFIX}{split}_*.{ending}'):
                for path in (out / folder / split).glob(name):
                    path.unlink()
        for path in (out / f'{split}.txt', out / 'scene_labels' / f'{split}.txt'):
            path.unlink(missing_ok=True)
    (out / UNFINISHED_META).unlink(missing_ok=True)


def _claim(out: Path, config: ToyConfig, overwrite: bool) -> bool:
    """Check that OUT may be written to; true if it already holds the finished set.

    Raises:
        FileExistsError: if OUT holds something else than (part of) the set asked for.
    """
    if out.exists() and not out.is_dir():
        raise FileExistsError(f'{out} is a file: give a folder as OUT')
    markers = [path for path in (out / UNFINISHED_META, out / META) if path.exists()]
    if markers:
        meta = _read_meta(markers[0])
        if meta is None:
            reason = f'its {markers[0].name} is not that of a toy set or is damaged'
        else:
            reason = '; '.join(_differences(meta, config))
        ours = meta is not None
    else:
        # Without a marker, the masks still say which arguments made them.
        origins = {_mask_origin(path)[0] for path in out.glob('masks/*/[!.]*.npz')} - {''}
        ours = bool(origins)
        filled = out.is_dir() and any(path.name[0] != '.' for path in out.iterdir())
        foreign = filled and origins != {config.fingerprint()}
        reason = 'it holds files but no meta.json that says how they were made' if foreign else ''
    if reason and not (overwrite and ours):
        remedy = ', or --overwrite to replace the set there' if ours else ''
        raise FileExistsError(
            f'{out} holds something else than the set asked for: {reason}. '
            f'Give another OUT{remedy}.'
        )
    if overwrite and ours:
        _clear(out)
        return False
    return markers == [out / META]


def _leave_with_parent() -> None:
    multiprocessing.connection.wait([multiprocessing.parent_process().sentinel])
    os._exit(1)


def _start_worker() -> None:
    cv2.setNumThreads(1)  # one process per core is faster than threads on pictures this small
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops the work, without a traceback
    # A parent that is killed cannot stop it: without this its workers would wait for ever.
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _run(jobs: list, workers: int, progress: bool, start_method: str | None) -> None:
    """Render the jobs in this process or in several."""
    bar = _bar(len(jobs)) if progress else None
    workers = min(workers, len(jobs))
    if workers == 1:
        threads = cv2.getNumThreads()
        cv2.setNumThreads(1)
        try:
            for job in jobs:
                _make_video(job)
                if bar:
                    bar.update()
        finally:
            cv2.setNumThreads(threads)
    else:
        context = multiprocessing.get_context(start_method)
        with ProcessPoolExecutor(workers, context, _start_worker) as pool:
            for _ in pool.map(_make_video, jobs, chunksize=max(1, min(4, len(jobs) // workers))):
                if bar:
                    bar.update()
    if bar:
        sys.stderr.write('\n')


def _bar(total: int) -> Any:
    """Return a progress bar, or None where MMEngine, whose it is, is not installed."""
    try:
        from mmengine.utils import ProgressBar  # slow to import, and workers do not need it
    except ImportError:
        return None
    return ProgressBar(total, file=sys.stderr)


def available_cpus() -> int:
    """Return the number of processors this process may use."""
    if hasattr(os, 'sched_getaffinity'):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def make_toy(
    out: str | Path,
    config: ToyConfig,
    workers: int | None = None,
    overwrite: bool = False,
    progress: bool = False,
    start_method: str | None = None,
) -> dict[str, Any]:
    """Write a toy set, or finish one that was interrupted.

    Frames, masks and lists depend on ``config`` alone, not on the number of workers. Two runs at
    the same time must not share a folder.

    Args:
        out: Folder to write to; made if missing.
        config: What to write.
        workers: Number of processes. Defaults to the number of processors.
        overwrite: Replace a toy set of any arguments in ``out``.
        progress: Show a progress bar on the standard error.
        start_method: How processes start (``fork``, ``spawn`` or ``forkserver``). Defaults to the
            platform's way.

    Returns:
        The content of ``meta.json``.

    Raises:
        FileExistsError: if ``out`` holds a set of other arguments or other files.
        ImportError: if recorded motions are asked for and not installed.
    """
    workers = available_cpus() if workers is None else workers
    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
        raise ValueError(f'workers={workers!r}: give a whole number of at least 1')
    if config.motions == 'mocap':
        motion_folder()  # fails before anything is written
    out = Path(out)
    finished = _claim(out, config, overwrite)
    videos = {split: plan_split(config, split) for split in SPLITS}
    texts, meta = _texts(config, videos), _meta(config, videos)
    fingerprint = config.fingerprint()
    members = [video for split in SPLITS for video in videos[split]]
    missing = [video for video in members if not _is_whole(out, video, fingerprint)]
    lists_whole = all(
        (out / name).is_file() and (out / name).read_text(encoding='utf-8') == text
        for name, text in texts.items()
    )
    if finished and lists_whole and not missing:
        return meta

    # Itself written whole: a damaged marker would not tell whose the files beside it are.
    _write_bytes(out / UNFINISHED_META, (json.dumps(meta, indent=2) + '\n').encode())
    (out / META).unlink(missing_ok=True)
    if missing:
        _run([(str(out), config, video) for video in missing], workers, progress, start_method)
    for name, text in texts.items():
        _write_bytes(out / name, text.encode())
    move_into_place(out / UNFINISHED_META, out / META)
    return meta
