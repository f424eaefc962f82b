"""Videos that are shorter than a model's clips, which show them more than once."""

from collections.abc import Sequence
from functools import partial

from mmdebias.datasets.reading_steps import within
from mmdebias.video import VideoReadError, count_frames

from .video_list import Video


def short_videos(
    videos: Sequence[Video], span: int, time_limit: float | None
) -> list[tuple[str, int]]:
    """Return the videos that have fewer frames than a clip spans, and how many they have.

    Frames are counted from each file's index, without decoding it. What cannot be read is left out:
    it is named where it is shown.

    Args:
        videos: Whole paths, and classes, which have no part in it.
        span: Frames of a video from the first of a clip to its last; 0 where it is not known.
        time_limit: Seconds that a video may take; None is for ever.
    """
    if span < 2:
        return []
    found = []
    for path, _ in videos:
        try:
            frames = within(time_limit, partial(count_frames, path))
        except (OSError, VideoReadError):  # or TimeoutError, an OSError
            continue
        if frames < span:
            found.append((path, frames))
    return found


def warn_of_short(
    name: str, span: int, videos: Sequence[Video], time_limit: float | None
) -> list[tuple[str, int]]:
    """Print how many videos are shorter than the clips of a model, if any, and what to do.

    Args:
        name: Of the model.
        span: See :func:`short_videos`.
        videos: See :func:`short_videos`.
        time_limit: See :func:`short_videos`.

    Returns:
        Those of :func:`short_videos`.
    """
    found = short_videos(videos, span, time_limit)
    if found:
        path, frames = min(found, key=lambda video: video[1])
        print(
            f'  warning: a clip of {name} spans {span} frames, and {len(found)} of {len(videos)} '
            f'test videos have fewer, such as {path} ({frames}): there it shows the video from the '
            'start again. A smaller stride avoids that (--clip FRAMESxSTRIDExSIZE; in a config '
            'frame_interval), and so do frames spread over the video (--clip FRAMESxspreadxSIZE).',
            flush=True,
        )
    return found
