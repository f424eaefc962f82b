"""Weights in and out: what others released into MMAction2, and what was trained here out of it."""

from .exporting import EXPORTS, strip, to_fame, to_torchvision
from .graphs import UnsupportedEncoderError, check_program, export_onnx, export_torchscript
from .importing import Imported, import_weights
from .initial import write_initial_weights
from .nets import NETS, Net, identify
from .reading import CheckpointError, read_checkpoint
from .writing import publish, save

__all__ = [
    'EXPORTS',
    'NETS',
    'CheckpointError',
    'Imported',
    'Net',
    'UnsupportedEncoderError',
    'check_program',
    'export_onnx',
    'export_torchscript',
    'identify',
    'import_weights',
    'publish',
    'read_checkpoint',
    'save',
    'strip',
    'to_fame',
    'to_torchvision',
    'write_initial_weights',
]
