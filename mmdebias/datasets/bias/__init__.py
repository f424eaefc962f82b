"""Videos with other backgrounds, other foregrounds or no motion, composed while they are read."""

from .backgrounds import list_images
from .bias_probes import BiasProbes
from .compose_probe import ComposeProbe
from .manifest import PROBES, SOURCES, ProbeRow, make_manifest, read_manifest, write_manifest
from .masks import MaskSource, build_masks

__all__ = [
    'PROBES',
    'SOURCES',
    'BiasProbes',
    'ComposeProbe',
    'MaskSource',
    'ProbeRow',
    'build_masks',
    'list_images',
    'make_manifest',
    'read_manifest',
    'write_manifest',
]
