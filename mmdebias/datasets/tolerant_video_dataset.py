"""A list of videos, some of which may be broken."""

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmaction.datasets import VideoDataset
from mmaction.registry import DATASETS
from mmengine.fileio import list_from_file
from mmengine.logging import print_log

from mmdebias.video import VideoReadError, check_whole, use_indexes, with_ending
from mmdebias.video.index_file import BESIDE_LIST

from .named_steps import whole_pipeline
from .reading_steps import TIME_LIMIT, check_time_limit, run_steps, within
from .seeding import derive_seed, seeded

# Of a video; a stuck one is not tried again: each try would cost the whole time limit.
UNTRIED, READ, FAILED, STUCK = 0, 1, 2, 3

# The share of failures is compared with the limit as if at least this many videos (or the whole
# list, if it is shorter) had been tried: two bad ones among the first five are no evidence.
FEWEST_TRIED = 1000

# Videos whose existence is checked when the dataset is built.
PROBED = 5


class TooManyUndecodableVideosError(RuntimeError):
    """More videos of a list than allowed cannot be read."""


@DATASETS.register_module()
class TolerantVideoDataset(VideoDataset):
    """MMAction2's ``VideoDataset`` for real collections of videos.

    - A video that cannot be read is named in a warning and replaced by another, drawn at random.
      The hook ``UndecodableVideosHook`` lists those videos in the work directory.
    - Labels are optional: a line is ``path`` or ``path label``; paths may contain spaces.
    - With ``EpochSeedHook``, a sample's random draws depend on seed, epoch and index only: not on
      the number of workers, and not on whether training was resumed.
    - Where ``prepare.py`` left its index of the videos, ``video_index.bin``, beside the list, a
      video is not read for its index first.

    In test mode nothing is replaced: a video that cannot be read, or not in time, is an error, and
    so is one that has been cut, which a training takes for a shorter video.

    Args:
        ann_file: The list, one video a line.
        pipeline: As in MMAction2, or ``{name: transform}``, see :func:`ordered_steps`. Whatever
            runs until ``imgs`` are there counts as reading.
        max_failed_share: Training stops when more than this share of the videos cannot be read.
        time_limit: Seconds that a sample may take; a video that takes longer counts as one that
            cannot be read, so that no file can stop a training. None is for ever.
        extra: Keys and values added to each sample's information, such as ``dict(split='query')``.
        **kwargs: As in MMAction2's ``VideoDataset``.

    Raises:
        ValueError: ``max_failed_share`` outside [0, 1], ``time_limit`` not above 0, an empty list,
            labels on some lines only, or named steps that are wrong, see :func:`ordered_steps`.
        FileNotFoundError: the list is missing, or so are all of five videos looked for.
        TooManyUndecodableVideosError: while loading, see ``max_failed_share``.
    """

    def __init__(
        self,
        ann_file: str,
        pipeline: Mapping[str, dict | None] | Sequence[dict | Callable],
        max_failed_share: float = 0.1,
        time_limit: float | None = TIME_LIMIT,
        extra: dict | None = None,
        **kwargs: Any,
    ) -> None:
        if not 0 <= max_failed_share <= 1:
            raise ValueError(f'max_failed_share={max_failed_share} must be a share in [0, 1].')
        self.max_failed_share = max_failed_share
        self.time_limit = check_time_limit(time_limit)
        self.extra = dict(extra or {})
        self.log_file: str | None = None
        super().__init__(ann_file, whole_pipeline(pipeline), **kwargs)
        self._check_that_videos_exist()
        if Path(self.ann_file).with_name(BESIDE_LIST).is_file():
            use_indexes(Path(self.ann_file).with_name(BESIDE_LIST))
        # Shared memory: workers write what the main process reads, and the reverse.
        self.status = torch.zeros(len(self), dtype=torch.uint8).share_memory_()
        self._draw = torch.full((2,), -1, dtype=torch.long).share_memory_()

    def load_data_list(self) -> list[dict]:
        """Parse the list; raises ValueError, naming the file and line, where it is malformed."""
        lines = [line.strip() for line in list_from_file(self.ann_file)]
        numbers = [number for number, line in enumerate(lines, 1) if line]
        lines = [line for line in lines if line]
        if not lines:
            raise ValueError(f'{self.ann_file} lists no videos: write one path a line.')
        if self.multi_class:
            return [dict(info, **self.extra) for info in super().load_data_list()]
        prefix = (self.data_prefix.get('video') or '').rstrip('/')
        samples, labelled = [], 0
        for line in lines:
            path, _, label = line.rpartition(self.delimiter)
            if path and label.isdecimal():
                labelled += 1
                label = int(label)
            elif path and label[:1] == '-' and label[1:].isdecimal():
                raise ValueError(
                    f'{self.ann_file}, line {numbers[len(samples)]}: {line!r} has the label '
                    f'{label}. Labels are numbers from 0; leave all of them out to have none.'
                )
            else:
                path, label = line, -1
            # Path.joinpath is ten times slower, and lists have hundreds of thousands of lines.
            filename = f'{prefix}/{path}' if prefix and not path.startswith('/') else path
            samples.append(dict(filename=filename, label=label, **self.extra))
        if 0 < labelled < len(lines):
            bare = next(i for i, sample in enumerate(samples) if sample['label'] == -1)
            raise ValueError(
                f'{self.ann_file} has labels on {labelled} of {len(lines)} lines; line '
                f'{numbers[bare]} has none: {lines[bare]!r}. Label all lines or none.'
            )
        return samples

    def _check_that_videos_exist(self) -> None:
        """Raise for a wrong data root before it costs a start-up and a thousand warnings."""
        backends = {getattr(t, 'io_backend', 'disk') for t in self.pipeline.transforms}
        if backends != {'disk'}:
            return
        indices = np.linspace(0, len(self) - 1, PROBED).astype(int)
        paths = [self.get_data_info(int(i))['filename'] for i in indices]
        # MMAction2's readers add the extension where a list leaves it out.
        if not any(Path(path).exists() or Path(f'{path}.mp4').exists() for path in paths):
            raise FileNotFoundError(
                f'None of {PROBED} videos of {self.ann_file} is there, for example {paths[0]}. '
                f'Paths are joined to data_root={self.data_root!r} and data_prefix='
                f'{self.data_prefix}: set the one that is wrong.'
            )

    def set_draw(self, seed: int, epoch: int) -> None:
        """Make every sample's random draws a function of ``seed``, ``epoch`` and its index.

        Reaches running workers too.
        """
        self._draw[0], self._draw[1] = seed, epoch

    def prepare_data(self, idx: int) -> Any:
        """Run the pipeline on a sample; None if its video cannot be read while training."""
        seed, epoch = self._draw.tolist()
        if seed < 0 or self.test_mode:
            return self._run_pipeline(idx)
        with seeded(derive_seed(seed, epoch, idx)):
            # Replacements are drawn here, not by MMEngine, so that they are seeded as well.
            for _ in range(self.max_refetch + 1):
                sample = self._run_pipeline(idx)
                if sample is not None:
                    return sample
                idx = self._rand_another()
        return None

    def _run_pipeline(self, idx: int) -> Any:
        if self.status[idx] == STUCK and not self.test_mode:
            return None
        sample = self.get_data_info(idx)
        filename = sample['filename']
        steps = self.pipeline.transforms
        try:
            if self.test_mode:
                check_whole(with_ending(filename))
            sample = within(self.time_limit, lambda: run_steps(steps, sample))
        except (VideoReadError, TimeoutError) as error:
            self._report_failure(idx, filename, error)
            if isinstance(error, TimeoutError):
                self.status[idx] = STUCK
            return None
        if sample is not None:
            self.status[idx] = READ
        return sample

    def _report_failure(self, idx: int, filename: str, error: Exception) -> None:
        reason = str(error)
        if self.test_mode:
            raise RuntimeError(
                f'{filename} cannot be read ({reason}). A test counts every video: mend it, or '
                f'take it out of {self.ann_file}.'
            ) from error
        if self.status[idx] == FAILED:
            return
        self.status[idx] = FAILED
        print_log(
            f'{filename} cannot be read and is replaced by another video ({reason})',
            logger='current',
            level=logging.WARNING,
        )
        if self.log_file is not None:
            # Appending one short line is atomic: workers and ranks may share the file.
            with Path(self.log_file).open('a') as log:
                log.write(f'{filename}\t{reason}\n')
        self._stop_if_too_many(reason)

    def _stop_if_too_many(self, last_reason: str) -> None:
        failed = int((self.status >= FAILED).sum())
        tried = int((self.status != UNTRIED).sum())
        tried = max(tried, min(len(self), FEWEST_TRIED))
        if failed > self.max_failed_share * tried:
            raise TooManyUndecodableVideosError(
                f'{failed} videos of {self.ann_file} cannot be read, more than max_failed_share='
                f'{self.max_failed_share:g} of {tried}. The last one: {last_reason}. Check '
                f'data_root={self.data_root!r} and data_prefix={self.data_prefix}, mend the '
                'videos, or raise max_failed_share.'
                + (f' They are listed in {self.log_file}.' if self.log_file else '')
            )

    def undecodable(self) -> list[str]:
        """Return the videos that could not be read so far, by any worker of this process."""
        return [
            self.get_data_info(int(i))['filename']
            for i in np.flatnonzero(self.status.numpy() >= FAILED)
        ]
