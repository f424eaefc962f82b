"""Reading clips."""

from .bias import BiasProbes, ComposeProbe
from .gallery_and_queries import GalleryAndQueries
from .mask_files import find_masks, masks_of_frames
from .named_steps import STEPS, accept_named_steps_upstream, ordered_steps
from .tolerant_video_dataset import TolerantVideoDataset, TooManyUndecodableVideosError
from .transforms import (
    AddStaticFrame,
    ConsecutiveClips,
    DecodeOnce,
    PasteStaticPerson,
    PerView,
    SampleViews,
    ScaleOpticalFlow,
    SlidingClips,
    StaticClip,
)
from .windows import Windows, read_windows, sampling_of, window_pipeline

__all__ = [
    'STEPS',
    'AddStaticFrame',
    'BiasProbes',
    'ComposeProbe',
    'ConsecutiveClips',
    'DecodeOnce',
    'GalleryAndQueries',
    'PasteStaticPerson',
    'PerView',
    'SampleViews',
    'ScaleOpticalFlow',
    'SlidingClips',
    'StaticClip',
    'TolerantVideoDataset',
    'TooManyUndecodableVideosError',
    'Windows',
    'accept_named_steps_upstream',
    'find_masks',
    'masks_of_frames',
    'ordered_steps',
    'read_windows',
    'sampling_of',
    'window_pipeline',
]
