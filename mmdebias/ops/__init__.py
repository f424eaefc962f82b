"""The mathematics: pure functions of tensors, and of arrays for what runs in the workers."""

from .activation_maps import channel_map, energy_inside, responses, stretch_maps, to_heat
from .camera_motion import camera_motion
from .clips import check_clips, pixel_range, to_pixel_type, to_unit_float
from .compositing import clean_plate, paste
from .foreground import fame_mask, gauss_mask, grid_mask, merge, seed_mask
from .grabcut import grow_by_grabcut
from .hue import turn_hue
from .linear_classifier import fit_linear_classifier
from .losses import contrastive_logits, info_nce, temporal_consistency, triplet
from .optical_flow import flow_to_previous, warp_by_flow
from .pieces import cut_pieces, rotate
from .pixel_maps import mask_overlap
from .rotation import rotation_grid
from .scene_share import scene_share
from .static_frame import add_static_frame, blend, cut_mix
from .stripes import sinusoid_stripes
from .thin_plate_spline import tps_grid, warp_clips

__all__ = [
    'add_static_frame',
    'blend',
    'camera_motion',
    'channel_map',
    'check_clips',
    'clean_plate',
    'contrastive_logits',
    'cut_mix',
    'cut_pieces',
    'energy_inside',
    'fame_mask',
    'fit_linear_classifier',
    'flow_to_previous',
    'gauss_mask',
    'grid_mask',
    'grow_by_grabcut',
    'info_nce',
    'mask_overlap',
    'merge',
    'paste',
    'pixel_range',
    'responses',
    'rotate',
    'rotation_grid',
    'scene_share',
    'seed_mask',
    'sinusoid_stripes',
    'stretch_maps',
    'temporal_consistency',
    'to_heat',
    'to_pixel_type',
    'to_unit_float',
    'tps_grid',
    'triplet',
    'turn_hue',
    'warp_by_flow',
    'warp_clips',
]
