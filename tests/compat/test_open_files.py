import resource

import pytest

from mmdebias.compat.open_files import allow_open_files


@pytest.fixture
def limit():
    """``limit(soft)``: sets the soft limit of open files, until the end of the test."""
    kind = resource.RLIMIT_NOFILE
    before = resource.getrlimit(kind)
    yield lambda soft: resource.setrlimit(kind, (soft, before[1]))
    resource.setrlimit(kind, before)


def test_the_usual_limit_is_raised_and_a_higher_one_stays(limit):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    limit(1024)
    allow_open_files()
    raised = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert raised[0] > 1024 and raised[1] == hard
    allow_open_files()
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == raised
