"""Unpacking the official archives: .zip, .tar, .tar.gz, .rar, and archives cut into parts.

An archive is unpacked into a hidden folder, which gets its name when everything is there. An
interrupted run continues in that folder: of .zip and .tar, files that are whole are not written
again; external programs start the archive anew.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from mmdebias.files import move_into_place, replacing, unfinished_path
from mmdebias.processes import BOUND

from .parallel import Progress

if TYPE_CHECKING:
    from typing_extensions import Buffer

ENDINGS = ('.tar.gz', '.tar.bz2', '.tar.xz', '.tgz', '.tar', '.zip', '.rar')

# Something-Something V2 is one .tar.gz cut into numbered parts, each in a .zip or not.
PART = re.compile(r'(20bn-something-something-v2)-(\d\d)(\.zip)?')

# Programs that read .rar, the format's own first. None of them comes with Python, and all but the
# first read some .rar archives only: 7z often comes without the part that reads any.
RAR_PROGRAMS = {
    'unrar': ('x', '-o+', '-y', '-idq', '{archive}', '{folder}/'),
    'unar': ('-quiet', '-force-overwrite', '-no-directory', '-o', '{folder}', '{archive}'),
    'bsdtar': ('-x', '-f', '{archive}', '-C', '{folder}'),
    '7zz': ('x', '-y', '-bd', '-o{folder}', '{archive}'),
    '7z': ('x', '-y', '-bd', '-o{folder}', '{archive}'),
}


def is_archive(path: Path) -> bool:
    """Return whether the name is that of an archive."""
    return path.name.lower().endswith(ENDINGS)


def _stem(path: Path) -> str:
    name = path.name
    for ending in ENDINGS:
        if name.lower().endswith(ending):
            return name[: -len(ending)]
    return name


def _is_part(path: Path) -> bool:
    return PART.fullmatch(path.name) is not None and path.is_file()


def _packed(path: Path) -> bool:
    return not path.name.startswith('.') and (is_archive(path) or _is_part(path))


def _inside(folder: Path, name: str) -> Path:
    """Return where a member belongs; archives may not write outside of their folder."""
    parts = PurePosixPath(name).parts
    if name.startswith('/') or '..' in parts or not parts:
        raise ValueError(f'the archive wants to write to {name!r}: it is not the official one.')
    return folder.joinpath(*parts)


def _store(source: IO[bytes], target: Path, size: int) -> None:
    """Write a member, unless an earlier run has done so."""
    if target.is_file() and target.stat().st_size == size:
        return
    with replacing(target) as unfinished:
        with unfinished.open('wb') as file:
            shutil.copyfileobj(source, file, 1 << 20)
        if unfinished.stat().st_size != size:
            raise EOFError(f'{target.name} ends early')


def _unpack_zip(path: Path, folder: Path, shown: bool) -> None:
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        progress = Progress(f'unpacking {path.name}', len(members), shown)
        for member in members:
            with archive.open(member) as source:
                _store(source, _inside(folder, member.filename), member.file_size)
            progress.update()
        progress.close()


def _unpack_tar(archive: tarfile.TarFile, name: str, folder: Path, shown: bool) -> None:
    progress = Progress(f'unpacking {name}', 0, shown)
    for member in archive:
        if member.isfile():
            _store(archive.extractfile(member), _inside(folder, member.name), member.size)
            progress.update()
    progress.close()


def _unpack_rar(path: Path, folder: Path) -> None:
    """Try the programs that are installed, one after the other."""
    failures = []
    for program in filter(shutil.which, RAR_PROGRAMS):
        arguments = [part.format(archive=path, folder=folder) for part in RAR_PROGRAMS[program]]
        done = subprocess.run([program, *arguments], capture_output=True, text=True, **BOUND)
        if not done.returncode:
            return
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ['no message']
        failures.append(f'{program}, exit status {done.returncode}: {last[0]}')
    if failures:
        raise RuntimeError(
            f'{path} cannot be unpacked ({"; ".join(failures)}). Get the archive again, install '
            'another program (apt-get install unar, or unrar), or unpack it elsewhere and give the '
            'folder.'
        )
    raise RuntimeError(
        f'{path} is a .rar archive, and none of {", ".join(RAR_PROGRAMS)} is installed. Install '
        'one (apt-get install unar, or unrar), or unpack the archive elsewhere and give the folder.'
    )


class _Chain(io.RawIOBase):
    """Files read one after the other, as ``cat`` would."""

    def __init__(self, files: Iterator[IO[bytes]]) -> None:
        self.files = files
        self.file = next(files, None)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer)
        while self.file is not None:
            found = self.file.read(len(view))
            if found:
                view[: len(found)] = found
                return len(found)
            self.file.close()
            self.file = next(self.files, None)
        return 0


def _open_part(path: Path) -> IO[bytes]:
    """Return a part of an archive, itself inside a .zip or not."""
    if not zipfile.is_zipfile(path):
        return path.open('rb')
    archive = zipfile.ZipFile(path)
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) != 1:
        raise ValueError(f'{path} holds {len(members)} files, and should hold one part.')
    return archive.open(members[0])


def _unpack_parts(parts: Sequence[Path], folder: Path, shown: bool) -> None:
    numbers = [int(PART.fullmatch(part.name)[2]) for part in parts]
    if numbers != list(range(len(parts))):
        missing = sorted(set(range(max(numbers) + 1)) - set(numbers))
        raise ValueError(
            f'parts of the archive are missing or given twice: there are {numbers}'
            + (f', and not {missing}' if missing else '')
            + '. Give all of them, from 00 on.'
        )
    chain = io.BufferedReader(_Chain(_open_part(part) for part in parts), 1 << 20)
    with tarfile.open(fileobj=chain, mode='r|gz') as archive:
        _unpack_tar(archive, f'{len(parts)} parts', folder, shown)


def _unpack_one(paths: Sequence[Path], folder: Path, shown: bool) -> None:
    path = paths[0]
    try:
        if _is_part(path):
            _unpack_parts(paths, folder, shown)
        elif path.name.lower().endswith('.zip'):
            _unpack_zip(path, folder, shown)
        elif path.name.lower().endswith('.rar'):
            _unpack_rar(path, folder)
        else:
            with tarfile.open(path, 'r|*') as archive:
                _unpack_tar(archive, path.name, folder, shown)
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        last = paths[-1].name if len(paths) > 1 else path
        raise RuntimeError(
            f'{last} is damaged or incomplete ({error}): get it again and run the same command.'
        ) from error


def _finished(paths: Sequence[Path], folder: Path, shown: bool, before: bool) -> Path:
    """Return the folder of an archive, unpacked now or before; archives within it are unpacked,
    too."""
    if folder.is_dir():
        return folder
    if before:
        raise FileNotFoundError(
            f'{paths[0]} is not unpacked yet, and shards would do it all at the same time: run the '
            'same command with --unpack instead of --shard first.'
        )
    # What an interrupted run has unpacked stays, and is not unpacked again.
    unfinished = unfinished_path(folder)
    unfinished.mkdir(parents=True, exist_ok=True)
    _unpack_one(paths, unfinished, shown)
    # HMDB51's archive holds one for each class.
    for inner in sorted(path for path in unfinished.rglob('*') if path.is_file() and _packed(path)):
        _unpack_one([inner], inner.parent, shown)
        inner.unlink()
    return move_into_place(unfinished, folder)


def unpack(
    paths: Sequence[Path], target: Path, shown: bool = False, before: bool = False
) -> list[Path]:
    """Unpack what is an archive, and pass on what is not.

    Args:
        paths: Archives, the parts of Something-Something V2, folders, and other files. The archives
            in a folder are unpacked, too.
        target: Folder below which each archive gets one of its own.
        shown: Show progress bars.
        before: Unpack nothing: an earlier call has to have done it.

    Returns:
        One folder an archive, and the other paths as they were, in the order given.

    Raises:
        FileNotFoundError: a path does not exist, or was not unpacked ``before``.
        RuntimeError: an archive is damaged, or no program reads it.
        ValueError: a part is missing, two archives have the same name, or a member's name leads out
            of the folder.
    """
    inputs: list[Path] = []
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f'{path} does not exist.')
        inputs.append(path)
        if path.is_dir():
            inputs += sorted(p for p in path.iterdir() if p.is_file() and _packed(p))
    parts = sorted(filter(_is_part, inputs), key=lambda path: path.name)
    found, origins = [], {}
    for path in inputs:
        if path.is_dir() or not _packed(path):
            found.append(path)
            continue
        if path in parts and path != parts[0]:
            continue
        members = parts if path in parts else [path]
        folder = target / (PART.fullmatch(path.name)[1] if path in parts else _stem(path))
        if folder in origins:
            raise ValueError(
                f'{path} and {origins[folder]} have the same name: rename one, since both would '
                f'be unpacked to {folder}.'
            )
        origins[folder] = path
        found.append(_finished(members, folder, shown, before))
    return found
