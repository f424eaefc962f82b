import cv2
import numpy as np
import pytest
import torch
import torch.nn.functional as F

from mmdebias.ops import flow_to_previous, warp_by_flow
from mmdebias.ops.optical_flow import METHODS, check_dis_size, resize_flow


def drifting(frames=3, size=96, step=(2.0, -1.0)):
    """A smooth picture that moves by ``step`` pixels (x, y) a frame: uint8 ``[T, H, W, 3]``."""
    rng = np.random.default_rng(0)
    margin = 32
    ground = rng.integers(0, 255, (size + 2 * margin, size + 2 * margin, 3), dtype=np.uint8)
    ground = cv2.normalize(cv2.GaussianBlur(ground, (0, 0), 3), None, 0, 255, cv2.NORM_MINMAX)
    moved = []
    for t in range(frames):
        matrix = np.float32([[1, 0, t * step[0] - margin], [0, 1, t * step[1] - margin]])
        moved.append(cv2.warpAffine(ground, matrix, (size, size)))
    return np.stack(moved)


def psnr(one, other):
    return 10 * np.log10(255**2 / np.mean((one.astype(float) - other) ** 2))


def authors_warps(oracle):
    data = oracle('dsm_flow_scaling')
    for i, phi in enumerate(data['phi']):
        for kind in ('u8', 'f32'):
            yield phi, data['img_u8'], data['flow_smooth'], data[f'warp_smooth_{kind}_phi{i}']
    yield 1, data['img_u8'], data['flow_const'], data['warp_const_u8_phi1']


def test_warps_are_those_of_the_authors(oracle):
    for phi, image, flow, expected in authors_warps(oracle):
        if expected.dtype == np.float32:
            image = image.astype(np.float32) / 255
        # Their sign is the other one than Eq. 3's.
        warped = warp_by_flow(image[None], -flow[None], phi)[0]
        # OpenCV 4, which the authors had, rounds positions to 1/32 pixel, and 5 does not.
        tolerance = (1 if cv2.__version__ < '5' else 5) if expected.dtype == np.uint8 else 0.05
        assert warped.dtype == expected.dtype
        assert np.abs(warped.astype(float) - expected).max() <= tolerance


def test_warp_is_the_exact_bilinear_one_but_for_rounded_positions():
    rng = np.random.default_rng(0)
    frames = cv2.GaussianBlur(rng.random((40, 30, 3), dtype=np.float32), (0, 0), 2)[None]
    flow = rng.normal(0, 3, (1, 40, 30, 2)).astype(np.float32)
    ys, xs = np.mgrid[:40, :30]
    places = np.stack([xs, ys], -1) + 1.5 * flow[0]
    grid = torch.from_numpy(2 * places / (29, 39) - 1).float()[None]
    exact = F.grid_sample(torch.from_numpy(frames).permute(0, 3, 1, 2), grid, align_corners=True)
    difference = warp_by_flow(frames, flow, 1.5)[0] - exact[0].permute(1, 2, 0).numpy()
    assert np.abs(difference).max() < 0.05


@pytest.mark.parametrize('dtype', [np.uint8, np.float32])
def test_whole_pixels_are_moved_exactly(dtype):
    frames = np.random.default_rng(0).integers(0, 256, (1, 9, 12, 3)).astype(dtype)
    # Pixel (x, y) comes from (x + 4, y - 2): twice a flow of (2, -1), as in Eq. 3.
    flow = np.broadcast_to(np.float32([2, -1]), (1, 9, 12, 2))
    warped = warp_by_flow(frames, flow, 2)
    assert warped.dtype == dtype
    assert np.array_equal(warped[0, 2:, :-4], frames[0, :-2, 4:])
    assert not warped[0, :2].any() and not warped[0, :, -4:].any()


@pytest.mark.parametrize('method', METHODS)
def test_flow_leads_back_to_the_frame_before(method):
    flow = flow_to_previous(drifting(), method)
    assert flow.shape == (2, 96, 96, 2) and flow.dtype == np.float32
    inner = flow[:, 24:-24, 24:-24]
    # What moved by (2, -1) came from (-2, 1).
    assert np.abs(inner.reshape(-1, 2).mean(0) - (-2, 1)).max() < 0.4


