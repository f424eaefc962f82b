"""Files of strangers are read without running them, and an error names what is wrong."""

import collections
import contextlib
import pickle
import random
from argparse import Namespace

import pytest
import torch
from torch import nn

from mmdebias.weights import CheckpointError, read_checkpoint


class Bomb:
    """Unpickled, it makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), 'w')


@pytest.mark.parametrize('zipped', [True, False], ids=['zip', 'pickle'])
def test_code_in_a_file_is_refused_and_never_runs(tmp_path, zipped):
    file, mark = tmp_path / 'released.pth', tmp_path / 'it ran'
    content = dict(state_dict={'module.fc.weight': torch.zeros(1)}, epoch=Bomb(mark))
    torch.save(content, file, _use_new_zipfile_serialization=zipped)

    with pytest.raises(CheckpointError, match=r'refused: .*open`.* run code'):
        read_checkpoint(file)

    assert not mark.exists()
    torch.load(file, weights_only=False)  # the file would have done it
    assert mark.exists()


def test_a_whole_model_is_refused(tmp_path):
    torch.save(nn.Linear(2, 2), tmp_path / 'model.pth')

    with pytest.raises(CheckpointError, match=r'refused: .*torch\.nn\.modules\.linear\.Linear'):
        read_checkpoint(tmp_path / 'model.pth')


def test_plain_records_are_read(tmp_path):
    content = dict(
        opt=Namespace(lr=0.1),
        model=collections.OrderedDict(weight=torch.ones(2)),
        optimizer=nn.Linear(1, 1).state_dict(),
        epoch=3,
    )
    torch.save(content, tmp_path / 'be.pth')

    read = read_checkpoint(tmp_path / 'be.pth')

    assert read['opt'].lr == 0.1
    assert read['model']['weight'].equal(torch.ones(2))


@pytest.mark.parametrize('zipped', [True, False], ids=['zip', 'pickle'])
@pytest.mark.parametrize('share', [0.02, 0.5, 0.99])
def test_a_truncated_file_is_said_to_be(tmp_path, zipped, share):
    file = tmp_path / 'released.pth'
    content = dict(state_dict={str(i): torch.randn(100) for i in range(20)})
    torch.save(content, file, _use_new_zipfile_serialization=zipped)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(share * len(whole))])

    with pytest.raises(CheckpointError, match=r'truncated or damaged \([\d,]+ bytes\): download'):
        read_checkpoint(file)


def test_a_pickle_cut_within_a_name_is_not_taken_for_one_with_strange_objects(tmp_path):
    file = tmp_path / 'released.pth'
    torch.save(dict(weight=torch.ones(2)), file, _use_new_zipfile_serialization=False)
    whole = file.read_bytes()
    name = whole.index(b'torch._utils')
    for length in range(name + 1, name + 30):
        file.write_bytes(whole[:length])
        with pytest.raises(CheckpointError, match='truncated or damaged'):
            read_checkpoint(file)


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        (b'<html>404: not found</html>', r"no checkpoint that torch.save wrote .*b'<htm'"),
        (b'', r'is empty \(0 bytes\): whatever wrote it was stopped'),
    ],
)
def test_a_file_of_another_kind_is_said_to_be(tmp_path, content, message):
    (tmp_path / 'download.pth').write_bytes(content)

    with pytest.raises(CheckpointError, match=message):
        read_checkpoint(tmp_path / 'download.pth')


def test_a_program_is_said_to_be_one(tmp_path):
    torch.jit.script(nn.Linear(1, 1)).save(str(tmp_path / 'program.pth'))

    with pytest.raises(CheckpointError, match='is a TorchScript program, not a checkpoint'):
        read_checkpoint(tmp_path / 'program.pth')


def test_something_else_than_a_dict_is_no_checkpoint(tmp_path):
    torch.save([torch.zeros(1)], tmp_path / 'list.pth')

    with pytest.raises(CheckpointError, match='it holds a list'):
        read_checkpoint(tmp_path / 'list.pth')


def test_a_missing_file_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match='is not there'):
        read_checkpoint(tmp_path / 'none.pth')


def test_random_damage_never_gets_past_as_another_kind_of_error(tmp_path):
    file = tmp_path / 'released.pth'
    torch.save(dict(state_dict={'a': torch.randn(8)}, epoch=1), file)
    whole = file.read_bytes()
    draw = random.Random(0)
    for _ in range(200):
        damaged = bytearray(whole)
        for _ in range(4):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        file.write_bytes(damaged)
        with contextlib.suppress(CheckpointError):
            assert isinstance(read_checkpoint(file), dict)


def test_a_pickle_bare_of_torch_is_no_checkpoint(tmp_path):
    (tmp_path / 'bare.pth').write_bytes(pickle.dumps([1, 2], protocol=4))

    with pytest.raises(CheckpointError, match=r'bare.pth is a pickle of Python that torch.save'):
        read_checkpoint(tmp_path / 'bare.pth')
