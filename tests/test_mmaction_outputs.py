"""A test that could not write its results does not begin."""

import re

import pytest

from mmdebias.mmaction_outputs import check_outputs


@pytest.mark.parametrize(
    ('given', 'says'),
    [
        (['--dump', '{folder}'], r'argument --dump: .* is a folder: give a file'),
        (
            ['--dump', '{folder}/results'],
            r'results is no pickle file: give .* in \.pkl',
        ),
        (['--dump={folder}/file/a.pkl'], r'file is a file: give a folder'),
        (['--show-dir', '{folder}/file'], r'argument --show-dir: .*file is a file: give a folder'),
    ],
)
def test_what_a_test_cannot_write_to_is_refused_before_it_runs(tmp_path, capsys, given, says):
    (tmp_path / 'file').touch()
    check_outputs(['a.py', 'a.pth', '--dump', str(tmp_path / 'new' / 'a.pkl')])
    with pytest.raises(SystemExit):
        check_outputs(['a.py', 'a.pth', *(word.format(folder=tmp_path) for word in given)])
    assert re.search(says, capsys.readouterr().err)
