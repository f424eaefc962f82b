"""Transforms of one video, in a worker."""

from .adversarial import AddStaticFrame, PasteStaticPerson
from .consecutive_clips import ConsecutiveClips
from .decode_once import DecodeOnce
from .per_view import PerView
from .read_video import UndecodedFrames, VideoDecode, VideoInit
from .rotate_frames import RotateFrames
from .sample_views import SampleViews
from .scale_optical_flow import ScaleOpticalFlow
from .sliding_clips import SlidingClips
from .static_clip import StaticClip

__all__ = [
    'AddStaticFrame',
    'ConsecutiveClips',
    'DecodeOnce',
    'PasteStaticPerson',
    'PerView',
    'RotateFrames',
    'SampleViews',
    'ScaleOpticalFlow',
    'SlidingClips',
    'StaticClip',
    'UndecodedFrames',
    'VideoDecode',
    'VideoInit',
]
