"""The methods that mmdebias pre-trains with, for the study, the tests and the docs.

Once a method is here, it is a row of the study and of the tables of the docs, its folder of configs
is tested, and nothing else lists it but the front page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Variant:
    """Another form of a method, which the study measures beside it.

    Args:
        name: Of its row in the study.
        title: In tables.
        toy_config: Its config for generated videos, below ``configs``, without the ending.
        options: What is set there besides, as by ``--cfg-options``.
        baseline: Row of the study that it is compared with; None takes the method's.
    """

    name: str
    title: str
    toy_config: str
    options: dict = field(default_factory=dict)
    baseline: str | None = None


@dataclass(frozen=True)
class Method:
    """A way to pre-train.

    Args:
        name: Of its folder below ``configs``.
        title: In tables.
        paper: Authors, title and place.
        toy_config: Its config for generated videos, below ``configs``, without the ending.
        variants: Its other forms that the study measures.
        baseline: Config of its own recipe without its disturbance, for generated videos; None says
            that this is MoCo's.
        views: Of a video, in the docs' table of differences; here and below Markdown.
        augments: The same.
        recogniser: The same.
        fine_tuning: The paper's, in the docs' table of protocols.
        protocols: Others of the paper, in the same table.
    """

    name: str
    title: str
    paper: str
    toy_config: str
    variants: tuple[Variant, ...] = ()
    baseline: str | None = None
    views: str = '-'
    augments: str = '-'
    recogniser: str = '-'
    fine_tuning: str = '-'
    protocols: str = '-'

    @property
    def place(self) -> str:
        """Return where and when the paper appeared, such as CVPR 2022."""
        return self.paper.rpartition(', ')[2]


# FAME's mask where the actor's share of the frame is not known.
_ADAPTIVE = dict(type='FAME', beta='adaptive', noise_floor=2)
_POSITIVE = 'model.data_preprocessor.views.positive'
_NEGATIVE = 'model.data_preprocessor.views.negative'

METHODS = {
    method.name: method
    for method in (
        Method(
            'moco',
            'MoCo',
            'He et al., Momentum Contrast for Unsupervised Visual Representation Learning, '
            'CVPR 2020',
            'moco/r3d_toy',
            views='query and key, two clips of a video',
            augments='grey, colour, blur',
            recogniser='`MoCoRecognizer`: a key encoder that follows by momentum, a queue of past '
            'keys',
            fine_tuning='as FAME, whose baseline it is',
            protocols='as FAME',
        ),
        Method(
            'fame',
            'FAME',
            'Ding et al., Motion-aware Contrastive Video Representation Learning via '
            'Foreground-background Merging, CVPR 2022',
            'fame/r3d_toy',
            (
                Variant(
                    'fame_adaptive',
                    'FAME, adaptive mask',
                    'fame/r3d_toy',
                    {'model.data_preprocessor.views.query.0': _ADAPTIVE},
                ),
            ),
            views='as MoCo',
            augments="on the query, first of all, `FAME`: the foreground on another video's "
            'background',
            recogniser='as MoCo',
            fine_tuning='`_base_/protocols/finetune.py`: SGD .025, 150 epochs',
            protocols='linear probe, retrieval of videos',
        ),
        Method(
            'be',
            'BE',
            'Wang et al., Removing the Background by Adding the Background: Towards Background '
            'Robust Self-supervised Video Representation Learning, CVPR 2021',
            'be/r3d_toy',
            (
                # A hard negative shares the query's scene, so that it, too, speaks against it.
                Variant(
                    'be_no_negative_baseline',
                    'BE, no hard negative, baseline',
                    'be/r3d_toy_baseline',
                    {'model.negative_view': None},
                ),
                Variant(
                    'be_no_negative',
                    'BE, no hard negative',
                    'be/r3d_toy',
                    {'model.negative_view': None},
                    baseline='be_no_negative_baseline',
                ),
            ),
            baseline='be/r3d_toy_baseline',
            views='query and key of the same frames; another clip as negative',
            augments='on the key, after colours, `BackgroundErasing`',
            recogniser='as MoCo, with a negative for each query',
            fine_tuning='`_base_/protocols/finetune_be.py`: stride 4, SGD .05, 45 epochs',
            protocols='retrieval of clips',
        ),
        Method(
            'dsm',
            'DSM',
            'Wang et al., Enhancing Unsupervised Video Representation Learning by Decoupling the '
            'Scene and the Motion, AAAI 2021',
            'dsm/r3d_toy',
            (
                # Without its disturbances a triplet has another video's negative.
                Variant(
                    'dsm_triplet_baseline',
                    'DSM, triplet, baseline',
                    'dsm/r3d_toy_triplet',
                    {
                        'model.head.intra_video': False,
                        'model.head.inter_video': True,
                        _POSITIVE: [],
                        'train_dataloader.dataset.pipeline.disturb': None,
                    },
                    baseline='moco',
                ),
                Variant(
                    'dsm_triplet',
                    'DSM, triplet',
                    'dsm/r3d_toy_triplet',
                    baseline='dsm_triplet_baseline',
                ),
                Variant(
                    'dsm_triplet_shift',
                    'DSM, triplet, later frames alone',
                    'dsm/r3d_toy_triplet',
                    {'train_dataloader.dataset.pipeline.disturb': None},
                    baseline='dsm_triplet_baseline',
                ),
                # The paper bends the positive alone, which can be seen without motion.
                Variant(
                    'dsm_triplet_bent',
                    'DSM, triplet, negative bent, too',
                    'dsm/r3d_toy_triplet',
                    {_NEGATIVE: [dict(type='SpatialWarping')]},
                    baseline='dsm_triplet_baseline',
                ),
                Variant(
                    'dsm_triplet_unbent',
                    'DSM, triplet, nothing bent',
                    'dsm/r3d_toy_triplet',
                    {_POSITIVE: []},
                    baseline='dsm_triplet_baseline',
                ),
                # A short video that begins again within the negative has a cut there.
                Variant(
                    'dsm_triplet_uncut',
                    'DSM, triplet, no cuts',
                    'dsm/r3d_toy_triplet',
                    {'train_dataloader.dataset.pipeline.sample.views.negative.wrap': False},
                    baseline='dsm_triplet_baseline',
                ),
                Variant(
                    'fame_dsm_triplet',
                    "FAME on DSM's triplet",
                    'dsm/r3d_toy_triplet',
                    {_POSITIVE: [dict(type='FAME'), dict(type='SpatialWarping')]},
                    baseline='dsm_triplet',
                ),
                Variant(
                    'fame_adaptive_dsm_triplet',
                    "FAME, adaptive mask, on DSM's triplet",
                    'dsm/r3d_toy_triplet',
                    {_POSITIVE: [_ADAPTIVE, dict(type='SpatialWarping')]},
                    baseline='dsm_triplet',
                ),
            ),
            baseline='dsm/r3d_toy_baseline',
            views='anchor and positive of the same frames; negative a little later, its flow '
            'scaled',
            augments='on the positive `SpatialWarping`',
            recogniser='as BE, or `TripletRecognizer`',
            fine_tuning='`_base_/protocols/finetune_dsm.py`: stride 4, SGD .1, 45 epochs',
            protocols='retrieval of clips, low-shot',
        ),
    )
}

COLUMNS: dict[str, Callable[[Method], str]] = {
    'method': lambda method: method.title,
    'paper': lambda method: f'{method.title}, {method.place}',
    'pre-training': lambda method: f'`configs/{method.name}`',
    'views': lambda method: method.views,
    'augments': lambda method: method.augments,
    'recogniser': lambda method: method.recogniser,
    'fine-tuning': lambda method: method.fine_tuning,
    'other protocols': lambda method: method.protocols,
}


def table_of_methods(columns: Sequence[str]) -> str:
    """Return a Markdown table with a row for each method.

    Args:
        columns: Keys of ``COLUMNS``.

    Raises:
        ValueError: another column.
    """
    unknown = [name for name in columns if name not in COLUMNS]
    if unknown:
        raise ValueError(f'columns={unknown} are not known; there are {list(COLUMNS)}.')
    rows = [[COLUMNS[name](method) for name in columns] for method in METHODS.values()]
    return '\n'.join(
        f'| {" | ".join(row)} |' for row in (list(columns), ['---'] * len(columns), *rows)
    )
