import cv2
import torch
import torch.nn.functional as F

from mmdebias.ops import camera_motion
from mmdebias.ops.camera_motion import align


def texture(size=64):
    """A smooth random picture ``[1, 3, size, size]`` in [0, 1]."""
    coarse = torch.rand(1, 3, size // 8, size // 8)
    return F.interpolate(coarse, (size, size), mode='bicubic').clamp(0, 1)


def filmed(steps, size=64):
    """A clip whose camera makes ``steps``, affine maps ``[2, 3]``, frame after frame."""
    picture, path = texture(2 * size), torch.eye(3)
    zoom = torch.diag(torch.tensor([0.5, 0.5, 1.0]))  # see the middle of the picture only
    frames = []
    for step in [torch.eye(2, 3), *steps]:
        # A place of the last frame is at step^-1 of this one.
        path = path @ torch.cat([step, torch.tensor([[0.0, 0, 1]])]).inverse()
        grid = F.affine_grid((zoom @ path)[None, :2], (1, 3, size, size), align_corners=False)
        frames.append(F.grid_sample(picture, grid, align_corners=False))
    return torch.stack(frames, 2)


def moved(x=0.0, y=0.0, degrees=0.0, zoom=1.0):
    turn = torch.deg2rad(torch.tensor(degrees))
    rotation = zoom * torch.stack([turn.cos(), -turn.sin(), turn.sin(), turn.cos()]).view(2, 2)
    return torch.cat([rotation, torch.tensor([[x], [y]])], 1)


def test_known_camera_is_found():
    steps = [moved(x=0.08), moved(y=-0.06, degrees=2.0), moved(zoom=1.04, x=-0.03)]
    found = camera_motion(filmed(steps))[0]
    # A hundredth of half a frame is a third of a pixel.
    torch.testing.assert_close(found, torch.stack(steps), atol=0.01, rtol=0)


def test_still_and_textureless_clips_have_no_motion():
    still = texture().unsqueeze(2).expand(-1, -1, 4, -1, -1)
    flat = torch.full((1, 3, 4, 32, 32), 90, dtype=torch.uint8)
    for clips in (still, flat):
        found = camera_motion(clips)
        torch.testing.assert_close(found, torch.eye(2, 3).expand_as(found), atol=1e-4, rtol=0)


def test_foreground_does_not_drag_the_camera_along():
    clip = filmed([moved(x=0.05)] * 3)
    for t in range(4):
        clip[0, :, t, 20:40, 6 + 8 * t : 26 + 8 * t] = torch.tensor([1.0, 0.1, 0.1])[:, None, None]
    found = camera_motion(clip)[0]
    torch.testing.assert_close(found, moved(x=0.05).expand(3, 2, 3), atol=0.02, rtol=0)


def test_translation_is_that_of_opencvs_phase_correlation():
    picture = F.interpolate(torch.rand(1, 3, 40, 40), (80, 80), mode='bilinear')
    clip = torch.stack([picture[..., 8:72, 8:72], picture[..., 9:73, 6:70]], 2)
    before, after = clip[0].mean(0).double().numpy()
    window = cv2.createHanningWindow((64, 64), cv2.CV_64F)
    (x, y), _ = cv2.phaseCorrelate(before, after, window)
    found = camera_motion(clip)[0, 0, :, 2] * 32
    torch.testing.assert_close(found, torch.tensor([x, y]).float(), atol=0.2, rtol=0)
    torch.testing.assert_close(found, torch.tensor([2.0, -1.0]), atol=0.1, rtol=0)


def test_clips_of_a_batch_do_not_influence_each_other():
    clips = torch.cat([filmed([moved(x=0.08)] * 2), filmed([moved(y=0.05)] * 2)])
    torch.testing.assert_close(camera_motion(clips)[1:], camera_motion(clips[1:]))


def test_aligned_frames_coincide_where_both_show_the_scene():
    clip = filmed([moved(x=0.1, degrees=3.0)])
    back, inside = align(clip[:, :, 1], camera_motion(clip)[:, 0])
    error = (back - clip[:, :, 0]).abs().amax(1)
    assert 0.8 < inside.float().mean() < 1
    before = (clip[:, :, 1] - clip[:, :, 0]).abs().amax(1)
    assert error[inside].mean() < 0.1 * before.mean()
