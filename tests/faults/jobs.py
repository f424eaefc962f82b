"""The jobs that a campaign interrupts: how each is started, and what it must have made."""

import hashlib
import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from mmaction.registry import MODELS
from mmengine.config import Config
from mmengine.registry import DefaultScope
from running import ROOT, curve

from helpers.released_files import be_pretraining
from helpers.videos import write_video
from mmdebias.datasets.toy import ToyConfig, make_toy

EPOCHS = 3
SMALL = [
    'train_dataloader.batch_size=4', 'train_dataloader.num_workers=1', 'randomness.seed=7',
    'model.backbone.base_channels=4', 'default_hooks.logger.interval=1',
    'log_processor.window_size=1',
]  # fmt: skip
PRETRAIN = [*SMALL, 'model.neck.in_channels=32', 'model.queue_size=32']


class Job(NamedTuple):
    """Something that is run, killed, and run again."""

    name: str
    command: Callable[[Path], list]
    """From a work directory to the words of the command, the same at each start."""
    made: Callable[[Path], Any]
    """From the work directory to what it must hold in the end, comparable."""
    ends: int = 0
    """Its exit status when it is done."""


def tool(name: str, *arguments: object) -> list:
    """The words of a command of ``tools``."""
    return [sys.executable, ROOT / 'tools' / name, *arguments]


def train(work: Path, *options: str, ranks: int = 1, epochs: int = EPOCHS) -> list:
    """The words of a pre-training with FAME."""
    arguments = ['--work-dir', work, '--resume', '--cfg-options', *PRETRAIN,
                 f'train_cfg.max_epochs={epochs}', *options]  # fmt: skip
    if ranks == 1:
        return tool('train.py', 'configs/fame/r3d_toy.py', *arguments)
    launcher = ROOT / 'tools' / 'dist_train.sh'
    return ['bash', launcher, 'configs/fame/r3d_toy.py', ranks, *arguments]


def trained(work: Path, epochs: int = EPOCHS) -> dict[str, Any]:
    """What a training has made: weights and optimiser, by their digest, and its curve."""
    content = torch.load(work / f'epoch_{epochs}.pth', weights_only=True)
    digest = hashlib.sha256()
    for part in ('state_dict', 'optimizer'):
        for place, tensor in _tensors(content[part], part):
            digest.update(place.encode())
            digest.update(tensor.contiguous().flatten().view(torch.uint8).numpy())
    return dict(weights=digest.hexdigest(), curve=curve(work))


def _tensors(value, place):
    if isinstance(value, torch.Tensor):
        yield place, value.reshape(-1) if value.ndim == 0 else value
    elif isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _tensors(inner, f'{place}.{key}')


def files(folder: Path) -> dict[str, str]:
    """The files of a folder by their digests; hidden ones are leftovers, and count as such."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob('*'))
        if path.is_file() and path.suffix not in ('.log', '.bin', '.jsonl')
    }


def make_inputs(folder: Path) -> None:
    """Write what the jobs take: generated videos, archives, checkpoints."""
    toy = ToyConfig(videos=16, test_videos=16, size=(32, 32), frames=16)
    make_toy(folder / 'toy', toy, workers=1)
    torch.manual_seed(0)
    for name in ('fame', 'supervised'):
        cfg = Config.fromfile(ROOT / 'configs' / name / 'r3d_toy.py')
        cfg.model.backbone.base_channels = 4
        if name == 'fame':
            cfg.model.neck.in_channels, cfg.model.queue_size = 32, 32
        else:
            cfg.model.cls_head.in_channels = 32
        with DefaultScope.overwrite_default_scope('mmaction'):
            state = MODELS.build(cfg.model).state_dict()
        torch.save(dict(meta={}, state_dict=state), folder / f'{name}.pth')
        cfg.dump(folder / f'{name}.py')
    torch.save(be_pretraining(), folder / 'released.pth')
    _make_ucf101(folder)


def _make_ucf101(folder: Path) -> None:
    """Archives of UCF101 with one small video for all of three in each class."""
    frames = np.random.default_rng(0).integers(0, 255, (12, 48, 64, 3), dtype=np.uint8)
    write_video(folder / 'one.mp4', frames)
    content = (folder / 'one.mp4').read_bytes()
    classes = [f'Class{number:03}' for number in range(101)]
    names = [f'{c}/v_{c}_g{group:02}_c01.avi' for c in classes for group in (1, 2, 3)]
    with zipfile.ZipFile(folder / 'UCF101.zip', 'w') as archive:
        for name in names:
            archive.writestr(f'UCF-101/{name}', content)
    with zipfile.ZipFile(folder / 'lists.zip', 'w') as archive:
        numbered = ''.join(f'{number} {name}\n' for number, name in enumerate(classes, 1))
        archive.writestr('ucfTrainTestlist/classInd.txt', numbered)
        for split in (1, 2, 3):
            test = [name for name in names if f'_g{split:02}_' in name]
            rest = [f'{n} {classes.index(n.split("/")[0]) + 1}' for n in names if n not in test]
            archive.writestr(f'ucfTrainTestlist/testlist{split:02}.txt', '\n'.join(test))
            archive.writestr(f'ucfTrainTestlist/trainlist{split:02}.txt', '\n'.join(rest))


def all_jobs(inputs: Path) -> list[Job]:
    """The jobs, on the files of :func:`make_inputs`."""

    def evaluate(work):
        return tool(
            'evaluate.py', '--model', 'FAME', 'configs/fame/r3d_toy.py', inputs / 'fame.pth',
            '--dataset', 'toy', '--out', work, '--protocols', 'linear,knn', '--cfg-options',
            'model.backbone.base_channels=4', 'test_dataloader.num_workers=1',
            'linear:train_cfg.max_epochs=2', 'linear:model.cls_head.in_channels=32',
            'linear:train_dataloader.num_workers=1', 'linear:val_dataloader.num_workers=1',
        )  # fmt: skip

    def table(work):
        (path,) = (work / 'FAME').glob('*/table.json')
        return json.loads(path.read_text())['rows']

    def report(work):
        return tool(
            'bias_report.py', '--model', 'net', inputs / 'supervised.py', inputs / 'supervised.pth',
            '--model', 'FAME', inputs / 'fame.py', inputs / 'fame.pth',
            '--data', inputs / 'toy/test.txt', '--train', inputs / 'toy/train.txt',
            '--probes', 'original', 'background_only', 'scuba_stripes', '--out', work,
        )  # fmt: skip

    def prepare(work):
        return tool(
            'data/ucf101/prepare.py', '--videos', inputs / 'UCF101.zip', '--annotations',
            inputs / 'lists.zip', '--resize', '32', '--out', work,
        )  # fmt: skip

    toy = ['--num-videos', 48, '--num-test-videos', 8, '--frames', 24, '--workers', 2]
    released = ['--checkpoint', inputs / 'released.pth', '--overwrite']
    return [
        Job('pre-training', train, trained),
        Job('evaluation', evaluate, table),
        Job('bias report', report,
            lambda work: json.loads((work / 'report.json').read_text())['measures']),
        Job('preparation', prepare, files, 1),  # for it lacks videos of the official set
        Job('generated videos', lambda work: tool('data/make_toy.py', '--out', work, *toy), files),
        Job('import', lambda work: tool('convert/import_weights.py', *released, '--out',
                                        work / 'imported.pth'), files),
    ]  # fmt: skip
