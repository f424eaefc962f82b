import pytest

from mmdebias.bias import ClipSpec, Model, from_module, from_onnx
from mmdebias.bias.job import read_job

MODEL = Model('net', 'net.py', 'net.pth')


@pytest.mark.parametrize(
    'options, message',
    [
        (dict(models='net'), r"models='net' must be a list: write models=\['net'\]"),
        (dict(models=[('net', 'net.py', 'net.pth')]), r"models has \('net', .*bias.Model\("),
        (dict(models=MODEL), 'models is a Model and must be a list: write models='),
        (dict(models=iter([])), r'models is a list_iterator and must be a list'),
        (dict(train='train.txt'), r"train='train.txt' must be a list"),
        (dict(probes='original'), r"probes='original' must be a list"),
    ],
)
def test_one_name_in_place_of_a_list_is_refused(options, message):
    with pytest.raises(TypeError, match=message):
        read_job(**{'models': [MODEL], 'videos': 'test.txt', 'out': 'out', **options})


def test_no_probes_at_all_is_refused():
    with pytest.raises(ValueError, match='probes is empty'):
        read_job([MODEL], 'test.txt', 'out', probes=[])


def test_scenes_without_a_layer_to_train_are_refused():
    with pytest.raises(ValueError, match=r"scenes=\['scenes.txt'\] needs train"):
        read_job([MODEL], 'test.txt', 'out', scenes=['scenes.txt'])


@pytest.mark.parametrize('name', ['', ' ', None])
def test_a_model_without_a_name_is_refused(tmp_path, name):
    (tmp_path / 'test.txt').write_text('a.mp4 0\nb.mp4 1\n')
    for file in ('a.mp4', 'b.mp4'):
        (tmp_path / file).touch()
    model = from_module(name, len, ClipSpec(8))
    with pytest.raises(ValueError, match=r'The models have the names \[.*: give each one'):
        read_job([model], tmp_path / 'test.txt', 'out')


@pytest.mark.parametrize('clip', [None, (8, 2, 48)])
def test_what_is_no_clip_spec_is_refused(clip):
    for make in (from_module, from_onnx):
        with pytest.raises(TypeError, match=r'clip=.* of net must be a ClipSpec, such as'):
            make('net', print, clip)
