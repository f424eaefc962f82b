"""Reading clips."""

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

__all__ = [
    'STEPS',
    'AddStaticFrame',
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
    'accept_named_steps_upstream',
    'find_masks',
    'masks_of_frames',
    'ordered_steps',
]
