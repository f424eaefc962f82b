"""Tools that run others, step by step."""

import os
import runpy
import sys

import pytest

from helpers import forking
from helpers.running import ROOT, environment
from mmdebias import runs


@pytest.fixture
def call(monkeypatch, capsys):
    """``call(tool, *arguments)``: what a tool printed, here, while its steps have processes.

    They import nothing that takes long: see :mod:`helpers.forking`.
    """

    def fork(command, follow):
        status, printed = forking.run_script(command[1:], os.getcwd(), environment())
        for line in printed.splitlines(keepends=True):
            follow(line)
        return status

    def call_tool(tool, *arguments):
        monkeypatch.setattr(sys, 'argv', [tool, *map(str, arguments)])
        runpy.run_path(str(ROOT / 'tools' / tool), run_name='__main__')
        return capsys.readouterr().out

    monkeypatch.setattr(runs, 'run', fork)
    monkeypatch.chdir(ROOT)
    return call_tool
