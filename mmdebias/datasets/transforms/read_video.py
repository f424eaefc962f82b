"""Opening and decoding a video with the reader of :mod:`mmdebias.video`."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform

from mmdebias.video import (
    Box,
    RecountedError,
    VideoReadError,
    check_reader,
    find_index,
    read_parts,
    with_ending,
)


@TRANSFORMS.register_module()
class VideoInit(BaseTransform):
    """Find out which frames a video has, without decoding it where its packets say so for sure.

    Stands in the place of MMAction2's ``DecordInit``, :class:`VideoDecode` in that of
    ``DecordDecode``: frame ``i`` is frame ``i`` of decoding the whole file in order, for every kind
    of file that FFmpeg reads. Files are read from disk.

    Required keys: filename. Modified keys: filename ('.mp4' is added where it has no ending, as
    MMAction2's readers do). Added keys: total_frames, avg_fps, img_shape, original_shape.
    """

    def transform(self, results: dict) -> dict:
        """Add what is known of a video; raises VideoReadError, which names it and says why."""
        path = with_ending(results['filename'])
        index = find_index(path)
        results['filename'] = str(path)
        results['total_frames'] = index.frames
        results['avg_fps'] = index.fps
        results['img_shape'] = results['original_shape'] = (index.height, index.width)
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}()'


@TRANSFORMS.register_module()
class VideoDecode(BaseTransform):
    """Decode the frames of ``frame_inds``, each once.

    They are decoded when a transform first looks at them. :class:`PerView` does not look: it draws
    crops first, and only what they keep is converted to RGB.

    Required keys: filename, frame_inds. Added keys: imgs (a sequence of uint8 ``[H, W, 3]``, RGB),
    img_shape, original_shape.

    Args:
        reader: 'pyav', or 'decord' to decode with decord those files that it is known to read
            right; the others are decoded with PyAV all the same.

    Raises:
        ValueError: an unknown ``reader``.
        ImportError: 'decord' where it is not installed.
    """

    def __init__(self, reader: str = 'pyav') -> None:
        check_reader(reader)
        self.reader = reader

    def transform(self, results: dict) -> dict:
        """Add the frames; raises VideoReadError, which names the video and says why."""
        numbers = np.asarray(results['frame_inds']).reshape(-1) - results.get('start_index', 0)
        frames = UndecodedFrames(results['filename'], numbers, self.reader)
        results['imgs'] = frames
        results['img_shape'] = results['original_shape'] = frames.shape
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}(reader={self.reader!r})'


class UndecodedFrames(Sequence[np.ndarray]):
    """Frames of a video that are decoded when one of them is looked at.

    Args:
        path: The video.
        numbers: Of its frames, int ``[N]``.
        reader: See :class:`VideoDecode`.
    """

    def __init__(self, path: str, numbers: np.ndarray, reader: str) -> None:
        self.path, self.numbers, self.reader = path, numbers, reader
        index = find_index(path)
        self.total, self.shape = index.frames, (index.height, index.width)
        self._frames: list[np.ndarray] | None = None

    def parts(
        self,
        parts: Sequence[tuple[int, Box | None]],
        finish: Callable[[int, np.ndarray], np.ndarray] | None = None,
    ) -> list[np.ndarray]:
        """Decode parts of frames.

        Args:
            parts: For each its frame's place in this sequence, and a box; see
                :func:`mmdebias.video.read_parts`.
            finish: What is made of each part; see there.
        """
        numbered = [(int(self.numbers[place]), box) for place, box in parts]
        try:
            return read_parts(self.path, numbered, self.reader, finish)
        except IndexError as error:
            # Fewer frames than its packets promised, which shows when they are decoded.
            recounted = find_index(self.path).frames < self.total
            raise (RecountedError if recounted else VideoReadError)(str(error)) from error
        except OSError as error:
            # A file that is gone by now. FFmpeg's errors are OSErrors, too.
            raise VideoReadError(str(error)) from error

    def _decoded(self) -> list[np.ndarray]:
        if self._frames is None:
            self._frames = self.parts([(place, None) for place in range(len(self))])
        return self._frames

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, place: Any) -> Any:
        return self._decoded()[place]

    def __iter__(self) -> Iterator[np.ndarray]:
        return iter(self._decoded())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.stack(self._decoded()).astype(dtype or np.uint8, copy=False)
