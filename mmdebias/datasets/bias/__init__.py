"""Videos with other backgrounds, other foregrounds or no motion, composed while they are read."""

from .manifest import PROBES, SOURCES, ProbeRow, make_manifest, read_manifest, write_manifest

__all__ = [
    'PROBES',
    'SOURCES',
    'ProbeRow',
    'make_manifest',
    'read_manifest',
    'write_manifest',
]
