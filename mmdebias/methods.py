"""The methods that mmdebias pre-trains with, for the study, the tests and the docs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """A way to pre-train.

    Args:
        name: Of its folder below ``configs``.
        title: In tables.
        paper: Authors, title and place.
        toy_config: Its config for generated videos, below ``configs``, without the ending.
    """

    name: str
    title: str
    paper: str
    toy_config: str


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
        ),
    )
}
