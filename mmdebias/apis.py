"""Encoders and features for programs of one's own, without MMAction2's runner.

Example::

    from mmdebias.apis import embed, load_encoder

    encoder = load_encoder('fame/i3d_ucf101', 'i3d_fame.pth')
    features = embed(['one.mp4', 'two.avi'], encoder, device='cuda')  # [2, 1024]
"""

import mmdebias.needs_mmaction2  # noqa: F401

# isort: split
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmaction.registry import MODELS, TRANSFORMS
from mmengine.config import Config
from mmengine.registry import DefaultScope
from mmengine.utils import ProgressBar
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from mmdebias.config_arguments import keys_of
from mmdebias.config_inheritance import read_config
from mmdebias.datasets import ordered_steps, with_our_reader
from mmdebias.datasets.reading_steps import TIME_LIMIT, check_time_limit, run_steps, within
from mmdebias.models.data_preprocessor import NormalisingPreprocessor
from mmdebias.ops.clips import pixel_range
from mmdebias.video import VideoReadError
from mmdebias.weights import CheckpointError, import_weights, read_checkpoint
from mmdebias.weights.exporting import find_encoder
from mmdebias.weights.fitting import fill

PACKING = ('PackActionInputs', 'FormatGCNInput')


class Encoder(nn.Module):
    """A backbone with its normalisation: clips in, one vector a clip out.

    Args:
        backbone: From clips [N, 3, T, H, W], normalised, to a feature map [N, C, T', H', W'].
        mean: Of each RGB channel, for values in [0, 1].
        std: Of each RGB channel, for values in [0, 1].
        pipeline: Configs of the transforms that read a video as the config tests it.
    """

    def __init__(
        self,
        backbone: nn.Module,
        mean: Sequence[float],
        std: Sequence[float],
        pipeline: Sequence[dict[str, Any]],
    ) -> None:
        super().__init__()
        self.backbone = backbone
        self.normaliser = NormalisingPreprocessor(mean, std)
        self.pipeline = list(pipeline)

    def forward(self, clips: Tensor) -> Tensor:
        """Return features averaged over space and time.

        Args:
            clips: RGB, [N, 3, T, H, W], uint8 or float in [0, 1].

        Returns:
            [N, C], float.

        Raises:
            TypeError: the backbone returns something else than a feature map.
        """
        features = self.backbone(self.normaliser.normalise(clips))
        if not isinstance(features, Tensor) or features.ndim != 5:
            raise TypeError(
                f'{type(self.backbone).__name__} returns no feature map [N, C, T, H, W], which is '
                'what is averaged here: use encoder.backbone'
            )
        return features.mean(dim=(2, 3, 4))


def load_encoder(
    config_or_name: str | Path | Config, checkpoint: str | Path | None = None
) -> Encoder:
    """Return the encoder of a config with the weights of a checkpoint, in eval mode, on the CPU.

    Args:
        config_or_name: A config, its file, or the name of one of mmdebias's such as
            'fame/i3d_k400' or of MMAction2's with 'mmaction::' in front. Its model gives backbone
            and normalisation. Its test pipeline says how :func:`embed` reads videos. A config of
            pre-training has none: ten clips spread over the video are taken, with its own clip
            length and stride, the middle of the frame at its own size.
        checkpoint: A file of a run, or a released one that ``tools/convert/import_weights.py``
            recognises. It is read without running code that may be in it. None leaves the encoder
            as it is initialised, at random.

    Returns:
        An :class:`Encoder`.

    Raises:
        FileNotFoundError: no such config or checkpoint.
        CheckpointError: the checkpoint cannot be read, or its encoder is another than the config's.
    """
    cfg = _config(config_or_name)
    with keys_of(cfg), DefaultScope.overwrite_default_scope('mmaction'):
        backbone = MODELS.build(cfg.model.backbone)
    if checkpoint is None:
        backbone.init_weights()
    else:
        _fill(backbone, checkpoint)
    encoder = Encoder(backbone, *_statistics(cfg), _test_pipeline(cfg))
    # Some of MMAction2's backbones return nothing from eval().
    encoder.eval()
    return encoder


