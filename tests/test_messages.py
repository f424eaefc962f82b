"""An error is one message, and keeps its traceback where the program may be at fault."""

from pathlib import Path

import pytest

from mmdebias.cli import read_models, run_command


def faulty(how):
    if how == 'ours':
        read_models([('a', 'a.pth', 'b.pth')])
    if how == 'the system':
        Path('none').read_text()
    int('x') if how == 'another package' else len(3)


@pytest.mark.parametrize('how', ['ours', 'the system', 'another package', 'a fault'])
def test_what_may_be_a_fault_of_the_program_keeps_its_traceback(how, capsys):
    with pytest.raises(SystemExit, match=r'^error: ') as stopped:
        run_command(lambda: faulty(how))
    traced = 'Traceback' in capsys.readouterr().err
    assert traced == (how in ('another package', 'a fault'))
    if traced:
        assert str(stopped.value).startswith(('error: ValueError: inv', 'error: TypeError: obj'))
