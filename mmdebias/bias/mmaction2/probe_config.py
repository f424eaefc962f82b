"""The config of any classifier, with the probes of a bias report for its test."""

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmengine.config import Config

from mmdebias.datasets import ordered_steps, with_our_reader
from mmdebias.datasets.reading_steps import TIME_LIMIT
from mmdebias.ops.clips import pixel_range

from ..manifest import read_manifest

# MMAction2's own are replaced by it: masks lie on the frames of our reader.
DECODER = 'VideoDecode'
# PackActionInputs' own, and what the metrics tell rows by.
META_KEYS = ('img_shape', 'img_key', 'video_id', 'timestamp')


def probe_config(
    cfg: Config,
    rows_file: str | Path,
    data_root: str | Path,
    masks: dict[str, Any] | None,
    out_file: str | Path | None,
    images_root: str | Path | None = None,
    batch_size: int | None = None,
    num_workers: int | None = None,
    time_limit: float | None = TIME_LIMIT,
) -> Config:
    """Return the config of a classifier with its test replaced by the probes of a manifest.

    Its own test pipeline is kept, with ``ComposeProbe`` behind the decoder; so are its model and
    its number of clips and crops. ``Runner.from_cfg(...).test()`` then writes the scores, which
    :func:`mmdebias.bias.bias_measures` turns into measures.

    Args:
        cfg: Config of an MMAction2 1.x classifier; it is not changed.
        rows_file: Manifest, see :func:`mmdebias.bias.write_manifest`.
        data_root: Folder that the manifest's videos are relative to.
        masks: Config of a mask source: ``dict(type='files', folder=...)``,
            ``dict(type='boxes', file=...)`` or ``dict(type='motion')``; None where no probe of the
            manifest needs masks.
        out_file: Where ``scores`` goes: .npz, float32 ``[N, K]``, a row for each of the manifest's;
            None writes none.
        images_root: Folder that the manifest's pictures are relative to.
        batch_size: Of the test; None keeps the config's.
        num_workers: Of the test; None keeps the config's.
        time_limit: Seconds that a row may take, see :class:`BiasProbes`.

    Returns:
        A new config.

    Raises:
        ValueError: the config is no recogniser's, has no test pipeline, or reads something else
            than video files; the manifest is malformed.
    """
    read_manifest(rows_file)  # before anything is changed
    rows_file, data_root = (str(Path(path).absolute()) for path in (rows_file, data_root))
    out_file = None if out_file is None else str(Path(out_file).absolute())
    cfg = copy.deepcopy(cfg)
    if cfg.get('model') is None or cfg.model.get('cls_head') is None:
        raise ValueError(
            'The config has no model.cls_head, so it is no classifier: give that of one, for a '
            'self-supervised checkpoint that of a linear probe on it.'
        )
    if cfg.model.cls_head.get('average_clips') is None:
        cfg.model.cls_head.average_clips = 'prob'
    composer: dict[str, Any] = dict(type='ComposeProbe', data_root=data_root, masks=masks)
    if images_root is not None:
        composer['images_root'] = str(Path(images_root).absolute())
    mean = (cfg.model.get('data_preprocessor') or {}).get('mean')
    if mean is not None and len(mean) == 3:
        composer['colour'] = [float(value) * 255 / pixel_range(mean) for value in mean]
    pipeline = _with_composer(steps_of_test(cfg), composer)
    loader = cfg.test_dataloader
    loader.dataset = dict(
        type='BiasProbes',
        ann_file=rows_file,
        data_root=data_root,
        pipeline=pipeline,
        time_limit=time_limit,
    )
    loader.sampler = dict(type='DefaultSampler', shuffle=False)
    if batch_size is not None:
        loader.batch_size = batch_size
    if num_workers is not None:
        loader.num_workers = num_workers
        loader.persistent_workers = num_workers > 0 and loader.get('persistent_workers', False)
    cfg.test_evaluator = dict(type='ProbeScores', manifest=rows_file, out_file=out_file)
    cfg.test_cfg = dict(type='TestLoop')
    imports = dict(cfg.get('custom_imports') or dict(imports=[]))
    names = imports['imports']
    names = [names] if isinstance(names, str) else list(names)
    cfg.custom_imports = {
        'allow_failed_imports': False,
        **imports,
        'imports': [*names, *(['mmdebias'] if 'mmdebias' not in names else [])],
    }
    cfg.default_scope = cfg.get('default_scope') or 'mmaction'
    return cfg


def clip_span(pipeline: Sequence[dict[str, Any]]) -> int:
    """Return the frames of a video from the first of a clip to its last.

    Args:
        pipeline: Transforms of a test.

    Returns:
        Of the first ``SampleFrames``; 0 where there is none, as others spread frames over a video.
    """
    for step in pipeline:
        if _name(step) == 'SampleFrames':
            return int((step['clip_len'] - 1) * step.get('frame_interval', 1) + 1)
    return 0


def steps_of_test(cfg: Config) -> list[dict[str, Any]]:
    """Return the transforms of a config's test.

    Raises:
        ValueError: it has none.
    """
    dataset = (cfg.get('test_dataloader') or {}).get('dataset')
    if dataset is not None and dataset.get('datasets'):
        # Several joined, such as Kinetics-710: they are read alike.
        dataset = dataset['datasets'][0]
    if dataset is None or dataset.get('pipeline') is None:
        raise ValueError(
            'The config has no test_dataloader.dataset.pipeline, which says how its classifier '
            'reads videos: give the config that it is tested with.'
        )
    return [dict(step) for step in ordered_steps(dataset.pipeline)]


def _with_composer(
    pipeline: Sequence[dict[str, Any]], composer: dict[str, Any]
) -> list[dict[str, Any]]:
    """Return the pipeline with the composer behind its decoder, and rows known by their numbers."""
    for step in pipeline:
        if step.get('io_backend', 'disk') not in ('disk', 'local'):
            raise ValueError(
                f'{_name(step)} reads from io_backend={step["io_backend"]!r}; the probes read '
                "other videos beside, from disk: give a config with io_backend='disk'."
            )
    pipeline = with_our_reader(pipeline)
    names = [_name(step) for step in pipeline]
    decoders = [index for index, name in enumerate(names) if name == DECODER]
    if len(decoders) != 1:
        raise ValueError(
            f'The test pipeline decodes no videos, or several times: {names}. The probes need '
            "VideoDecode or one of MMAction2's decoders of video files, once. From frame folders "
            '(RawFrameDecode) the videos of the manifest cannot be read.'
        )
    if 'PackActionInputs' not in names:
        raise ValueError(f'The test pipeline has no PackActionInputs: {names}.')
    for step, name in zip(pipeline, names):
        if name == 'PackActionInputs':
            step['meta_keys'] = (*step.get('meta_keys', META_KEYS), 'sample_idx')
    where = decoders[0] + 1
    return [*pipeline[:where], composer, *pipeline[where:]]


def _name(step: dict[str, Any]) -> str:
    """Return the class of a transform, without its scope; newer configs give the class itself."""
    kind = step['type']
    return (kind if isinstance(kind, str) else kind.__name__).rpartition('.')[2]