def embed(
    videos: Sequence[str | Path],
    encoder: Encoder,
    batch_size: int = 8,
    device: str | torch.device | None = None,
    num_workers: int = 0,
    progress: bool | None = None,
    time_limit: float | None = TIME_LIMIT,
) -> NDArray[np.float32]:
    """Return features of videos: the mean over the clips that the encoder's pipeline takes of each.

    A video that cannot be read does not stop the others: its row is NaN, and a warning at the end
    names it and says why.

    Args:
        videos: Files.
        encoder: From :func:`load_encoder`.
        batch_size: Clips that the encoder takes at once, of one video or of several.
        device: Where it runs, 'cuda' for example; the encoder is moved there. None leaves it.
        num_workers: Processes that read videos beside this one.
        progress: Show a progress bar on the standard error; None shows it on a terminal only.
        time_limit: Seconds that a video may take; one that takes longer counts as one that cannot
            be read. None is for ever.

    Returns:
        float32 [V, C], a row a video, in their order.

    Raises:
        ValueError: ``batch_size`` below 1, ``time_limit`` not above 0, or no videos.
        TypeError: ``videos`` is a single path.
        RuntimeError: not one of the videos could be read.
    """
    videos = _checked(videos, batch_size)
    if device is not None:
        encoder = encoder.to(device)
    encoder.eval()
    device = next(encoder.parameters()).device
    reader = DataLoader(
        _Videos(videos, encoder.pipeline, check_time_limit(time_limit)),
        batch_size=None,
        num_workers=num_workers,
        pin_memory=device.type == 'cuda',
    )
    show = sys.stderr.isatty() if progress is None else progress
    bar = ProgressBar(len(videos), file=sys.stderr) if show else None
    rows: list[Tensor | None] = []
    failures: list[str] = []
    for some in _batches(reader, batch_size):
        features = iter(
            _mean_features(
                [clips for clips in some if isinstance(clips, Tensor)], encoder, batch_size, device
            )
        )
        for clips in some:
            if isinstance(clips, str):
                failures.append(f'{videos[len(rows)]} ({clips})')
            rows.append(None if isinstance(clips, str) else next(features))
            if bar is not None:
                bar.update()
    if bar is not None:
        print(file=sys.stderr)
    return _join(rows, failures)


def _checked(videos: Sequence[str | Path], batch_size: int) -> list[str]:
    """Return the files' names, if there are any and batches can be made of them."""
    if isinstance(videos, (str, Path)):
        raise TypeError(f'videos={str(videos)!r} must be a list of files: [{str(videos)!r}]')
    if batch_size < 1:
        raise ValueError(f'batch_size={batch_size} must be 1 or more')
    names = [str(video) for video in videos]
    if not names:
        raise ValueError('videos is empty: give one file or more')
    return names


def _batches(reader: Iterable[Tensor | str], batch_size: int) -> Iterator[list[Tensor | str]]:
    """Yield videos that follow each other: as many as have ``batch_size`` clips of one shape.

    A video that has more of them comes alone, and what could not be read with its neighbours.
    """
    some: list[Tensor | str] = []
    count, shape = 0, None
    for clips in reader:
        if isinstance(clips, Tensor):
            if count and (count + len(clips) > batch_size or clips.shape[1:] != shape):
                yield some
                some, count = [], 0
            count, shape = count + len(clips), clips.shape[1:]
        some.append(clips)
    if some:
        yield some


@torch.inference_mode()
def _mean_features(
    videos: list[Tensor], encoder: Encoder, batch_size: int, device: torch.device
) -> list[Tensor]:
    """Return a feature for each video's clips."""
    if not videos:
        return []
    features = [
        encoder(part.to(device, non_blocking=True)).float()
        for part in torch.cat(videos).split(batch_size)
    ]
    each = torch.cat(features).cpu().split([len(clips) for clips in videos])
    return [of_video.mean(dim=0) for of_video in each]


