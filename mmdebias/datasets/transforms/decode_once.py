"""A decoder that keeps small sets of videos decoded."""

import hashlib
import os
import tempfile
from pathlib import Path

import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform
from numpy.typing import NDArray

from mmdebias.files import PREFIX, check_folder, move_into_place
from mmdebias.video import count_frames, read_frames


@TRANSFORMS.register_module()
class DecodeOnce(BaseTransform):
    """Decode a video when it is first asked for, and keep all its frames.

    Stands in the place of ``VideoInit``, and MMAction2's ``ArrayDecode`` in that of
    ``VideoDecode``. For sets that fit into memory: every process that loads has frames of its own,
    so ``num_workers=0`` suits it, and ``hold=False`` several workers. Decoding is most of what it
    costs to load a clip of a generated video.

    The frames are read-only: MMAction2's ``Flip`` works in place and would flip them for good.
    :class:`PerView` and any transform that crops or resizes makes new ones.

    Required keys: filename. Added keys: array (uint8 ``[T, H, W, 3]``, RGB), total_frames.

    Args:
        folder: Where the frames are kept for other processes and later runs as well, a file a
            video; None keeps them in this one's memory only. A video that has changed is decoded
            again.
        hold: Keep the frames in this process's memory, too. Without it they are read from
            ``folder`` each time, which is the system's memory for all processes once they were
            read: for several workers, each of which would hold all videos.

    Raises:
        NotADirectoryError: ``folder`` is a file.
        ValueError: neither ``folder`` nor ``hold``.
    """

    def __init__(self, folder: str | Path | None = None, hold: bool = True) -> None:
        if folder is None and not hold:
            raise ValueError('hold=False keeps the frames in a folder only: give folder.')
        self.folder = None if folder is None else check_folder(folder)
        self.hold = hold
        self.arrays: dict[str, NDArray[np.uint8]] = {}

    def transform(self, results: dict) -> dict:
        """Add a video's frames."""
        path = str(results['filename'])
        frames = self.arrays.get(path)
        if frames is None:
            frames = _decode(path) if self.folder is None else _kept(path, self.folder)
            frames.setflags(write=False)
            if self.hold:
                self.arrays[path] = frames
        results['array'] = frames
        results['total_frames'] = len(frames)
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}(folder={self.folder}, hold={self.hold})'


def _decode(path: str) -> NDArray[np.uint8]:
    return read_frames(path, range(count_frames(path)))


def _kept(path: str, folder: Path) -> NDArray[np.uint8]:
    """Return a video's frames from a folder; decode what is not there yet."""
    state = os.stat(path)
    key = f'{os.path.abspath(path)} {state.st_size} {state.st_mtime_ns}'
    place = folder / f'{hashlib.sha256(key.encode()).hexdigest()[:32]}.npy'
    try:
        return np.load(place)
    except (FileNotFoundError, ValueError, EOFError):  # half a file, of a disk that was full
        frames = _decode(path)
    folder.mkdir(parents=True, exist_ok=True)
    # A name of its own: another process may write the same video's.
    with tempfile.NamedTemporaryFile(dir=folder, prefix=PREFIX, suffix='.npy', delete=False) as new:
        np.save(new, frames)
    move_into_place(new.name, place)
    return frames
