"""Small random models of transformers, from folders as their users have; no downloads."""

import json

import numpy as np
import pytest
import torch

from helpers.puppets import write_puppets
from mmdebias.bias import bias_report, from_hugging_face
from mmdebias.bias.hugging_face import read_clip

PROCESSOR = dict(
    do_resize=True, size=dict(shortest_edge=36), do_center_crop=True,
    crop_size=dict(height=32, width=32), do_rescale=True, rescale_factor=1 / 255,
    do_normalize=True, image_mean=[0.4, 0.5, 0.6], image_std=[0.2, 0.25, 0.5], resample=2,
)  # fmt: skip
SMALL = dict(hidden_size=16, num_hidden_layers=2, num_attention_heads=2, patch_size=8)
VIDEOMAE = dict(
    **SMALL, image_size=32, num_frames=4, intermediate_size=32, decoder_hidden_size=16,
    decoder_num_hidden_layers=1, decoder_num_attention_heads=2, decoder_intermediate_size=16,
)  # fmt: skip
# Before transformers 5 its rotation takes heads of 12 numbers and more.
VJEPA2 = dict(
    {**SMALL, 'hidden_size': 24}, crop_size=32, frames_per_clip=16, num_pooler_layers=1,
    pred_hidden_size=24, pred_num_attention_heads=2, pred_num_hidden_layers=1,
)  # fmt: skip
OTHERS = dict(**SMALL, image_size=32, num_frames=4, intermediate_size=32)
NAMES = dict(id2label={0: 'Going Down', 1: 'going right', 2: 'standing'})
PROBES = ['original', 'action_swap', 'static_frame']


@pytest.fixture(scope='module')
def transformers():
    return pytest.importorskip('transformers', reason='pip install "mmdebias[transformers]"')


@pytest.fixture(scope='module')
def puppets(tmp_path_factory):
    """Paths and labels of eight videos of 32x32 pixels, with masks beside."""
    return write_puppets(tmp_path_factory.mktemp('puppets'))


@pytest.fixture
def save(transformers, tmp_path):
    """``save(class, config, options)``: a folder with a random model and its processor."""

    def write(kind, options, processor=PROCESSOR, file='preprocessor_config.json'):
        model = getattr(transformers, kind)
        torch.manual_seed(0)
        model(model.config_class(**options)).save_pretrained(tmp_path / kind)
        if processor is not None:
            (tmp_path / kind / file).write_text(json.dumps(processor))
        return tmp_path / kind

    return write


def report_on(model, puppets, **options):
    paths, labels = puppets
    masks = paths[0].parents[1] / 'masks' / 'puppets'
    options = dict(masks=masks, probes=PROBES, **options)
    return bias_report([model], paths, options.pop('labels', labels), **options)


@pytest.mark.parametrize(
    ('kind', 'options', 'width'),
    [
        ('VideoMAEForVideoClassification', VIDEOMAE, 16),
        ('VJEPA2ForVideoClassification', VJEPA2, 24),
        ('TimesformerForVideoClassification', OTHERS, 16),
        ('VivitForVideoClassification', dict(OTHERS, tubelet_size=[2, 8, 8]), 16),
    ],
)
def test_classifiers_give_scores_and_features(save, puppets, kind, options, width):
    folder = save(kind, options)
    model = from_hugging_face('net', folder, stride=2)
    assert (model.output, model.has_features, model.classes) == ('scores', True, None)
    assert model.clip.layout == 'NTCHW' and model.clip.height_and_width == (32, 32)
    clips = torch.rand(2, *model.clip.shape)
    with torch.no_grad():
        found = model.load()(clips)
    assert found['scores'].shape == (2, 2) and found['features'].shape[2] == width
    report = report_on(model, puppets)
    assert {m['name'] for m in report.content['measures']} >= {
        'original/accuracy',
        'action_swap/background_error',
        'sensitivity/scene_share',
    }
    assert f'{kind} of transformers' in report.markdown()


