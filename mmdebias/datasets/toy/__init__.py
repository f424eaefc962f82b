"""Toy videos: an articulated puppet, or a person, that acts in front of scenes.

The actions differ only in how the puppet moves (its limbs, or in small pictures all of it), the
scenes only in what is behind it, and a number (the bias) says how often the two go together. See
:mod:`.motions` and :mod:`.swings` for why no single frame tells the actions apart, :mod:`.plan` for
the bias and :mod:`.writer` for the files written. :mod:`.recorded` has motions of people instead,
:mod:`.photographs` real scenes.
"""

from .config import BACKDROPS, FORMAT_VERSION, MOTION_SETS, SPLITS, ToyConfig
from .masks import load_masks
from .motions import CLASSES, MOTIONS, Motion, Tracks, pose_joints, sample_tracks
from .plan import ToyVideo, plan_split
from .recorded import RECORDINGS, load_recording, read_recording
from .render import render_video
from .scenes import SCENES, draw_scene
from .swings import SWINGS, sample_swing, swing_joints
from .writer import make_toy

__all__ = [
    'BACKDROPS',
    'CLASSES',
    'FORMAT_VERSION',
    'MOTIONS',
    'MOTION_SETS',
    'RECORDINGS',
    'SCENES',
    'SPLITS',
    'SWINGS',
    'Motion',
    'ToyConfig',
    'ToyVideo',
    'Tracks',
    'draw_scene',
    'load_masks',
    'load_recording',
    'make_toy',
    'plan_split',
    'pose_joints',
    'read_recording',
    'render_video',
    'sample_swing',
    'sample_tracks',
    'swing_joints',
]
