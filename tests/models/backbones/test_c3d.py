import torch

from mmdebias.models.backbones import C3DBN


def test_no_pixel_of_an_odd_frame_is_lost():
    # 33 pixels are 17, 9, 5 and 3 after the poolings: the last column still reaches the features.
    backbone = C3DBN().eval()
    clip = torch.randn(1, 3, 5, 33, 33)
    changed = clip.clone()
    changed[:, :, -1, -1, -1] += 10

    with torch.no_grad():
        assert not backbone(clip).equal(backbone(changed))
