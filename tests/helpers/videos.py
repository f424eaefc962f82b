"""Small videos for tests."""

import os

import av
import cv2


def write_video(path, frames):
    """An .mp4 of uint8 RGB frames ``[T, H, W, 3]``."""
    height, width = frames.shape[1:3]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*'mp4v'), 25, (width, height))
    for frame in frames:
        writer.write(frame[..., ::-1])
    writer.release()


def remux(source, path, **options):
    """Put a film into another container, or write its index at another place."""
    with av.open(str(source)) as film, av.open(str(path), 'w', options=options) as to:
        stream = to.add_stream_from_template(film.streams.video[0])
        for packet in film.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                to.mux(packet)
    return path


def cut_video(source, path, share=0.5):
    """The first part of an .mp4 that has its index in front, as the web's have: it can be read."""
    remux(source, path, movflags='faststart')
    os.truncate(path, int(share * path.stat().st_size))
    return path
