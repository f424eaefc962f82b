import pytest
import torch

from mmdebias.ops import add_static_frame, blend, cut_mix
from mmdebias.ops.static_frame import box_of_area, check_gamma, take_frame


def test_disturbed_clips_are_those_of_the_authors(oracle):
    arrays = oracle('be_distract')
    clips = torch.from_numpy(arrays['x'])
    for prefix in ('', 'seeded_'):
        lam = torch.full((len(clips),), float(arrays[f'{prefix}lam']))
        index = torch.from_numpy(arrays[f'{prefix}frame_index'])
        expected = torch.from_numpy(arrays[f'{prefix}out'])
        torch.testing.assert_close(add_static_frame(clips, index, lam), expected)


@pytest.mark.parametrize('dtype', [torch.float32, torch.float64, torch.bfloat16, torch.uint8])
def test_each_frame_is_equation_1(dtype):
    clips = torch.randint(0, 256, (3, 3, 5, 8, 8)).to(dtype)
    index, lam = torch.tensor([0, 4, 2]), torch.tensor([0.0, 0.3, 0.15])
    out = add_static_frame(clips, index, lam)
    assert out.dtype == dtype and out.shape == clips.shape
    tolerance = dict(atol=0.501, rtol=0) if dtype == torch.uint8 else dict(atol=2, rtol=0.01)
    for clip, mixed, k, share in zip(clips.double(), out.double(), index, lam.double()):
        for j in range(5):
            expected = (1 - share) * clip[:, j] + share * clip[:, k]
            torch.testing.assert_close(mixed[:, j], expected, **tolerance)
    assert torch.equal(out[0], clips[0])  # a share of 0 changes nothing


def test_time_derivative_is_scaled_by_what_is_left_of_the_clip():
    """BE Eq. 2."""
    clips = torch.rand(4, 3, 6, 8, 8, dtype=torch.double)
    index, lam = torch.tensor([0, 3, 5, 1]), torch.rand(4, dtype=torch.double)
    before, after = clips.diff(dim=2), add_static_frame(clips, index, lam).diff(dim=2)
    scale = (1 - lam).view(-1, 1, 1, 1, 1)
    torch.testing.assert_close(after, scale * before, atol=1e-14, rtol=0)


def test_gradient_is_that_of_finite_differences():
    clips = torch.rand(2, 1, 3, 2, 2, dtype=torch.double, requires_grad=True)
    index, lam = torch.tensor([1, 2]), torch.tensor([0.3, 0.1], dtype=torch.double)
    assert torch.autograd.gradcheck(lambda x: add_static_frame(x, index, lam), clips)


def test_mixup_is_symmetric_and_a_still_frame_keeps_the_motion():
    clips, others = torch.rand(2, 2, 3, 4, 8, 8)
    half = torch.tensor([0.5, 0.5])
    torch.testing.assert_close(blend(clips, others, half), blend(others, clips, half))
    still = blend(clips, take_frame(others, torch.tensor([1, 0])), half)
    torch.testing.assert_close(still.diff(dim=2), clips.diff(dim=2) / 2)


def test_box_of_another_clip_is_pasted_into_every_frame():
    clips, others = torch.zeros(2, 3, 4, 6, 8), torch.rand(2, 3, 4, 6, 8)
    pasted = cut_mix(clips, others, torch.tensor([[1, 2, 4, 7], [0, 0, 0, 0]]))
    assert torch.equal(pasted[0, :, :, 1:4, 2:7], others[0, :, :, 1:4, 2:7])
    assert (pasted[0] != 0).sum() == 3 * 4 * 3 * 5
    assert torch.equal(pasted[1], clips[1])


def test_boxes_have_the_area_and_stay_inside():
    area = torch.tensor([0.0, 0.25, 0.25, 1.0])
    position = torch.tensor([[0.5, 0.5], [0.0, 1.0], [1.0, 0.0], [0.3, 0.9]])
    boxes = box_of_area(area, position, height=40, width=60)
    assert boxes.tolist() == [
        [20, 30, 20, 30],
        [0, 30, 20, 60],
        [20, 0, 40, 30],
        [0, 0, 40, 60],
    ]


@pytest.mark.parametrize('gamma', [-0.1, 1, 1.5, float('nan')])
def test_bad_gamma_is_refused(gamma):
    with pytest.raises(ValueError, match='gamma'):
        check_gamma(gamma)


@pytest.mark.parametrize(
    ('clips', 'index', 'lam', 'error', 'says'),
    [
        (torch.rand(3, 4, 8, 8), [0], [0.1], ValueError, r'\[N, C, T, H, W\]'),
        (torch.rand(2, 3, 4, 8, 8), [0], [0.1, 0.1], ValueError, 'frame_index has shape'),
        (torch.rand(2, 3, 4, 8, 8), [0, 1], [0.1], ValueError, 'lam has shape'),
        (torch.rand(2, 3, 4, 8, 8), [0, 4], [0.1, 0.1], ValueError, r'must lie in \[0, 4\)'),
        (torch.zeros(1, 3, 4, 8, 8).int(), [0], [0.1], TypeError, 'int32'),
    ],
)
def test_bad_input_is_refused(clips, index, lam, error, says):
    with pytest.raises(error, match=says):
        add_static_frame(clips, torch.tensor(index), torch.tensor(lam))


def test_clips_that_do_not_fit_together_are_refused():
    clips, lam = torch.rand(2, 3, 4, 8, 8), torch.rand(2)
    with pytest.raises(ValueError, match='other has shape'):
        blend(clips, clips[:, :, :2], lam)
    with pytest.raises(ValueError, match='boxes has shape'):
        cut_mix(clips, clips, torch.zeros(4))
