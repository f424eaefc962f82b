import pickle

import numpy as np
import pytest
import scipy.io

from mmdebias.datasets.mask_formats import read_tubes

VIDEO = 'Basketball/v_Basketball_g01_c01'
# Frames 8 to 10 of 12, counted from 0; the box goes right, beyond what a byte holds.
CORNERS = np.array([[200, 30], [210, 30], [220, 30]])
SIZES = np.array([[60, 70]] * 3)


def write_ground_truth(folder):
    """As the ACT and MOC detectors read it: frames from 1, and two corners."""
    frames = np.arange(9, 12)[:, None]
    tube = np.hstack([frames, CORNERS, CORNERS + SIZES]).astype(np.float32)
    content = dict(
        labels=['Basketball'],
        gttubes={VIDEO: {0: [tube]}},
        nframes={VIDEO: 12},
        train_videos=[[VIDEO]],
        test_videos=[[]],
        resolution={VIDEO: (240, 320)},
    )
    return write_pickle(folder / 'UCF101v2-GT.pkl', content)


def write_pyannot(folder):
    """Frames from 0 without the last, corner and size, bytes, and NumPy's text."""
    tube = dict(label=0, sf=8, ef=11, boxes=np.hstack([CORNERS, SIZES]).astype(np.uint8))
    content = {np.str_(VIDEO): dict(annotations=[tube], numf=np.uint8(12), label=0)}
    return write_pickle(folder / 'pyannot.pkl', content)


def write_pyannot_with_class_names(folder):
    content = pickle.loads(write_pyannot(folder).read_bytes())
    content = dict(db=content, trainvideos=[VIDEO], classes=['Basketball'])
    return write_pickle(folder / 'pyannot_with_class_names.pkl', content)


def write_final_annots(folder):
    """Frames from 1 with the last, corner and size, bytes."""
    tube = np.zeros((1, 1), [(key, 'O') for key in ('ef', 'sf', 'class', 'boxes')])
    tube[0, 0] = (11, 9, 1, np.hstack([CORNERS, SIZES]).astype(np.uint8))
    annot = np.zeros((1, 1), [(key, 'O') for key in ('num_imgs', 'name', 'tubes')])
    annot[0, 0] = (12, VIDEO, tube)
    scipy.io.savemat(folder / 'finalAnnots.mat', dict(annot=annot))
    return folder / 'finalAnnots.mat'


def write_pickle(path, content):
    path.write_bytes(pickle.dumps(content, 2))
    return path


WRITERS = [
    write_ground_truth,
    write_pyannot,
    write_pyannot_with_class_names,
    write_final_annots,
]


@pytest.mark.parametrize('write', WRITERS)
def test_the_files_of_ucf101_24_say_the_same(tmp_path, write):
    tubes = read_tubes(write(tmp_path))

    assert list(tubes) == [VIDEO] and tubes[VIDEO].frames == 12
    assert {frame: boxes.tolist() for frame, boxes in tubes[VIDEO].boxes.items()} == {
        8: [[200, 30, 260, 100]],
        9: [[210, 30, 270, 100]],
        10: [[220, 30, 280, 100]],
    }


def test_boxes_of_several_actors_are_joined_by_frame(tmp_path):
    first, second = (np.array([[n, 0, 0, 9, 9], [n + 1, 1, 0, 9, 9]]) for n in (1, 2))
    content = dict(gttubes={VIDEO: {0: [first, second]}}, nframes={VIDEO: 3})
    boxes = read_tubes(write_pickle(tmp_path / 'a.pkl', content))[VIDEO].boxes
    assert {frame: len(found) for frame, found in boxes.items()} == {0: 1, 1: 2, 2: 1}


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ([1], 'neither gttubes'),
        ({VIDEO: 3}, 'neither gttubes'),
        (dict(gttubes={}), 'no nframes by video'),
        (dict(gttubes={VIDEO: {0: [np.ones((3, 4))]}}, nframes={VIDEO: 9}), r'\[\[3, 4\]\]; each'),
        (dict(gttubes={VIDEO: {0: [np.ones((3, 5))]}}, nframes={}), 'how many frames'),
        (
            dict(gttubes={VIDEO: {0: [np.array([[7, 0, 0, 1, 1]])]}}, nframes={VIDEO: 6}),
            r'g01_c01: boxes of the frames 6 to 6, counted from 0, and the video has 6',
        ),
        (
            {VIDEO: dict(numf=9, annotations=[dict(sf=2, ef=5, boxes=np.ones((4, 4)))])},
            r'shape \[4, 4\] for the frames 2 to 4; it must be \[3, 4\]',
        ),
    ],
)
def test_other_pickles(tmp_path, content, message):
    with pytest.raises(ValueError, match=message):
        read_tubes(write_pickle(tmp_path / 'a.pkl', content))


def test_another_mat(tmp_path):
    scipy.io.savemat(tmp_path / 'a.mat', dict(part_mask=np.ones((2, 2))))
    with pytest.raises(ValueError, match="no 'annot' with num_imgs"):
        read_tubes(tmp_path / 'a.mat')
    with pytest.raises(FileNotFoundError):
        read_tubes(tmp_path / 'b.mat')
