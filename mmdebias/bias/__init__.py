"""The bias report: how much of a video model is background.

It needs no MMAction2, but for MMAction2's own models: see :mod:`mmdebias.bias.mmaction2`.
"""

from typing import TYPE_CHECKING, Any

from mmdebias.intervals import Interval, bootstrap_interval, confidence_interval, paired_difference

from ..optional import has_mmaction2
from .backgrounds import list_images
from .clip_model import ClipModel
from .clip_spec import ClipSpec, parse_clip
from .comparing import compare_reports, read_stored
from .composer import Composer
from .hugging_face import from_hugging_face
from .manifest import make_manifest, read_manifest, write_manifest
from .masks import MaskSource, build_masks
from .measures import Measure, bias_measures
from .model import Model
from .onnx_models import from_onnx
from .page import Sample
from .probes import PROBES, BiasMeasure, Probe, composed_probes
from .report import BiasReport, bias_report
from .rows import ProbeRow
from .scores import load_scores
from .torch_models import from_module, from_torchscript

__all__ = [
    'PROBES',
    'BiasMeasure',
    'BiasReport',
    'ClipModel',
    'ClipSpec',
    'Composer',
    'Interval',
    'MaskSource',
    'Measure',
    'Model',
    'Probe',
    'ProbeRow',
    'Sample',
    'bias_measures',
    'bias_report',
    'bootstrap_interval',
    'build_masks',
    'compare_reports',
    'composed_probes',
    'confidence_interval',
    'from_hugging_face',
    'from_module',
    'from_onnx',
    'from_torchscript',
    'list_images',
    'load_scores',
    'make_manifest',
    'paired_difference',
    'parse_clip',
    'read_manifest',
    'read_stored',
    'write_manifest',
]

if TYPE_CHECKING:
    from .mmaction2 import BiasMeasures, BiasProbes, ComposeProbe, ProbeScores, probe_config

OF_MMACTION2 = ('BiasMeasures', 'BiasProbes', 'ComposeProbe', 'ProbeScores', 'probe_config')
if has_mmaction2():  # what asks for all would be told to install it
    __all__ += ['BiasMeasures', 'BiasProbes', 'ComposeProbe', 'ProbeScores', 'probe_config']


def __getattr__(name: str) -> Any:
    """Import what is made for MMAction2 when it is asked for."""
    if name in OF_MMACTION2:
        from . import mmaction2

        return getattr(mmaction2, name)
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}', name=name)
