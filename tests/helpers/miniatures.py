"""Parts of miniature datasets: videos, archives and lists."""

import dataclasses
import tarfile
import zipfile
from functools import partial

import cv2
import numpy as np

CODES = {'.avi': 'MJPG', '.mp4': 'mp4v', '.webm': 'VP80'}


def write_video(path, frames=20, size=(48, 64), fps=10):
    """A video of a square that moves by 2 pixels a frame, in the container of its extension."""
    path.parent.mkdir(parents=True, exist_ok=True)
    height, width = size
    fourcc = cv2.VideoWriter.fourcc(*CODES[path.suffix])
    writer = cv2.VideoWriter(str(path), fourcc, fps, (width, height))
    assert writer.isOpened()
    for t in range(frames):
        frame = np.full((height, width, 3), 60, np.uint8)
        frame[10:26, 2 * t : 2 * t + 16] = (40, 40, 220)
        writer.write(frame)
    writer.release()


def pack(archive, folder):
    """A folder's content as .zip or .tar.gz, named as below the folder."""
    paths = sorted(path for path in folder.rglob('*') if path.is_file())
    if archive.suffix == '.zip':
        with zipfile.ZipFile(archive, 'w') as file:
            for path in paths:
                file.write(path, path.relative_to(folder))
    else:
        with tarfile.open(archive, 'w:gz') as file:
            for path in paths:
                file.add(path, path.relative_to(folder))
    return archive


def lines(path):
    return path.read_text().splitlines()


def write_lines(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(''.join(f'{line}\n' for line in content))


def small(recipe, read, classes):
    """A recipe for a miniature with fewer classes."""
    return dataclasses.replace(recipe, read=partial(read, classes=classes))
