"""Reading clips: MMAction2's data sets and transforms, and what they are made of.

Without MMAction2 there are what reads frames and masks, and the modules that need no more:
``toy``, ``label_subset``, ``actor_videos``, ``mask_formats``, ``picture_videos``,
``reading_steps``, ``seeding``.
"""

from mmdebias.optional import has_mmaction2, names_of_mmaction2
from mmdebias.video import count_frames, read_frames

from .mask_files import find_masks, masks_of_frames

if has_mmaction2():
    from .gallery_and_queries import GalleryAndQueries
    from .named_steps import STEPS, accept_named_steps_upstream, ordered_steps
    from .stock_readers import warn_of_misread_files_upstream, with_our_reader
    from .tolerant_video_dataset import TolerantVideoDataset, TooManyUndecodableVideosError
    from .transforms import (
        AddStaticFrame,
        ConsecutiveClips,
        DecodeOnce,
        PasteStaticPerson,
        PerView,
        RotateFrames,
        SampleViews,
        ScaleOpticalFlow,
        SlidingClips,
        StaticClip,
        VideoDecode,
        VideoInit,
    )

__all__ = [
    'STEPS',
    'AddStaticFrame',
    'ConsecutiveClips',
    'DecodeOnce',
    'GalleryAndQueries',
    'PasteStaticPerson',
    'PerView',
    'RotateFrames',
    'SampleViews',
    'ScaleOpticalFlow',
    'SlidingClips',
    'StaticClip',
    'TolerantVideoDataset',
    'TooManyUndecodableVideosError',
    'VideoDecode',
    'VideoInit',
    'accept_named_steps_upstream',
    'count_frames',
    'find_masks',
    'masks_of_frames',
    'ordered_steps',
    'read_frames',
    'warn_of_misread_files_upstream',
    'with_our_reader',
]

__getattr__ = names_of_mmaction2(__name__, __all__)
if not has_mmaction2():  # what asks for all would be told to install it
    __all__ = [name for name in __all__ if name in globals()]
