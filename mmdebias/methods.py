"""The methods that mmdebias pre-trains with, for the study, the tests and the docs."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Variant:
    """Another form of a method, which the study measures beside it.

    Args:
        name: Of its row in the study.
        title: In tables.
        toy_config: Its config for generated videos, below ``configs``, without the ending.
        options: What is set there besides, as by ``--cfg-options``.
    """

    name: str
    title: str
    toy_config: str
    options: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Method:
    """A way to pre-train.

    Args:
        name: Of its folder below ``configs``.
        title: In tables.
        paper: Authors, title and place.
        toy_config: Its config for generated videos, below ``configs``, without the ending.
        variants: Its other forms that the study measures.
    """

    name: str
    title: str
    paper: str
    toy_config: str
    variants: tuple[Variant, ...] = ()


METHODS = {
    method.name: method
    for method in (
        Method(
            'moco',
            'MoCo',
            'He et al., Momentum Contrast for Unsupervised Visual Representation Learning, '
            'CVPR 2020',
            'moco/r3d_toy',
        ),
        Method(
            'fame',
            'FAME',
            'Ding et al., Motion-aware Contrastive Video Representation Learning via '
            'Foreground-background Merging, CVPR 2022',
            'fame/r3d_toy',
        ),
        Method(
            'be',
            'BE',
            'Wang et al., Removing the Background by Adding the Background: Towards Background '
            'Robust Self-supervised Video Representation Learning, CVPR 2021',
            'be/r3d_toy',
        ),
        Method(
            'dsm',
            'DSM',
            'Wang et al., Enhancing Unsupervised Video Representation Learning by Decoupling the '
            'Scene and the Motion, AAAI 2021',
            'dsm/r3d_toy',
            (
                Variant('dsm_triplet', 'DSM, triplet', 'dsm/r3d_toy_triplet'),
                Variant(
                    'fame_dsm_triplet',
                    "FAME on DSM's triplet",
                    'dsm/r3d_toy_triplet',
                    {
                        'model.data_preprocessor.views.positive': [
                            dict(type='FAME'),
                            dict(type='SpatialWarping'),
                        ]
                    },
                ),
            ),
        ),
    )
}
