"""Files and folders that are whole or not there."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PREFIX = '.tmp-'
VIDEO_ENDINGS = (
    '.3gp', '.avi', '.flv', '.m4v', '.mkv', '.mov', '.mp4', '.mpeg', '.mpg', '.ogv', '.ts', '.webm',
    '.wmv',
)  # fmt: skip
"""Files with these endings are the videos of a folder, and no lists."""


def check_folder(path: str | Path) -> Path:
    """Return the path of a folder to write to, there or not.

    Raises:
        NotADirectoryError: it, or what it lies in, is a file.
    """
    path = Path(path)
    there = next(place for place in (path, *path.absolute().parents) if place.exists())
    if not there.is_dir():
        raise NotADirectoryError(f'{there} is a file: give a folder')
    return path


def read_json(path: str | Path) -> Any:
    """Return what a JSON file holds; None where there is none, or half of one.

    For results that can be made again: a disk that was full, or another program, may leave half.
    """
    try:
        return json.loads(Path(path).read_text(encoding='utf-8'))
    except (FileNotFoundError, ValueError):
        return None


def unfinished_path(path: str | Path) -> Path:
    """Return where a file or folder is written until it is whole: beside it, ``.tmp-NAME``."""
    path = Path(path)
    return path.with_name(f'{PREFIX}{path.name}')


def move_into_place(whole: str | Path, path: str | Path) -> Path:
    """Give a file or folder its final name; what has that name is replaced.

    :func:`replacing` does so by itself. This is for what an interrupted run leaves to be continued,
    and for names that are known only once the file is whole.

    Args:
        whole: The file or folder, on the same file system.
        path: Its final name.

    Returns:
        ``path``.
    """
    whole, path = Path(whole), Path(path)
    if path.is_dir() and whole.is_dir():
        _remove(path)  # a folder cannot be replaced by another in one step
    os.replace(whole, path)
    return path


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Write a file or folder that appears when it is whole.

    The name keeps its ending, which many writers go by. After an error nothing is left; after a
    kill, ``.tmp-NAME`` is, which the next attempt overwrites.

    Args:
        path: Of the file or folder; the folder it is in is made.

    Yields:
        The path to write to.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = unfinished_path(path)
    _remove(unfinished)
    try:
        yield unfinished
        move_into_place(unfinished, path)
    except BaseException:
        _remove(unfinished)
        raise


def read_text(path: str | Path, remedy: str) -> str:
    """Return the text of a file, UTF-8, with or without a mark of that.

    Args:
        path: The file, which is there.
        remedy: What to give where it is none.

    Raises:
        ValueError: it is no text, or of another encoding.
    """
    try:
        return Path(path).read_text(encoding='utf-8-sig')
    except UnicodeDecodeError as error:
        raise ValueError(
            f'{path} is no text in UTF-8 (byte {error.start} is {error.object[error.start]:#04x}): '
            f'{remedy}'
        ) from None


def write_text(path: str | Path, text: str) -> None:
    """Write a text file, UTF-8, that appears when it is whole."""
    with replacing(path) as unfinished:
        unfinished.write_text(text, encoding='utf-8')


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def existing_file(argument: str, path: str | Path, remedy: str) -> Path:
    """Return the path of a file.

    Args:
        argument: The name of what was given, such as ``--boxes``.
        path: The file.
        remedy: What to do where it is not there.

    Raises:
        FileNotFoundError: it is not there, or a folder.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f'{argument}: there is no file {path}; {remedy}')
    return path
