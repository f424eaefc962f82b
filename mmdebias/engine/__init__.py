"""Hooks."""

from .epoch_seed_hook import EpochSeedHook
from .knn_hook import KNNHook
from .load_report_hook import LoadReportHook
from .mask_sheet_hook import MaskSheetHook
from .resumable_test_loop import ResumableTestLoop
from .throughput_hook import ThroughputHook
from .undecodable_videos_hook import UndecodableVideosHook

__all__ = [
    'EpochSeedHook',
    'KNNHook',
    'LoadReportHook',
    'MaskSheetHook',
    'ResumableTestLoop',
    'ThroughputHook',
    'UndecodableVideosHook',
]
