"""Mask ``i`` lies on frame ``i``, whatever the file."""

import av
import numpy as np
import pytest

from helpers.numbered import KINDS, draw, sequential
from mmdebias.bias import ComposeProbe, make_manifest
from mmdebias.datasets import VideoDecode, VideoInit
from mmdebias.datasets.toy.masks import pack_masks

av.logging.set_level(av.logging.PANIC)


@pytest.mark.parametrize(
    'kind',
    ['MPEG-4 with B-frames in .avi', 'H.265, open groups', 'H.264, edit list', 'H.264 in .ts'],
)
def test_every_mask_lies_on_its_frame(kind, tmp_path):
    """The mask of a frame leaves out the white blocks of its number: none of them may show."""
    ending, write = KINDS[kind]
    path = write(tmp_path / f'video{ending}')
    frames = sequential(path)
    total, height, width = frames.shape[:3]
    drawn = np.stack([draw(number, width, height) for number in range(40)])[-total:]
    white = (drawn == 255).all(-1)
    # Codecs blur edges: a block and a little around it is left out.
    rows = slice(0, height // 3 + 4)
    masks = np.zeros((total, height, width), bool)
    for frame in range(total):
        masks[frame, rows] = ~grown(white[frame, rows])
    (tmp_path / 'video.npz').write_bytes(pack_masks(masks))

    (row,) = make_manifest([(path.name, 0)], ['human_only'], 0)
    composer = ComposeProbe(
        str(tmp_path), masks=dict(type='files', folder=str(tmp_path)), colour=(0, 0, 0)
    )
    results = VideoInit()(dict(filename=str(path)))
    results = VideoDecode()(dict(results, frame_inds=np.arange(total), probe_row=vars(row)))
    shown = np.stack(composer.transform(results)['imgs'])[:, : height // 3]

    assert shown.max() < 128
    # Of another frame they would show: the test can fail.
    assert (frames[:-1, : height // 3] * masks[1:, : height // 3, :, None]).max() > 200


def grown(mask, by=6):
    """A mask and what lies around it."""
    padded = np.pad(mask, by)
    height, width = mask.shape
    return np.any(
        [
            padded[y : y + height, x : x + width]
            for y in range(2 * by + 1)
            for x in range(2 * by + 1)
        ],
        axis=0,
    )