def test_the_scores_are_those_of_transformers(save, transformers):
    folder = save('VideoMAEForVideoClassification', VIDEOMAE)
    clips = torch.randn(2, 4, 3, 32, 32)
    stock = transformers.VideoMAEForVideoClassification.from_pretrained(folder).eval()
    with torch.no_grad():
        found = from_hugging_face('net', folder).load()(clips)
        torch.testing.assert_close(found['scores'], stock(clips).logits)
        # What its classifier sees: the mean of the tokens.
        features = stock.fc_norm(found['features'].mean(1))
        torch.testing.assert_close(stock.classifier(features), found['scores'])


@pytest.mark.parametrize(
    ('kind', 'options'),
    [
        ('VideoMAEModel', VIDEOMAE),
        ('VideoMAEForPreTraining', VIDEOMAE),
        ('VJEPA2Model', VJEPA2),
    ],
)
def test_encoders_get_a_linear_layer(save, puppets, kind, options):
    folder = save(kind, options)
    model = from_hugging_face('net', folder, stride=4)
    assert (model.output, model.classes) == ('features', None)
    paths, labels = puppets
    report = report_on(model, puppets, train=paths, train_labels=labels)
    # Trained and tested on the same eight videos, of two colours.
    assert report.value('net', 'original/accuracy') == 1
    assert report.content['checkpoints'][0]['kind'] == 'probe'


def test_labels_may_be_the_names_of_the_classes(save, puppets):
    folder = save('VideoMAEForVideoClassification', dict(VIDEOMAE, **NAMES))
    model = from_hugging_face('net', folder)
    assert model.classes == ('Going Down', 'going right', 'standing')
    numbers = report_on(model, puppets, labels=[1 - label for label in puppets[1]])
    names = ['going_down' if label else 'going_right' for label in puppets[1]]
    named = report_on(model, puppets, labels=names)
    for measure in ('original/accuracy', 'static_frame/accuracy'):
        assert named.value('net', measure) == numbers.value('net', measure)
    with pytest.raises(ValueError, match=r"net has no class 'juggling' \(1 of 2 names"):
        report_on(
            model, puppets, labels=['juggling' if label else 'standing' for label in puppets[1]]
        )


def test_the_processor_gives_the_clip(save, transformers):
    folder = save('VideoMAEModel', VIDEOMAE, dict(PROCESSOR, resample=3))
    spec = read_clip('net', folder)
    assert (spec.frames, spec.stride, spec.size, spec.resize) == (4, 4, (32, 32), 36)
    assert spec.interpolation == 'bicubic'
    assert spec.normalisation == (
        pytest.approx((0.4, 0.5, 0.6)),
        pytest.approx((0.2, 0.25, 0.5)),
    )
    assert read_clip('net', folder, stride=2, clips=3).stride == 2


# Of the last a long side is not whole: 36 * 67 / 45 is 53.6, and transformers' is 53.
@pytest.mark.parametrize('size', [(45, 60), (45, 67), (67, 45)])
@pytest.mark.parametrize('kind', ['VideoMAEImageProcessor', 'VivitImageProcessor'])
def test_clips_are_those_of_transformers_own_processor(save, transformers, kind, size):
    from mmdebias.bias.clips import to_clips, to_input

    processor = getattr(transformers, kind)(
        size=dict(shortest_edge=36), crop_size=dict(height=32, width=32)
    )
    folder = save('VideoMAEModel', VIDEOMAE, None)
    processor.save_pretrained(folder)
    frames = list(np.random.default_rng(0).integers(0, 256, (4, *size, 3), dtype=np.uint8))
    expected = processor(frames, return_tensors='pt')['pixel_values'][0]
    spec = read_clip('net', folder)
    found = to_input(to_clips(frames, spec), spec)[0]
    # A pixel value of 255 is rounded to another by the one or the other.
    assert (found - expected).abs().max() <= 2.1 / 255 / min(spec.normalisation[1])
    assert (found - expected).abs().mean() < 2e-3


