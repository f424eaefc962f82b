"""The sheet that is drawn when training ends."""

import logging
from types import SimpleNamespace

import cv2
import pytest
import torch
from mmaction.structures import ActionDataSample

from mmdebias.engine import MaskSheetHook
from mmdebias.models import ViewDataPreprocessor


def runner(work_dir, videos):
    views = dict(query=[dict(type='FAME')], key=[])
    preprocessor = ViewDataPreprocessor(mean=[0.5] * 3, std=[0.5] * 3, views=views)
    sample = dict(
        inputs=torch.randint(0, 256, (2, 3, 8, 32, 32), dtype=torch.uint8),
        data_samples=ActionDataSample(metainfo=dict(filename='diver.mp4')),
    )
    return SimpleNamespace(
        model=SimpleNamespace(data_preprocessor=preprocessor),
        train_dataloader=SimpleNamespace(dataset=[sample] * videos),
        work_dir=str(work_dir),
        logger=logging.getLogger(),
    )


@pytest.mark.parametrize('rows', [1, 2, 5])
def test_there_is_a_row_for_each_video_asked_for(tmp_path, rows):
    heights = []
    for asked in (2, rows):
        MaskSheetHook(videos=asked).after_train(runner(tmp_path, videos=6))
        heights.append(cv2.imread(str(tmp_path / 'fame_masks.png')).shape[0])
    assert heights[1] / heights[0] == pytest.approx(rows / 2, rel=0.25)
