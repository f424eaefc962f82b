"""The rows of the study: the recipe that all share, and what each adds."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from pprint import pformat

from mmengine.config import Config, ConfigDict
from mmengine.hub import get_config

from mmdebias.config_checks import typed
from mmdebias.datasets.toy import CLASSES, ToyConfig
from mmdebias.files import write_text
from mmdebias.methods import METHODS


@dataclasses.dataclass(frozen=True)
class Row:
    """A row of the table.

    Attributes:
        label: Its name in the table.
        config: The config it starts from, below configs/.
        options: What is set there besides.
        backdrop: What is behind the actors that it is trained and tested on.
        baseline: Row of its own recipe without its disturbance, or None: it is compared with none.
    """

    label: str
    config: str
    options: dict = dataclasses.field(default_factory=dict)
    backdrop: str = 'scenes'
    baseline: str | None = None


def method_rows() -> Iterator[tuple[str, Row]]:
    """Yield the rows of each method: the baseline of its recipe, itself, its variants."""
    for name, method in METHODS.items():
        baseline = 'moco'
        if method.baseline:
            baseline = f'{name}_baseline'
            yield baseline, Row(f'{method.title}, baseline', method.baseline)
        own = None if name == baseline else baseline
        yield name, Row(method.title, method.toy_config, baseline=own)
        for each in method.variants:
            beside = each.baseline or baseline
            yield each.name, Row(each.title, each.toy_config, each.options, baseline=beside)


ROWS = {
    'random': Row('random weights', METHODS['moco'].toy_config),
    **dict(method_rows()),
    # What can be learnt at all: with labels, and without labels but nothing to cheat with.
    'supervised': Row('supervised, motion', 'supervised/r3d_toy'),
    'moco_grey': Row('MoCo, no scenes', METHODS['moco'].toy_config, backdrop='grey'),
}
REFERENCES = ('supervised', 'moco_grey')


@dataclasses.dataclass(frozen=True)
class Settings:
    """The settings that all rows share; toy_study.md says how the numbers were chosen.

    Args:
        videos: To train on, with labels hidden while pre-training and shown to the probes.
        test_videos: To test the probes on.
        size: Pixels of a crop's side. The videos are a quarter larger.
        clip_len: Frames of a clip, every other frame of the video.
        actors: Looks that all videos share. With one look a video, the clothes would give it away.
        actor_least: Least standing height of the actor, as a share of the frame's.
        actor_most: Greatest.
        contrast: Of the scenes. At full contrast, what FAME's mask leaves of a video's own scene
            around the actor still tells which video it is.
        shake: Of the camera, see ToyConfig; 0 is a tripod, before which a static frame shows just
            the scene that every other frame shows.
        motions: What moves, see ToyConfig: swings of the puppet, or a person as recorded (mocap).
        images: Folder of photographs for scenes; none paints them.
        channels: Of the net's first layer; the last has eight times as many.
        epochs: Of pre-training.
        batch_size: Videos a step.
        lr: Greatest rate of AdamW, after a tenth of the steps; then a cosine to nought.
        weight_decay: Of AdamW.
        queue_size: Keys of MoCo's queue; without one the negatives are the rest of the batch.
        momentum: Of the key encoder.
        temperature: Of the contrastive losses.
        directions: 1 keeps MoCo and FAME from learning in both directions, as BE and DSM do not.
        beta: Share of the frame that FAME keeps, where a row does not say it.
        probe_clips: Clips whose features are averaged to a video's.
        precision: 'bfloat16' trains in mixed precision, on a GPU only.
        workers: Processes that load for a run; 0 loads between its steps.
    """

    videos: int = 3072
    test_videos: int = 1024
    size: int = 32
    clip_len: int = 8
    actors: int = 1
    actor_least: float = 0.9
    actor_most: float = 1.0
    contrast: float = 0.5
    shake: float = 0.0
    motions: str = 'swings'
    images: str = ''
    channels: int = 8
    epochs: int = 6
    batch_size: int = 64
    lr: float = 3e-3
    weight_decay: float = 0.05
    queue_size: int = 0
    momentum: float = 0.95
    temperature: float = 0.2
    directions: int = 1
    beta: float = 0.5
    probe_clips: int = 2
    precision: str = 'float32'
    workers: int = 0

    def toy(self, backdrop: str = 'scenes') -> ToyConfig:
        """Return the videos: steady light, motions and scenes independent."""
        return ToyConfig(
            videos=self.videos,
            test_videos=self.test_videos,
            bias=1 / len(CLASSES),
            size=(self.size * 5 // 4 // 2 * 2,) * 2,
            actors=self.actors,
            motions=self.motions,
            backdrop=backdrop,
            images=self.images or None,
            contrast=self.contrast,
            actor_size=(self.actor_least, self.actor_most),
            shake=self.shake,
            lighting=0,
        )


SCALES = {
    'minutes': Settings(videos=256, test_videos=128, epochs=4, batch_size=32),
    'cpu': Settings(),
    # Nine times the clips of 'cpu', four times their pixels, sixteen times the parameters. One core
    # loads 120 to 460 samples a second, so that a row's 163,840 want several.
    'gpu': Settings(
        videos=8192,
        test_videos=2048,
        size=64,
        epochs=20,
        batch_size=256,
        channels=32,
        precision='bfloat16',
        workers=8,
    ),
}


def study_config(method: str, seed: int, settings: Settings, frames: str | None = None) -> Config:
    """Return a method's config with the study's videos, clips and recipe.

    Args:
        method: A row.
        seed: Of all that is drawn.
        settings: The recipe.
        frames: Folder where the videos' frames are kept for all runs, see DecodeOnce.
    """
    cfg = get_config(f'mmdebias::{ROWS[method].config}.py')
    cfg.merge_from_dict(ROWS[method].options, allow_list_keys=True)
    _set_loader(cfg.train_dataloader, settings, frames)
    for step in typed(cfg.model.data_preprocessor):
        if step.type == 'RandomGaussianBlur':
            # Twenty-three pixels and up to two are meant for frames of 112.
            step.kernel_size = (settings.size * 23 // 112 // 2 * 2 + 1,) * 2
            step.sigma = (0.1, 2 * settings.size / 112)
        elif step.type == 'FAME':
            step.beta = step.get('beta', settings.beta)
    cfg.model.backbone.base_channels = settings.channels
    for part in ('neck', 'cls_head'):
        if cfg.model.get(part):
            cfg.model[part].in_channels = 8 * settings.channels
    if cfg.model.type == 'MoCoRecognizer':
        # Groups are for a queue, whose keys have other statistics than the batch's own.
        cfg.model.bn_groups = 2 if settings.queue_size else 1
        cfg.model.update(queue_size=settings.queue_size, momentum=settings.momentum)
        cfg.model.head.temperature = settings.temperature
        cfg.model.symmetric = cfg.model.symmetric and settings.directions == 2
    # In some hundred steps SGD, which the papers use, does not learn the motions even with labels.
    optimizer = dict(type='AdamW', lr=settings.lr, weight_decay=settings.weight_decay)
    cfg.optim_wrapper = dict(type='OptimWrapper', optimizer=optimizer)
    if settings.precision != 'float32':
        cfg.optim_wrapper.update(type='AmpOptimWrapper', dtype=settings.precision)
    total = settings.epochs * (settings.videos // settings.batch_size)
    warm = max(total // 10, 1)
    cfg.param_scheduler = [
        dict(type='LinearLR', start_factor=0.04, end=warm, by_epoch=False),
        dict(type='CosineAnnealingLR', T_max=total - warm, begin=warm, by_epoch=False),
    ]
    cfg.train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=settings.epochs)
    for name in ('val', 'test'):
        for part in ('dataloader', 'cfg', 'evaluator'):
            cfg[f'{name}_{part}'] = None
    cfg.default_hooks.checkpoint.max_keep_ckpts = 1
    cfg.custom_hooks = [*cfg.get('custom_hooks', []), dict(type='ChannelsLastHook')]
    cfg.randomness = dict(seed=seed, diff_rank_seed=True)
    return cfg


def _set_loader(loader: ConfigDict, settings: Settings, frames: str | None) -> None:
    workers = settings.workers
    loader.update(
        batch_size=settings.batch_size, num_workers=workers, persistent_workers=workers > 0
    )
    loader.drop_last = True
    if workers:  # a batch travels from its worker, and to the GPU, in one piece
        loader.collate_fn = dict(type='default_collate')
    for step in typed(loader.dataset.pipeline):
        if step.type == 'VideoInit':
            step.update(type='DecodeOnce', folder=frames)
            if workers and frames:  # each would hold all videos
                step.hold = False
        elif step.type == 'VideoDecode':
            step.type = 'ArrayDecode'
        elif step.type == 'Resize':
            step.scale = (settings.size, settings.size)
        elif step.type in ('SampleViews', 'SampleFrames'):
            step.clip_len = settings.clip_len


def write_config(cfg: Config, path: Path) -> None:
    """Write a config; cfg.dump would sort the keys, and the order of views means something."""
    lines = [
        f'{key} = {pformat(value, sort_dicts=False, width=100)}\n'
        for key, value in cfg.to_dict().items()
    ]
    write_text(path, ''.join(lines))


def probe_pipeline(settings: Settings, frames: str | None = None) -> list[dict]:
    """Return the middle of the frame, a few clips spread over the video; see study_config."""
    sample = dict(type='SampleFrames', clip_len=settings.clip_len, frame_interval=2)
    kept = frames is not None
    return [
        # Each video is asked for once.
        dict(type='DecodeOnce', folder=frames, hold=False) if kept else dict(type='VideoInit'),
        dict(sample, num_clips=settings.probe_clips, test_mode=True),
        dict(type='ArrayDecode' if kept else 'VideoDecode'),
        dict(type='Resize', scale=(-1, settings.size * 8 // 7)),
        dict(type='CenterCrop', crop_size=settings.size),
        dict(type='FormatShape', input_format='NCTHW'),
    ]
