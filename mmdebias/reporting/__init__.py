"""What the bias report's command does, stage by stage: read and check, measure, keep, say."""

from .job import Job, Model, claim, images_root_of, read_job, setting_of, shown_videos
from .keeping import sha256_of, versions, write
from .measuring import measure

__all__ = [
    'Job',
    'Model',
    'claim',
    'images_root_of',
    'measure',
    'read_job',
    'setting_of',
    'sha256_of',
    'shown_videos',
    'versions',
    'write',
]