def test_v_jepa_2_resizes_as_its_processor_does(save):
    for size in (dict(shortest_edge=1), None):
        options = dict(PROCESSOR, size=size)
        folder = save('VJEPA2Model', VJEPA2, options, 'video_preprocessor_config.json')
        assert read_clip('net', folder).resize == 36 and read_clip('net', folder).stride == 4


@pytest.mark.parametrize(
    ('kind', 'frames', 'stride'),
    [
        ('videomae', 16, 4),
        ('timesformer', 8, 32),
        ('timesformer', 16, 16),
        ('timesformer', 96, 4),
        ('vivit', 32, 2),
        ('vjepa2', 16, 4),
        ('vjepa2', 64, 2),
    ],
)
def test_strides_are_those_of_the_released_configs(tmp_path, kind, frames, stride):
    key = 'frames_per_clip' if kind == 'vjepa2' else 'num_frames'
    (tmp_path / 'config.json').write_text(json.dumps({'model_type': kind, key: frames}))
    (tmp_path / 'preprocessor_config.json').write_text(json.dumps(PROCESSOR))
    assert read_clip('net', tmp_path).stride == stride


def test_a_stride_that_was_assumed_is_said(save, capsys):
    folder = save('VideoMAEModel', VIDEOMAE)
    from_hugging_face('net', folder)
    printed = capsys.readouterr().out
    assert 'warning: net: its folder does not say how far apart' in printed
    assert 'A stride of 4 is taken, 13 frames of a video' in printed
    assert 'a guess, that of VideoMAE on Kinetics-400.' in printed
    assert '--clip 4xSTRIDEx32' in printed
    from_hugging_face('net', folder, stride=2)
    assert capsys.readouterr().out == ''


def test_a_stride_that_was_assumed_stands_in_the_report(save):
    folder = save('VideoMAEModel', VIDEOMAE)
    guessed, stated = (from_hugging_face('net', folder, stride=stride) for stride in (None, 4))
    assert guessed.facts()['clip'] == (
        f'{stated.facts()["clip"]} (how far its frames are apart is a guess, that of VideoMAE on '
        'Kinetics-400)'
    )
    assert guessed.key == stated.key


@pytest.mark.parametrize(
    ('kind', 'classes', 'stride'),
    [
        ('timesformer', 174, 'spread'),
        ('videomae', 174, 'spread'),
        ('timesformer', 400, 32),
        ('videomae', 400, 4),
    ],
)
def test_models_of_something_something_take_the_whole_video(
    transformers, tmp_path, capsys, kind, classes, stride
):
    names = {number: f'Action {number}' for number in range(classes)}
    config = dict(model_type=kind, num_frames=8, id2label=names, architectures=['Net'])
    (tmp_path / 'config.json').write_text(json.dumps(config))
    (tmp_path / 'preprocessor_config.json').write_text(json.dumps(PROCESSOR))
    assert from_hugging_face('net', tmp_path).clip.stride == stride
    printed = capsys.readouterr().out
    if stride == 'spread':
        assert 'Frames spread over the whole video are taken: a guess, that of' in printed
        assert 'Something-Something v2' in printed


