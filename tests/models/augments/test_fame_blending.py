import pytest
import torch
from mmaction.registry import MODELS
from mmaction.structures import ActionDataSample

from mmdebias.models import FAMEBlending
from mmdebias.ops import fame_mask

MEAN, STD = [123.675, 116.28, 103.53], [58.395, 57.12, 57.375]


def samples(n):
    return [ActionDataSample().set_gt_label(i % 3) for i in range(n)]


def preprocessor(**fame):
    return MODELS.build(
        dict(
            type='ActionDataPreprocessor',
            mean=MEAN,
            std=STD,
            format_shape='NCTHW',
            blending=dict(type='FAMEBlending', num_classes=3, **fame),
        )
    )


def test_a_stock_preprocessor_keeps_foregrounds_and_their_labels():
    raw = torch.randint(0, 256, (4, 1, 3, 6, 24, 24), dtype=torch.uint8)
    out = preprocessor(beta=0.3)(dict(inputs=list(raw), data_samples=samples(4)), training=True)
    mean, std = (torch.tensor(v).view(-1, 1, 1, 1) for v in (MEAN, STD))
    merged = (out['inputs'] * std + mean).round()
    for clip, new, mask in zip(raw[:, 0], merged[:, 0], fame_mask(raw[:, 0].float() / 255, 0.3)):
        same = (clip == new).all(0).all(0)
        assert same[mask].all()
        assert same[~mask].float().mean() < 0.1
    labels = torch.stack([sample.gt_label for sample in out['data_samples']])
    assert torch.equal(labels, torch.eye(3)[[0, 1, 2, 0]])


def test_nothing_is_merged_when_testing():
    raw = torch.randint(0, 256, (2, 1, 3, 6, 24, 24), dtype=torch.uint8)
    out = preprocessor()(dict(inputs=list(raw), data_samples=samples(2)), training=False)
    mean, std = (torch.tensor(v).view(-1, 1, 1, 1) for v in (MEAN, STD))
    torch.testing.assert_close(out['inputs'] * std + mean, raw.float())


def test_frames_of_2d_recognisers_are_the_clip():
    blending = FAMEBlending(num_classes=3, mean=[0] * 3, std=[255] * 3, beta=0.25)
    frames = torch.rand(3, 5, 3, 16, 16)
    merged, label = blending.do_blending(frames, torch.eye(3).long())
    masks = fame_mask(frames.transpose(1, 2), 0.25)
    for i in range(3):
        torch.testing.assert_close(merged[i][..., masks[i]], frames[i][..., masks[i]])
        assert (merged[i] - frames[i])[..., ~masks[i]].abs().mean() > 0.1
    assert label.dtype == torch.float32


def test_each_of_several_clips_meets_clips_of_other_samples():
    blending = FAMEBlending(num_classes=2, mean=[0] * 3, std=[255] * 3, beta=0)
    shade = torch.tensor([[0.0, 0.25], [0.5, 0.75]]).view(2, 2, 1, 1, 1, 1)
    merged, _ = blending.do_blending(shade.expand(2, 2, 3, 4, 8, 8), torch.eye(2))
    torch.testing.assert_close(merged[..., 0, 0, 0, 0], shade.flip(0)[..., 0, 0, 0, 0])


def test_statistics_of_another_preprocessor_are_refused():
    blending = FAMEBlending(num_classes=2, mean=[0] * 3, std=[1] * 3)
    with pytest.raises(ValueError, match=r'\[0, 1\]'):
        blending.do_blending(torch.randn(2, 1, 3, 4, 8, 8), torch.eye(2))


def test_intra_video_backgrounds_are_refused():
    with pytest.raises(ValueError, match="background='inter'"):
        FAMEBlending(num_classes=2, background='intra')
