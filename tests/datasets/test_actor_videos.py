import json

import decord
import numpy as np
import pytest

from helpers.videos import write_video
from mmdebias.datasets.actor_videos import (
    NoPersonError,
    crop,
    fill_gaps,
    person_area,
    read_boxes,
    video_size,
    write_actor_video,
)


def test_area_is_the_smallest_that_holds_all_people():
    boxes = np.array([[10.4, 20, 30, 40.2], [25, 5, 50, 30]])
    assert person_area(boxes, height=60, width=80).tolist() == [10, 5, 50, 41]


def test_boxes_are_cut_to_the_frame_and_count_for_nothing_outside_it():
    boxes = np.array([[-20, -5, 30, 40], [90, 10, 120, 20], [40, 40, 40, 50], [20, 9, 10, 5]])
    assert person_area(boxes, height=60, width=80).tolist() == [0, 0, 30, 40]
    assert person_area(boxes[1:], height=60, width=80) is None
    assert person_area(np.empty((0, 4)), height=60, width=80) is None


def test_frame_without_a_person_takes_the_nearest_area():
    a, b = np.array([0, 0, 10, 10]), np.array([5, 5, 20, 20])
    filled = fill_gaps([None, a, None, None, None, b, None])
    assert filled.tolist() == [list(x) for x in (a, a, a, a, b, b, b)]
    with pytest.raises(NoPersonError, match='none of 2 frames'):
        fill_gaps([None, None])


def test_size_is_the_median_even_and_one_that_decord_reads():
    def sizes(*pairs):
        return video_size(np.array([[3, 4, 3 + width, 4 + height] for width, height in pairs]))

    assert sizes((61, 81), (61, 99), (200, 10)) == (82, 62)
    assert sizes((47, 50)) == (50, 50)  # 48 wide is misread
    assert sizes((5, 7)) == (32, 32)


def test_crop_shows_the_area():
    frame = np.random.randint(0, 256, (40, 60, 3), dtype=np.uint8)
    area = np.array([10, 4, 42, 36])
    assert np.array_equal(crop(frame, area, (32, 32)), frame[4:36, 10:42])


@pytest.fixture
def actor(tmp_path):
    """A red square that walks right over a textured ground: video, its boxes."""
    ground = np.random.default_rng(0).integers(0, 120, (64, 96, 3), dtype=np.uint8)
    frames, boxes = np.stack([ground] * 10), []
    for t in range(10):
        frames[t, 16:48, 4 * t : 4 * t + 32] = (230, 20, 20)
        boxes.append(np.array([[4 * t, 16, 4 * t + 32, 48]], dtype=float))
    write_video(tmp_path / 'walk.mp4', frames)
    return tmp_path / 'walk.mp4', boxes


def test_video_shows_the_actor_alone(actor, tmp_path):
    video, boxes = actor
    boxes[4] = np.empty((0, 4))
    target = tmp_path / 'out' / 'walk.mp4'
    counts = write_actor_video(video, [*boxes, boxes[0]], target)
    assert counts == dict(frames=10, without_person=1, surplus=1)
    cropped = decord.VideoReader(str(target))[:].asnumpy()
    assert cropped.shape == (10, 32, 32, 3)
    seen = cropped.reshape(10, -1, 3).astype(float).mean(1)
    assert (seen[:, 0] > 190).all() and (seen[:, 1:] < 60).all()
    assert [path.name for path in target.parent.iterdir()] == ['walk.mp4']


def test_video_that_breaks_off_leaves_nothing_behind(actor, tmp_path, monkeypatch):
    video, boxes = actor
    frames = iter([crop] * 3)  # and then there is no more room

    monkeypatch.setattr('mmdebias.datasets.actor_videos.crop', lambda *args: next(frames)(*args))
    with pytest.raises(StopIteration):
        write_actor_video(video, boxes, tmp_path / 'out' / 'walk.mp4')
    assert not list((tmp_path / 'out').iterdir())


def test_boxes_come_as_lists_or_by_frame_number(tmp_path):
    (tmp_path / 'boxes.json').write_text(
        json.dumps(
            {
                'a.mp4': [[[1, 2, 3, 4], [1, 2, 3, 4, 0.2]], []],
                'b.mp4': {'2': [[0, 0, 9, 9, 0.9]], '0': []},
            }
        )
    )
    boxes = read_boxes(tmp_path / 'boxes.json', min_score=0.5)
    assert [frame.tolist() for frame in boxes['a.mp4']] == [[[1, 2, 3, 4]], []]
    assert [len(frame) for frame in boxes['b.mp4']] == [0, 0, 1]
    assert read_boxes(tmp_path / 'boxes.json', min_score=0.1)['a.mp4'][0].shape == (2, 4)


@pytest.mark.parametrize(
    ('content', 'says'),
    [
        ('[', 'not JSON'),
        ('[1]', 'must map videos'),
        ('{"a.mp4": 3}', 'a.mp4: frames must be'),
        ('{"a.mp4": {"first": []}}', 'frame number'),
        ('{"a.mp4": [[], [[1, 2, 3]]]}', 'a.mp4, frame 1'),
        ('{"a.mp4": [[1, 2, 3, 4]]}', 'a.mp4, frame 0'),
        ('{"a.mp4": [[[1, 2, 3, NaN]]]}', 'all finite'),
    ],
)
def test_bad_boxes_are_refused_naming_the_video_and_frame(tmp_path, content, says):
    (tmp_path / 'boxes.json').write_text(content)
    with pytest.raises(ValueError, match=says):
        read_boxes(tmp_path / 'boxes.json')


def test_a_missing_file_of_boxes_is_named():
    with pytest.raises(FileNotFoundError, match=r'no file of boxes none\.json: give JSON'):
        read_boxes('none.json')
