import cv2
import torch

from mmdebias.ops import fame_mask, merge
from mmdebias.visualization import draw_mask_sheet


def test_sheet_has_a_row_a_clip(tmp_path):
    clips = torch.randint(0, 256, (3, 3, 8, 32, 32), dtype=torch.uint8)
    mask = fame_mask(clips)
    merged = merge(clips, clips.flip(0), mask)
    sizes = []
    for n in (1, 3):
        path = draw_mask_sheet(
            tmp_path / 'new' / f'{n}.png', clips[:n], mask[:n], merged[:n], ['a', 'b', 'c'][:n]
        )
        sizes.append(cv2.imread(str(path)).shape)
    assert sizes[1][0] > 2.5 * sizes[0][0] and sizes[1][1] == sizes[0][1]
