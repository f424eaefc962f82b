"""The bias report: how much of a video model is background."""

from .backgrounds import list_images
from .compose_probe import ComposeProbe
from .dataset import BiasProbes
from .intervals import Interval, bootstrap_interval, confidence_interval, paired_difference
from .job import Model
from .manifest import make_manifest, read_manifest, write_manifest
from .masks import MaskSource, build_masks
from .measures import Measure, bias_measures
from .metrics import BiasMeasures, ProbeScores
from .page import Sample
from .probe_config import load_scores, probe_config
from .probes import PROBES, BiasMeasure, Probe, composed_probes
from .report import BiasReport, bias_report
from .rows import ProbeRow

__all__ = [
    'PROBES',
    'BiasMeasure',
    'BiasMeasures',
    'BiasProbes',
    'BiasReport',
    'ComposeProbe',
    'Interval',
    'MaskSource',
    'Measure',
    'Model',
    'Probe',
    'ProbeRow',
    'ProbeScores',
    'Sample',
    'bias_measures',
    'bias_report',
    'bootstrap_interval',
    'build_masks',
    'composed_probes',
    'confidence_interval',
    'list_images',
    'load_scores',
    'make_manifest',
    'paired_difference',
    'probe_config',
    'read_manifest',
    'write_manifest',
]