@pytest.mark.parametrize(
    ('processor', 'message'),
    [
        ({**PROCESSOR, 'image_mean': None}, 'preprocessor_config.json has no image_mean and'),
        ({'size': 32}, 'preprocessor_config.json has no image_mean and image_std'),
        ({**PROCESSOR, 'image_mean': 'x'}, "config.json has image_mean 'x', and three numbers are"),
        (
            {**PROCESSOR, 'image_mean': [0.5, 0.5]},
            r'has image_mean \[0.5, 0.5\], and three numbers',
        ),
        ({**PROCESSOR, 'image_std': [0, 0, 0]}, 'three numbers above 0 are needed'),
        ({**PROCESSOR, 'size': 'big'}, "config.json has size 'big', which is neither a number"),
        ({**PROCESSOR, 'crop_size': {'height': 3}}, 'has crop_size .*, which is neither a number'),
        ({**PROCESSOR, 'rescale_factor': 'x'}, "rescale_factor 'x' must be a number above 0"),
        ({**PROCESSOR, 'rescale_factor': 0}, 'rescale_factor 0 must be a number above 0'),
        ({**PROCESSOR, 'do_resize': False}, 'has do_resize False, and clips are made of frames'),
        ({**PROCESSOR, 'resample': 0}, 'has resample 0, and clips are made of frames that are'),
        (
            {**PROCESSOR, 'size': dict(shortest_edge=32, longest_edge=40)},
            'has size .*longest_edge.*, and clips are made of frames that are resized to cover',
        ),
        ([PROCESSOR], 'preprocessor_config.json holds a list, and not keys and their values'),
    ],
)
def test_a_processor_that_says_no_clip_is_named(save, processor, message):
    with pytest.raises(ValueError, match=message):
        from_hugging_face('net', save('VideoMAEModel', VIDEOMAE, processor))


def test_a_folder_that_lacks_something_is_named(save, tmp_path):
    with pytest.raises(FileNotFoundError, match=r'net: .* has no config.json: give a folder that'):
        from_hugging_face('net', tmp_path)
    folder = save('VideoMAEModel', VIDEOMAE, None)
    with pytest.raises(FileNotFoundError, match=r'has no video_preprocessor_config\.json or'):
        from_hugging_face('net', folder)
    config = json.loads((folder / 'config.json').read_text())
    (folder / 'config.json').write_text(json.dumps(dict(config, model_type='other')))
    message = r"'other'.* does not say a stride, and none is known .* with 4 frames: give stride"
    with pytest.raises(ValueError, match=message):
        from_hugging_face('net', folder)


def test_a_head_that_is_not_in_the_folder_is_no_model(save, puppets):
    folder = save('VideoMAEModel', dict(VIDEOMAE, use_mean_pooling=True))
    config = json.loads((folder / 'config.json').read_text())
    config['architectures'] = ['VideoMAEForVideoClassification']
    (folder / 'config.json').write_text(json.dumps(config))
    with pytest.raises(ValueError, match=r'lacks \d tensors .* classifier.bias, which would stay'):
        report_on(from_hugging_face('net', folder), puppets)


def test_a_config_that_is_none_is_named(save):
    folder = save('VideoMAEModel', VIDEOMAE)
    file = folder / 'config.json'
    config = json.loads(file.read_text())
    for changed, message in (
        ([config], r'net: .*config\.json holds a list, and not keys'),
        (dict(config, num_frames='many'), r"net: .*no clips can be made of \(frames='many' must"),
        (dict(config, id2label=[1]), 'net: the config or the processor of .*'),
        (dict(config, architectures='VideoMAE'), "json has architectures 'VideoMAE', so whether"),
        (dict(config, architectures=None), 'json has architectures None, so whether its weights'),
    ):
        file.write_text(json.dumps(changed))
        with pytest.raises(ValueError, match=message):
            from_hugging_face('net', folder)


def test_weights_that_are_damaged_or_missing_are_named(save, puppets):
    folder = save('VideoMAEForVideoClassification', VIDEOMAE)
    file = folder / 'model.safetensors'
    message = 'net: transformers cannot load the model of .*: give a folder with whole weights'
    for damage in (lambda: file.write_bytes(file.read_bytes()[:100]), file.unlink):
        damage()
        with pytest.raises(ValueError, match=message):
            report_on(from_hugging_face('net', folder), puppets)


def test_vivits_own_rescaling_is_known(save):
    options = {k: v for k, v in PROCESSOR.items() if k != 'rescale_factor'}
    options |= dict(image_mean=[0.5] * 3, image_std=[0.5] * 3)
    for kind, mean in (('VivitImageProcessor', 0.75), ('VideoMAEImageProcessor', 0.5)):
        folder = save('VideoMAEModel', VIDEOMAE, dict(options, image_processor_type=kind))
        assert read_clip('net', folder).normalisation[0] == pytest.approx([mean] * 3)
