"""Hooks and loops."""

import mmdebias.needs_mmaction2  # noqa: F401

from .augment_ahead import AugmentAhead
from .augment_ahead_train_loop import AugmentAheadTrainLoop
from .channels_last_hook import ChannelsLastHook
from .epoch_seed_hook import EpochSeedHook
from .finite_loss_hook import DivergedError, FiniteLossHook
from .knn_hook import KNNHook
from .label_check_hook import LabelCheckHook
from .load_report_hook import LoadReportHook
from .mask_sheet_hook import MaskSheetHook
from .queue_length_hook import QueueLengthHook
from .resumable_test_loop import ResumableTestLoop
from .same_run_hook import SameRunHook
from .throughput_hook import ThroughputHook
from .undecodable_videos_hook import UndecodableVideosHook

__all__ = [
    'AugmentAhead',
    'AugmentAheadTrainLoop',
    'ChannelsLastHook',
    'DivergedError',
    'EpochSeedHook',
    'FiniteLossHook',
    'KNNHook',
    'LabelCheckHook',
    'LoadReportHook',
    'MaskSheetHook',
    'QueueLengthHook',
    'ResumableTestLoop',
    'SameRunHook',
    'ThroughputHook',
    'UndecodableVideosHook',
]
