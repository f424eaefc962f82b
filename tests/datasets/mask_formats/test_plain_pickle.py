import collections
import os
import pickle

import numpy as np
import pytest

from mmdebias.datasets.mask_formats.plain_pickle import load_plain_pickle


@pytest.mark.parametrize('protocol', [2, 3, 4, 5])
def test_arrays_and_plain_values_come_back(tmp_path, protocol):
    content = collections.OrderedDict(
        boxes=[np.arange(8.0).reshape(2, 4), np.zeros((0, 5))],
        count=np.uint8(7),
        name=np.str_('a/b'),
        classes=('run', 'walk'),
    )
    path = tmp_path / 'a.pkl'
    path.write_bytes(pickle.dumps(content, protocol))

    found = load_plain_pickle(path)

    assert (found['boxes'][0] == content['boxes'][0]).all() and found['boxes'][1].shape == (0, 5)
    assert found['count'] == 7 and found['name'] == 'a/b' and found['classes'] == ('run', 'walk')


def test_text_of_python_2_is_text(tmp_path):
    # pickle.dumps({'Biking/a': 3}, 2) of Python 2, whose text is of bytes.
    (tmp_path / 'a.pkl').write_bytes(b'\x80\x02}q\x00U\x08Biking/aq\x01K\x03s.')
    assert load_plain_pickle(tmp_path / 'a.pkl') == {'Biking/a': 3}


class Harmful:
    def __init__(self, file):
        self.file = file

    def __reduce__(self):
        return os.mkdir, (str(self.file),)


def test_nothing_is_run(tmp_path):
    path, done = tmp_path / 'a.pkl', tmp_path / 'done'
    path.write_bytes(pickle.dumps({'gttubes': Harmful(done)}))
    with pytest.raises(ValueError, match=r'a\.pkl is not read: it names posix\.mkdir'):
        load_plain_pickle(path)
    assert not done.exists()


@pytest.mark.parametrize('name', ['builtins\neval', 'builtins\ngetattr', 'os\nsystem'])
def test_functions_are_refused_by_name(tmp_path, name):
    (tmp_path / 'a.pkl').write_bytes(f'c{name}\n.'.encode())
    with pytest.raises(ValueError, match='only arrays and plain values'):
        load_plain_pickle(tmp_path / 'a.pkl')


def test_files_that_are_no_pickles(tmp_path):
    whole = pickle.dumps({'a': np.ones(99)})
    for content in (b'', b'no pickle', whole[: len(whole) // 2]):
        (tmp_path / 'a.pkl').write_bytes(content)
        with pytest.raises(ValueError, match=r'a\.pkl is n'):
            load_plain_pickle(tmp_path / 'a.pkl')
    with pytest.raises(FileNotFoundError, match=r'no file .*b\.pkl'):
        load_plain_pickle(tmp_path / 'b.pkl')
