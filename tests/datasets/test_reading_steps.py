"""Faults of a video are told from faults of a transform, and reading has an end."""

import os
import random
import threading
import time

import pytest

from mmdebias.datasets.reading_steps import run_steps, within
from mmdebias.video import RecountedError, VideoReadError


def fail(error):
    def step(sample):
        raise error

    return step


def test_errors_before_there_are_frames_are_the_videos():
    with pytest.raises(VideoReadError, match=r'^OSError: bad$'):
        run_steps([fail(OSError('bad\na stack'))], {})


def test_errors_behind_are_the_transforms():
    with pytest.raises(ValueError, match='bad'):
        run_steps([lambda sample: dict(sample, imgs=[]), fail(ValueError('bad'))], {})


def test_what_the_reader_says_late_is_still_of_the_video():
    with pytest.raises(VideoReadError, match='torn'):
        run_steps([lambda sample: dict(sample, imgs=[]), fail(VideoReadError('torn'))], {})


def test_a_missing_package_is_no_fault_of_the_video():
    with pytest.raises(ImportError):
        run_steps([fail(ImportError('decord'))], {})


def test_a_video_that_is_recounted_is_drawn_from_again():
    drawn = []

    def draw(sample):
        assert sample == {'filename': 'a.mp4'}
        sample['total_frames'] = 40 - len(drawn)
        drawn.append(random.random())
        return sample

    def decode(sample):
        if sample['total_frames'] == 40:
            raise RecountedError('39 frames')
        return sample

    assert run_steps([draw, decode], {'filename': 'a.mp4'})['total_frames'] == 39
    assert drawn[0] == drawn[1]


def test_a_sample_may_be_given_up():
    assert run_steps([lambda sample: None, fail(ValueError())], {}) is None


def test_what_takes_too_long_is_left_behind():
    go_on = threading.Event()
    with pytest.raises(TimeoutError, match=r'longer than 0\.05 s'):
        within(0.05, go_on.wait)
    assert within(10, lambda: 3) == 3
    go_on.set()


def test_errors_come_through():
    with pytest.raises(KeyError, match='x'):
        within(10, lambda: {}['x'])


def test_without_a_limit_it_runs_here():
    assert within(None, threading.get_ident) == threading.get_ident()
    assert within(10, threading.get_ident) != threading.get_ident()


@pytest.mark.skipif(not hasattr(os, 'fork'), reason='this system has no fork')
def test_a_forked_process_has_a_thread_of_its_own():
    within(10, int)
    child = os.fork()
    if not child:
        os._exit(within(10, lambda: 7))
    deadline = time.monotonic() + 20
    while not (done := os.waitpid(child, os.WNOHANG))[0] and time.monotonic() < deadline:
        time.sleep(0.01)
    assert os.waitstatus_to_exitcode(done[1]) == 7