@pytest.mark.parametrize('method', METHODS)
def test_scale_1_approximates_the_true_next_frame(method):
    frames = drifting()
    predicted = warp_by_flow(frames[:-1], flow_to_previous(frames, method), 1, 'reflection')
    assert psnr(predicted, frames[1:]) > psnr(frames[:-1], frames[1:]) + 4


def test_scale_2_goes_twice_as_far():
    frames = drifting()
    flow = flow_to_previous(frames[:2], 'dis_medium')
    ahead = warp_by_flow(frames[:1], flow, 2)[0, 24:-24, 24:-24]
    assert psnr(ahead, frames[2, 24:-24, 24:-24]) > 30


def test_scale_0_repeats_the_frame():
    frames = drifting()
    assert np.array_equal(warp_by_flow(frames[:-1], flow_to_previous(frames), 0), frames[:-1])


def test_each_frame_has_its_own_scale():
    frames = drifting(4)
    flow = flow_to_previous(frames)
    scales = np.array([0.0, 1.0, 3.0])
    together = warp_by_flow(frames[:-1], flow, scales)
    for t, scale in enumerate(scales):
        alone = warp_by_flow(frames[t : t + 1], flow[t : t + 1], scale)
        assert np.array_equal(together[t], alone[0])


def test_cropped_frames_need_not_lie_in_one_piece():
    frames = drifting()
    views = [frame[10:70, 20:90] for frame in frames]
    pieces = [np.ascontiguousarray(view) for view in views]
    flow = flow_to_previous(views)
    assert np.array_equal(flow, flow_to_previous(pieces))
    assert np.array_equal(warp_by_flow(views[:-1], flow, 2), warp_by_flow(pieces[:-1], flow, 2))


def test_still_clip_stays():
    frames = drifting(1).repeat(3, 0)
    assert np.array_equal(warp_by_flow(frames[:-1], flow_to_previous(frames), 5), frames[1:])


@pytest.mark.parametrize(('border', 'value'), [('zeros', 0), ('border', 200), ('reflection', 200)])
def test_border_decides_what_moves_in(border, value):
    frames = np.full((1, 16, 16, 3), 200, np.uint8)
    flow = np.full((1, 16, 16, 2), -4, np.float32)
    warped = warp_by_flow(frames, flow, 1, border)[0]
    assert (warped[:4] == value).all() and (warped[4:, 4:] == 200).all()


def test_flow_of_another_size_is_resampled_and_its_vectors_with_it():
    flow = np.full((10, 20, 2), (4.0, 3.0), np.float16)
    larger = resize_flow(flow, 30, 40)
    assert larger.shape == (30, 40, 2) and larger.dtype == np.float32
    assert np.allclose(larger, (8.0, 9.0))


@pytest.mark.parametrize('size', [(12, 12), (8, 12), (16, 40), (32, 128), (270, 640)])
@pytest.mark.parametrize('method', METHODS[:3])
def test_smallest_frames_that_dis_takes(method, size):
    check_dis_size(*size, method)
    assert flow_to_previous(np.zeros((2, *size, 3), np.uint8), method).shape == (1, *size, 2)


@pytest.mark.parametrize('size', [(11, 11), (7, 20), (12, 40), (30, 128), (100, 1000)])
def test_frames_on_which_dis_would_crash_are_refused(size):
    with pytest.raises(ValueError, match=f'{size[1]}x{size[0]} pixels are too small'):
        flow_to_previous(np.zeros((2, *size[::-1], 3), np.uint8))


def test_bad_arguments_are_refused():
    frames = drifting()
    with pytest.raises(ValueError, match="method='magic'"):
        flow_to_previous(frames, 'magic')
    with pytest.raises(ValueError, match='frames is empty'):
        warp_by_flow([], flow_to_previous(frames), 1)
    with pytest.raises(ValueError, match='flow has shape'):
        warp_by_flow(frames, flow_to_previous(frames), 1)
    with pytest.raises(ValueError, match="border='grey'"):
        warp_by_flow(frames[1:], flow_to_previous(frames), 1, 'grey')