def _join(rows: list[Tensor | None], failures: list[str]) -> NDArray[np.float32]:
    read = [row for row in rows if row is not None]
    if not read:
        raise RuntimeError(
            f'none of the {len(rows)} videos could be read; the first is {failures[0]}'
        )
    if failures:
        warnings.warn(
            f'{len(failures)} of {len(rows)} videos could not be read, their rows are NaN: '
            + '; '.join(failures),
            stacklevel=3,
        )
    missing = torch.full_like(read[0], torch.nan)
    return torch.stack([missing if row is None else row for row in rows]).numpy()


class _Videos(Dataset[Tensor | str]):
    """Clips of videos, uint8 [clips, 3, T, H, W]; a text that says why where there are none."""

    def __init__(
        self, videos: list[str], pipeline: list[dict[str, Any]], time_limit: float | None
    ) -> None:
        self.videos, self.time_limit = videos, time_limit
        with DefaultScope.overwrite_default_scope('mmaction'):
            self.transforms: list[Callable[..., Any]] = [
                TRANSFORMS.build(step) for step in pipeline
            ]

    def __len__(self) -> int:
        return len(self.videos)

    def __getitem__(self, index: int) -> Tensor | str:
        sample = dict(filename=self.videos[index], start_index=0, modality='RGB', label=-1)
        if not Path(self.videos[index]).is_file():
            return 'there is no such file'
        try:
            sample = within(self.time_limit, lambda: run_steps(self.transforms, sample))
        except (VideoReadError, TimeoutError) as error:
            return str(error)
        return torch.from_numpy(np.ascontiguousarray(sample['imgs']))


def _config(config_or_name: str | Path | Config) -> Config:
    if isinstance(config_or_name, Config):
        return config_or_name
    name = str(config_or_name)
    if Path(name).is_file():
        return read_config(name)
    try:
        return read_config(name if '::' in name else f'mmdebias::{name}')
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f'{name!r} is no config file, and no name such as fame/i3d_k400: {error}'
        ) from None


def _fill(backbone: nn.Module, checkpoint: str | Path) -> None:
    content = read_checkpoint(checkpoint)
    try:
        weights = find_encoder(content)
    except CheckpointError:
        try:
            content = dict(state_dict=import_weights(content).state_dict)
        except CheckpointError as error:
            raise CheckpointError(f'{checkpoint}: {error}') from None
        weights = find_encoder(content)
    try:
        fill(backbone, weights)
    except CheckpointError as error:
        raise CheckpointError(f'{checkpoint}: {error}') from None


def _statistics(cfg: Config) -> tuple[list[float], list[float]]:
    """Return mean and standard deviation for values in [0, 1]."""
    preprocessor = dict(cfg.model.get('data_preprocessor') or {})
    mean, std = preprocessor.get('mean'), preprocessor.get('std')
    if mean is None or std is None:
        raise ValueError(
            "the config's model.data_preprocessor has no mean and std, so how its encoder wants "
            'clips normalised is not known: set them'
        )
    scale = pixel_range(mean)
    return [value / scale for value in mean], [value / scale for value in std]


def _test_pipeline(cfg: Config) -> list[dict[str, Any]]:
    """Return the transforms of a test, up to clips [clips, 3, T, H, W]."""
    loader = cfg.get('test_dataloader')
    if loader is not None:
        steps = ordered_steps(loader.dataset.pipeline, 'test_dataloader.dataset.pipeline')
        steps = with_our_reader(steps)
        return [step for step in steps if step['type'] not in PACKING]
    steps = ordered_steps(cfg.train_dataloader.dataset.pipeline)
    (views,) = (step for step in steps if step['type'] == 'SampleViews')
    # DSM has two: crops for all views, then what disturbs the negative.
    per_view = [inner for step in steps if step['type'] == 'PerView' for inner in step.values()]
    (size,) = (
        inner['scale'][0]
        for inner in per_view
        if isinstance(inner, dict) and inner.get('type') == 'Resize'
    )
    return [
        dict(type='VideoInit'),
        dict(
            type='SampleFrames',
            clip_len=views['clip_len'],
            frame_interval=views['frame_interval'],
            num_clips=10,
            test_mode=True,
        ),
        dict(type='VideoDecode'),
        dict(type='Resize', scale=(-1, size * 8 // 7)),
        dict(type='CenterCrop', crop_size=size),
        dict(type='FormatShape', input_format='NCTHW'),
    ]
