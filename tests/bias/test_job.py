import pytest

from mmdebias.bias import Model
from mmdebias.bias.job import read_job

MODEL = Model('net', 'net.py', 'net.pth')


@pytest.mark.parametrize(
    'options, message',
    [
        (dict(models='net'), r"models='net' must be a list: write models=\['net'\]"),
        (dict(models=[('net', 'net.py', 'net.pth')]), r"models has \('net', .*bias.Model\("),
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
