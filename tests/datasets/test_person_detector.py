import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch

from helpers.videos import write_video
from mmdebias.datasets.person_detector import PersonDetector


@pytest.fixture
def mmdet(monkeypatch):
    """A stand-in for mmdet that finds a person where the frame is blue; mmdet is not needed."""

    def init_detector(config, checkpoint, device):
        assert device == 'cpu'
        classes = ('person', 'dog') if config == 'people.py' else ('dog',)
        return SimpleNamespace(dataset_meta=dict(classes=classes))

    def inference_detector(model, frame):
        blue_first = float(frame[..., 0].mean() > 200)  # mmdet's frames are BGR
        boxes = torch.tensor([[1.0, 2, 3, 4], [5, 6, 7, 8], [0, 0, 9, 9]])
        instances = SimpleNamespace(
            bboxes=boxes,
            scores=torch.tensor([blue_first, 0.3, 0.9]),
            labels=torch.tensor([0, 0, 1]),
        )
        return SimpleNamespace(pred_instances=instances)

    apis = ModuleType('mmdet.apis')
    apis.init_detector, apis.inference_detector = init_detector, inference_detector
    monkeypatch.setitem(sys.modules, 'mmdet', ModuleType('mmdet'))
    monkeypatch.setitem(sys.modules, 'mmdet.apis', apis)


def test_people_with_a_score_are_kept(mmdet, tmp_path):
    frames = np.zeros((3, 64, 64, 3), dtype=np.uint8)
    frames[:2, ..., 2] = 255
    write_video(tmp_path / 'video.mp4', frames)
    detector = PersonDetector('people.py', 'weights.pth', min_score=0.5, device='cpu')
    boxes = detector(tmp_path / 'video.mp4')
    assert [frame.tolist() for frame in boxes] == [[[1, 2, 3, 4]], [[1, 2, 3, 4]], []]


def test_detector_of_other_things_is_refused(mmdet):
    with pytest.raises(ValueError, match="not 'person'"):
        PersonDetector('dogs.py', 'weights.pth', device='cpu')


def test_missing_mmdet_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, 'mmdet.apis', None)
    with pytest.raises(ImportError, match=r'mmdebias\[detect\]'):
        PersonDetector('people.py', 'weights.pth')
