"""Missing, truncated and replaced files, a disk that is full, ranks that are killed."""

import os
import resource
import shutil
import signal
import socket
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import torch
from jobs import Job, train, trained
from running import run, running_with

HTML = b'<!DOCTYPE html><html><head><title>404 Not Found</title></head></html>\n'


class Fault(NamedTuple):
    """What was done to a run, and whether anything was lost by it."""

    name: str
    held: bool
    note: str


def cut(path: Path, share: float = 0.6) -> None:
    """Keep the first part of a file."""
    os.truncate(path, int(share * path.stat().st_size))


def newest(work: Path) -> Path:
    """The checkpoint saved last."""
    return max(work.glob('epoch_*.pth'), key=lambda path: int(path.stem.split('_')[1]))


def in_old_format(path: Path) -> Path:
    """Write a checkpoint as torch did before 1.6."""
    content = torch.load(path, weights_only=True)
    torch.save(content, path, _use_new_zipfile_serialization=False)
    return path


def another_zip(path: Path) -> None:
    """Put an archive of something else in the place of a file."""
    with zipfile.ZipFile(path, 'w') as archive:
        archive.writestr('page.html', HTML)


FILES: dict[str, Callable[[Path], object]] = {
    'last_checkpoint missing': lambda work: (work / 'last_checkpoint').unlink(),
    'last_checkpoint empty': lambda work: (work / 'last_checkpoint').write_text(''),
    'last_checkpoint cut': lambda work: cut(work / 'last_checkpoint'),
    'last_checkpoint of another folder': lambda work: (work / 'last_checkpoint').write_text(
        '/elsewhere/epoch_2.pth'
    ),
    'newest checkpoint missing': lambda work: newest(work).unlink(),
    'newest checkpoint empty': lambda work: newest(work).write_bytes(b''),
    'newest checkpoint cut': lambda work: cut(newest(work)),
    'newest checkpoint cut, in the old format': lambda work: cut(in_old_format(newest(work))),
    'newest checkpoint replaced by another zip': lambda work: another_zip(newest(work)),
    'newest checkpoint replaced by a web page': lambda work: newest(work).write_bytes(HTML),
}


def damaged_files(folder: Path, whole: Path, env: dict) -> Iterator[Fault]:
    """Damage what a training has left after two of three epochs, and resume it."""
    half = folder / 'half'
    ended = run(train(half, epochs=2), half, env=env)
    assert ended.code == 0, ended.output[-3000:]
    wanted = trained(whole)
    for name, damage in FILES.items():
        work = folder / f'damaged_{name.replace(" ", "_")}'
        shutil.copytree(half, work)
        damage(work)
        ended = run(train(work), work, env=env)
        # The curve of epochs that were run twice is in both logs; the weights say all.
        held = ended.code == 0 and trained(work)['weights'] == wanted['weights']
        yield Fault(name, held, 'resumed, the same weights' if held else ended.output[-600:])


def damaged_results(folder: Path, evaluation: Job, env: dict) -> Iterator[Fault]:
    """Cut the results in the folder of an evaluation that is done; it is made again, the same."""
    work = folder / 'evaluation_whole'
    if not work.exists():
        run(evaluation.command(work), work, env=env)
    wanted = evaluation.made(work)
    for path in sorted(work.rglob('result.json')):
        cut(path)
    ended = run(evaluation.command(work), work, env=env)
    held = ended.code == 0 and evaluation.made(work) == wanted
    yield Fault('result.json cut', held, 'made again' if held else ended.output[-600:])


def damaged_videos(folder: Path, inputs: Path) -> Iterator[Fault]:
    """Take a video away and cut another before a training: it goes on and lists both."""
    data = folder / 'videos_damaged'
    shutil.copytree(inputs / 'toy', data / 'toy')
    first, second = sorted((data / 'toy' / 'videos' / 'train').glob('*.mp4'))[:2]
    first.unlink()
    cut(second)
    work = folder / 'damaged_videos'
    options = ['train_dataloader.dataset.max_failed_share=0.5']
    ended = run(train(work, *options, epochs=1), work, env=dict(MMDEBIAS_DATA=str(data)))
    listed = work / 'undecodable_videos.txt'
    text = listed.read_text() if listed.is_file() else ''
    held = ended.code == 0 and first.name in text and second.name in text
    yield Fault('a video missing, another cut', held, 'trained, both listed' if held else text)


def full_disk(folder: Path, whole: Path, env: dict) -> Iterator[Fault]:
    """Let no file grow beyond 512 kB once there is a checkpoint; later resume without that limit.

    Stands in for a full disk, which only an administrator can make.
    """
    work = folder / 'full_disk'

    def limit(number: int) -> bool:
        if (work / 'last_checkpoint').exists():
            for rank in {number, *running_with(work)}:
                resource.prlimit(rank, resource.RLIMIT_FSIZE, (512 << 10, resource.RLIM_INFINITY))
        return False

    ended = run(train(work), work, when=limit, env=env)
    failed = ended.code not in (0, None)
    ended = run(train(work), work, env=env)
    held = failed and ended.code == 0 and trained(work)['weights'] == trained(whole)['weights']
    note = 'stopped, then resumed, the same weights' if held else ended.output[-600:]
    yield Fault('disk full while a checkpoint is written', held, note)


def killed_ranks(folder: Path, env: dict) -> Iterator[Fault]:
    """Kill one of two ranks, and the launcher of two; resume both."""
    whole = folder / 'ranks_whole'
    ended = run(train(whole, ranks=2), whole, env=_on_a_port(env))
    assert ended.code == 0, ended.output[-3000:]
    for name in ('one of two ranks killed', 'the launcher of two ranks killed'):
        work = folder / name.replace(' ', '_')
        killed = []

        def attack(number: int, work=work, name=name, killed=killed) -> bool:
            if not (work / 'last_checkpoint').exists() or killed:
                return False
            if 'launcher' in name:
                killed.append(number)
                return True
            for rank in running_with(work):
                variables = Path(f'/proc/{rank}/environ').read_bytes().split(b'\0')
                if b'LOCAL_RANK=1' in variables:
                    os.kill(rank, signal.SIGKILL)
                    killed.append(time.monotonic())
                    break
            return False

        first = run(train(work, ranks=2), work, when=attack, env=_on_a_port(env))
        resumed = run(train(work, ranks=2), work, env=_on_a_port(env))
        held = bool(killed) and first.code != 0 and not first.left and resumed.code == 0
        held = held and trained(work)['weights'] == trained(whole)['weights']
        note = 'nothing left running; resumed, the same weights'
        yield Fault(name, held, note if held else resumed.output[-600:])


def _on_a_port(env: dict) -> dict:
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        return dict(env, PORT=str(free.getsockname()[1]))
