"""Boxes of people, found with mmdet where it is installed."""

from pathlib import Path

import numpy as np

from mmdebias.video import each_frame


class PersonDetector:
    """Finds the people in each frame of a video with a detector of mmdet.

    Args:
        config: Config of mmdet: a file.
        checkpoint: Its weights: a file or an address.
        min_score: Boxes with a lower score are left out.
        device: Where it runs, such as 'cuda:0' or 'cpu'.

    Raises:
        ImportError: mmdet is not installed.
        ValueError: the detector knows no class 'person'.
    """

    def __init__(
        self, config: str, checkpoint: str, min_score: float = 0.5, device: str = 'cuda:0'
    ) -> None:
        try:
            from mmdet.apis import inference_detector, init_detector
        except ImportError as error:
            raise ImportError(
                'Finding people needs mmdet, and mmdet a full mmcv (not mmcv-lite): '
                'pip install mmdebias[detect]; mim install "mmcv>=2.0.0,<2.2.0". Or give boxes of '
                'another detector with --boxes.'
            ) from error
        self.model = init_detector(config, checkpoint, device=device)
        self._infer = inference_detector
        self.min_score = min_score
        classes = list(self.model.dataset_meta['classes'])
        if 'person' not in classes:
            raise ValueError(f"{config} detects {classes[:5]}, ..., not 'person': give another.")
        self.person = classes.index('person')

    def __call__(self, video: str | Path) -> list[np.ndarray]:
        """Return boxes of a video: float ``[K, 4]``, x1, y1, x2, y2 in pixels, for each frame."""
        return [self._detect(frame) for frame in each_frame(video)]

    def _detect(self, frame: np.ndarray) -> np.ndarray:
        # mmdet takes pictures as OpenCV reads them: BGR.
        found = self._infer(self.model, np.ascontiguousarray(frame[..., ::-1])).pred_instances
        people = (found.labels == self.person) & (found.scores >= self.min_score)
        return found.bboxes[people].cpu().numpy().astype(float).reshape(-1, 4)
