"""The test of an MMAction2 model on the rows of a manifest, each source decoded once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import zip_longest
from typing import Any

import torch
import torch.nn.functional as F
from mmaction.models.recognizers import BaseRecognizer, Recognizer3D
from mmaction.registry import DATASETS
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.registry import DefaultScope
from mmengine.utils.dl_utils import set_multi_processing
from torch import Tensor
from torch.utils.data import DataLoader

from mmdebias.config_arguments import keys_of

from ..answering import once
from ..composer import forget_videos
from ..embeddings import FELT
from ..model import Showing
from ..outputs import Outputs
from ..probes import PROBES
from ..rows import ProbeRow
from .features import BackboneFeatures
from .metrics import scores_of_sample


def outputs_of_rows(
    model: BaseRecognizer,
    cfg: Config,
    showing: Showing,
    batches: Sequence[Sequence[int]],
    progress: Callable[[int], None],
) -> Iterator[tuple[int, Outputs]]:
    """Yield the outputs of rows, batch after batch.

    Args:
        model: In eval mode, on its device.
        cfg: Of :func:`probe_config`, of the manifest of ``showing``.
        showing: All rows.
        batches: Some of :func:`batches_of_rows`, in its order.
        progress: Called with the number of rows of the manifest that are done.

    Yields:
        The number of a row; its scores ``[1, K]``, and features ``[R, D]`` of its clips where
        somebody needs them: of ``showing.features_of``, and one mean for the probes in ``FELT``.

    Raises:
        VideoReadError: a row cannot be read or composed, or not in time.
        TypeError: features are needed, and the backbone has none.
        ValueError: the model returns something else than a score of each class.
    """
    forget_videos()  # what a process begins with, its workers would hold beside their own
    loader = _loader(cfg, batches)
    features, done = BackboneFeatures(model), len(showing.rows) - sum(map(len, batches))
    progress(done)
    wanted = set(showing.features_of)
    try:
        for batch in loader:
            clips = _clips(batch)
            if isinstance(model, Recognizer3D):
                batch = dict(batch, inputs=_once(batch['inputs']))
            with torch.inference_mode():
                samples = model.test_step(batch)
            found = [scores_of_sample(sample.to_dict()) for sample in samples]
            vectors = _features(features, len(samples), wanted & {row for row, _ in found})
            for place, (row, scores) in enumerate(found):
                own = None if vectors is None else vectors[place].cpu()
                yield row, Outputs(scores[None], _needed(own, row, showing, wanted, clips[place]))
            done += len(found)
            progress(done)
    finally:
        features.close()


def batches_of_rows(rows: Sequence[ProbeRow], batch_size: int, workers: int) -> list[list[int]]:
    """Return batches of rows, so that workers decode each video once.

    All rows of a video go to one worker: batches go to workers in turn. Rows whose clips are one
    frame, repeated, are in batches of their own, in which a model is shown one clip of each.

    Args:
        rows: Of a manifest, video after video.
        batch_size: Rows of a batch, at most.
        workers: Of the loader, 0 or more.

    Returns:
        Numbers of rows, each once.
    """
    places: dict[str, int] = {}
    streams: list[list[list[int]]] = [[] for _ in range(max(workers, 1))]
    open_batches: dict[tuple[int, bool], list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        stream = places.setdefault(row.video, len(places)) % len(streams)
        key = stream, PROBES[row.probe].frozen
        if not open_batches[key]:
            streams[stream].append(open_batches[key])
        open_batches[key].append(number)
        if len(open_batches[key]) == batch_size:
            open_batches[key] = []
    in_turn = (batch for turn in zip_longest(*streams) for batch in turn)
    return [batch for batch in in_turn if batch is not None]


def _loader(cfg: Config, batches: Sequence[Sequence[int]]) -> DataLoader[Any]:
    own = cfg.test_dataloader
    set_multi_processing(**(cfg.get('env_cfg') or {}).get('mp_cfg', {}))
    scope = DefaultScope.overwrite_default_scope(cfg.get('default_scope') or 'mmaction')
    with keys_of(cfg), scope:
        dataset = DATASETS.build(own.dataset)
    return DataLoader(
        dataset,
        batch_sampler=[list(batch) for batch in batches],
        num_workers=own.get('num_workers', 0),
        collate_fn=pseudo_collate,
        pin_memory=own.get('pin_memory', False) and torch.cuda.is_available(),
    )


def _clips(batch: dict[str, Any]) -> list[int]:
    return [len(clips) for clips in batch['inputs']]


def _once(inputs: list[Tensor]) -> list[Tensor]:
    """Return one of the clips of each row where all are the same for every row."""
    some = [once(clips) for clips in inputs]
    return some if all(len(clips) == 1 for clips in some) else inputs


def _features(features: BackboneFeatures, videos: int, wanted: Collection[int]) -> Tensor | None:
    """Return features ``[V, R, D]``, or None where the backbone has none and nobody needs them."""
    try:
        return features.take(videos)
    except TypeError:
        if wanted:
            raise
        return None


def _needed(
    vectors: Tensor | None, row: int, showing: Showing, wanted: Collection[int], clips: int
) -> Tensor | None:
    """Return a row's features, as many as its clips where a list wants them, or their mean."""
    if vectors is None:
        return None
    if row in wanted:
        return vectors.expand(clips, -1) if len(vectors) == 1 else vectors
    if showing.rows[row].probe in FELT:
        return F.normalize(vectors.mean(0, keepdim=True), dim=1)
    return None
