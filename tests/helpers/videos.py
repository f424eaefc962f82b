"""Small videos for tests."""

import cv2


def write_video(path, frames):
    """An .mp4 of uint8 RGB frames ``[T, H, W, 3]``."""
    height, width = frames.shape[1:3]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*'mp4v'), 25, (width, height))
    for frame in frames:
        writer.write(frame[..., ::-1])
    writer.release()
