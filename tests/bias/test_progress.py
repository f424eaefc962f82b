"""What a terminal shows of what takes long."""

import io

import pytest

from mmdebias.bias.progress import Progress, time_left


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_rest_takes_as_long_as_what_was_done_did(monkeypatch):
    terminal, times = Terminal(), iter((100, 110, 120))
    monkeypatch.setattr('sys.stderr', terminal)
    progress = Progress(600, clock=lambda: next(times))
    progress.show(100)  # done before, by a run that was interrupted
    progress.show(110)
    progress.show(600)
    shown = terminal.getvalue().split('\r')[1:]
    assert shown == ['  100/600', '  110/600, 8 min left', f'{"  600/600":21}\n']


def test_a_log_has_no_progress(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr('sys.stderr', stream)
    Progress(2).show(1)
    assert stream.getvalue() == ''


@pytest.mark.parametrize(
    ('seconds', 'words'), [(0.4, '0 s'), (119, '119 s'), (600, '10 min'), (9000, '2.5 h')]
)
def test_times_are_in_words(seconds, words):
    assert time_left(seconds) == words
