"""Hooks."""

from .epoch_seed_hook import EpochSeedHook
from .mask_sheet_hook import MaskSheetHook
from .throughput_hook import ThroughputHook
from .undecodable_videos_hook import UndecodableVideosHook

__all__ = ['EpochSeedHook', 'MaskSheetHook', 'ThroughputHook', 'UndecodableVideosHook']
