"""Hooks."""

from .epoch_seed_hook import EpochSeedHook
from .load_report_hook import LoadReportHook
from .mask_sheet_hook import MaskSheetHook
from .throughput_hook import ThroughputHook
from .undecodable_videos_hook import UndecodableVideosHook

__all__ = [
    'EpochSeedHook',
    'LoadReportHook',
    'MaskSheetHook',
    'ThroughputHook',
    'UndecodableVideosHook',
]
