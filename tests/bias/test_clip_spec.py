import math

import pytest

from mmdebias.bias import ClipSpec, parse_clip


def test_a_command_line_states_frames_stride_and_size():
    assert parse_clip('16x4x224') == ClipSpec(frames=16, stride=4, size=(224, 224))
    assert parse_clip('8x1x128x171').height_and_width == (128, 171)
    options = 'mean=0.45:0.45:0.45,std=0.2:0.2:0.3,layout=NTCHW,clips=10,resize=256'
    assert parse_clip(f'16x4x224,{options}') == ClipSpec(
        frames=16,
        stride=4,
        size=224,
        mean=(0.45, 0.45, 0.45),
        std=(0.2, 0.2, 0.3),
        layout='NTCHW',
        clips=10,
        resize=256,
    )
    assert parse_clip('8x2x112,resize=128:171').resize == (128, 171)
    assert parse_clip('8x2x112,rounding=down').rounding == 'down'
    assert parse_clip('8xspreadx224') == ClipSpec(frames=8, stride='spread', size=(224, 224))


def test_a_mean_of_pixels_is_one_of_shares():
    spec = ClipSpec(8, mean=[102, 51, 0], std=[51, 51, 25.5])
    mean, std = spec.normalisation
    assert mean == pytest.approx((0.4, 0.2, 0)) and std == pytest.approx((0.2, 0.2, 0.1))
    ClipSpec(8, mean=(104, 117, 128), std=(1, 1, 1))  # pixels less their mean
    ClipSpec(8, mean=(0, 0, 0), std=(1, 1, 1))


def test_a_spec_says_what_it_is():
    assert str(ClipSpec(8, 2, (32, 48))) == (
        '[NCTHW] 8 frames, every 2, 32x48 pixels, values 0 to 1, not normalised'
    )
    assert str(ClipSpec(1, size=8, values='uint8', clips=3, layout='NTCHW')) == (
        '[NTCHW] 1 frames, 8x8 pixels, 3 clips a video, values 0 to 255'
    )
    assert str(ClipSpec(8, 'spread', 32)).startswith('[NCTHW] 8 frames, spread over the video, 32x')
    assert ClipSpec(8, size=32).shape == (3, 8, 32, 32)
    assert ClipSpec(8, size=32, layout='NTCHW').shape == (8, 3, 32, 32)


def test_the_span_is_what_a_video_needs():
    assert [ClipSpec(8, stride).span for stride in (1, 32, 'spread')] == [8, 225, 1]


@pytest.mark.parametrize(
    ('arguments', 'error', 'message'),
    [
        (dict(frames=0), ValueError, 'frames=0 must be 1 or more'),
        (dict(frames=8.0), TypeError, r'frames=8\.0 must be a whole number'),
        (dict(stride=True), TypeError, 'stride=True must be a whole number'),
        (dict(stride='all'), TypeError, "stride='all' must be a whole number, or 'spread'"),
        (dict(clips=-1), ValueError, 'clips=-1 must be 1 or more'),
        (dict(size='224'), TypeError, "size='224' must be a whole number, or height and width"),
        (dict(size=(224,)), TypeError, r'size=\(224,\) must be'),
        (dict(layout='NHWC'), ValueError, "layout='NHWC' must be one of .*NCTHW"),
        (dict(values='int8'), ValueError, "values='int8' must be one of"),
        (dict(interpolation='area'), ValueError, "interpolation='area' must be one of"),
        (dict(mean=(0, 0, 0)), ValueError, r'mean=\(0, 0, 0\) and std=None go together'),
        (dict(mean=(0, 0), std=(1, 1)), ValueError, r'mean=\(0, 0\) must be three numbers'),
        (dict(mean=0.5, std=0.5), ValueError, r'mean=0\.5 must be three numbers'),
        (dict(mean=(0, 0, 0), std=(1, 0, 1)), ValueError, 'must be above 0'),
        (dict(mean=[math.nan] * 3, std=(1,) * 3), ValueError, 'mean=.nan.* must be finite'),
        (dict(mean=(0,) * 3, std=(1, math.inf, 1)), ValueError, 'std=.*inf.* must be finite'),
        (
            dict(mean=(0,) * 3, std=(255,) * 3),
            ValueError,
            r'values in \[0, 1\] and std=.* \[0, 255\]',
        ),
        (dict(mean=(124, 116, 104), std=(0.2,) * 3), ValueError, r'in \[0, 255\] and std=.*0\.2'),
        (dict(mean='abc', std=(1,) * 3), ValueError, 'mean=abc must be three numbers'),
        (dict(rounding='up'), ValueError, "rounding='up' must be one of"),
        (dict(mean=(0,) * 3, std=(1,) * 3, values='uint8'), ValueError, 'are not normalised'),
        (dict(resize=200), ValueError, r'resize=200 is below size=\(224, 224\)'),
        (dict(resize=(256, 200)), ValueError, r'resize=\(256, 200\) is below size'),
    ],
)
def test_what_no_clip_can_be_is_named(arguments, error, message):
    with pytest.raises(error, match=message):
        ClipSpec(**{'frames': 8, **arguments})


@pytest.mark.parametrize('text', ['16x4', 'x4x224', '16x4x224x224x3', 'abc', 'spreadx4x224'])
def test_a_clip_in_another_form_is_told_the_form(text):
    with pytest.raises(ValueError, match=rf'--clip {text} must be FRAMESxSTRIDExSIZE'):
        parse_clip(text)


def test_unknown_options_of_a_clip_are_named():
    with pytest.raises(ValueError, match="'fps=8' is none of mean, std"):
        parse_clip('16x4x224,fps=8')
    with pytest.raises(ValueError, match="'clips=two' has something else than numbers"):
        parse_clip('16x4x224,clips=two')
    with pytest.raises(
        ValueError, match=r'--clip 8x2x48,.*; resize is a number, or height and wid'
    ):
        parse_clip('8x2x48,resize=48:48:48')
