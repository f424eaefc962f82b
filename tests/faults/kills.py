"""Kills at random moments: what was being made is made in the end, the same."""

import random
import shutil
import signal
import time
from pathlib import Path
from typing import NamedTuple

from jobs import Job
from running import run

MOST = 6  # kills of one run, so that one that makes no headway is looked at


class Killed(NamedTuple):
    """The kills of a job, and what became of them."""

    job: str
    kills: int
    survived: int
    left: int
    """Processes that a kill left running."""
    seconds: float


def kill(job: Job, count: int, folder: Path, draw: random.Random, say) -> Killed:
    """Kill a job at random moments and run it again until it is done, ``count`` kills in all.

    Every second signal is SIGTERM. What the job makes must equal what it makes undisturbed.
    """
    begin = time.monotonic()
    whole = folder / f'{job.name.replace(" ", "_")}_whole'
    env = dict(MMDEBIAS_DATA=str(folder / 'inputs'))
    ended = run(job.command(whole), whole, env=env)
    if ended.code != job.ends:
        raise RuntimeError(f'{job.name} fails undisturbed:\n{ended.output[-3000:]}')
    wanted, seconds = job.made(whole), ended.seconds
    killed = survived = left = 0
    while killed < count:
        work = folder / f'{job.name.replace(" ", "_")}_{killed}'
        here = 0
        while True:
            again = killed + here < count and here < MOST
            moment = draw.uniform(0.2, 1) * seconds if again else None
            number = (signal.SIGKILL, signal.SIGTERM)[(killed + here) % 2]
            ended = run(job.command(work), work, moment, number=number, env=env)
            left += ended.left
            if ended.code is not None:
                break
            here += 1
            say(f'{job.name}: kill {killed + here} after {ended.seconds:.1f} s')
        same = ended.code == job.ends and job.made(work) == wanted
        say(f'{job.name}: after {here} kills {"the same" if same else "NOT the same"}')
        if not same:
            say(ended.output[-3000:])
        killed, survived = killed + here, survived + here * same
        if same:
            shutil.rmtree(work)
    return Killed(job.name, killed, survived, left, time.monotonic() - begin)
