"""Bad inputs: each must be an error that names what is wrong, and leave nothing behind."""

import re
import shutil
from pathlib import Path
from typing import NamedTuple

import torch
from damage import HTML, cut
from mmaction.registry import MODELS
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.registry import DefaultScope
from running import ROOT, run_forked

from helpers.videos import cut_video

FAME = 'configs/fame/r3d_toy.py'
TUNE = 'configs/finetune/r3d_toy.py'
SMALL = ['model.backbone.base_channels=4', 'train_dataloader.num_workers=0',
         'train_dataloader.persistent_workers=False']  # fmt: skip
PRE = [*SMALL, 'model.neck.in_channels=32', 'model.queue_size=32',
       'train_dataloader.batch_size=4', 'train_cfg.max_epochs=1']  # fmt: skip


class Bad(NamedTuple):
    """A command with one thing wrong in it."""

    name: str
    tool: str
    arguments: list
    says: str
    """What the message must have in it, a regular expression."""


class Answer(NamedTuple):
    """How a command answered."""

    name: str
    well: bool
    traceback: bool
    last: str
    """Its last line."""


def answer(bad: Bad, folder: Path, env: dict) -> Answer:
    """Run a command and judge its answer: an error in time, that names what is wrong."""
    code, output = run_forked(bad.tool, bad.arguments, folder / 'answer.log', env=env)
    lines = [line for line in output.splitlines() if line.strip()]
    end = '\n'.join(lines[-14:])
    well = code not in (0, None) and re.search(bad.says, end) is not None
    last = lines[-1] if lines else ''
    return Answer(bad.name, well, 'Traceback (most recent call last)' in output, last[:200])


def bad_files(folder: Path, inputs: Path) -> dict[str, Path]:
    """Write damaged checkpoints, lists, videos and configs."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made = {}

    def new(name: str, content: bytes | str | None = None, of: Path | None = None) -> Path:
        path = made[name] = folder / name
        if of is not None:
            shutil.copy(of, path)
        elif content is not None:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    cut(new('cut.pth', of=inputs / 'fame.pth'))
    cut(new('cut_late.pth', of=inputs / 'fame.pth'), 0.99)
    cut(new('cut_net.pth', of=inputs / 'supervised.pth'))
    cut(new('cut_released.pth', of=inputs / 'released.pth'))
    new('empty.pth', b'')
    new('page.pth', HTML)
    new('text.pth', 'weights of the best model\n')
    weights = torch.load(inputs / 'fame.pth', weights_only=True)['state_dict']
    nan = dict(weights, **{'backbone.conv1.conv.weight': weights['backbone.conv1.conv.weight'] / 0})
    half = {k: v for k, v in weights.items() if 'layer3' not in k}
    wide = {k: v.repeat_interleave(2, 0) if v.ndim else v for k, v in weights.items()}
    for name, state in (('nan', nan), ('half', half), ('wide', wide), ('bare', {})):
        torch.save(dict(meta={}, state_dict=state), new(f'{name}.pth'))
    torch.save([1, 2], new('list.pth'))
    torch.save(dict(meta={}, state_dict=weights), new('model_only.pth'))
    hub = dict(runtime_info=dict(epoch=1), log_scalars=dict(loss=1.0), resumed_keys=dict(loss=True))
    rates = dict(last_step=1, _global_step=2, base_values=[0.1])
    whole = dict(
        meta=dict(epoch=1, iter=2),
        message_hub=hub,
        state_dict=weights,
        optimizer=_optimizer_state(),
        param_schedulers=[rates],
    )
    torch.save(whole, new('whole.pth'))
    first = nan['backbone.conv1.conv.weight']
    whole['optimizer']['state'] = {0: dict(momentum_buffer=first)}
    torch.save(whole, new('optimizer_nan.pth'))
    new('empty.txt', '')
    new('gone.txt', 'a.mp4 0\nb.mp4 1\n')
    lines = (inputs / 'toy/train.txt').read_text().splitlines()
    new('half_labelled.txt', '\n'.join([*lines[:-1], lines[-1].split()[0]]) + '\n')
    cut(new('cut.mp4', of=next((inputs / 'toy/videos/train').glob('*.mp4'))))
    cut_video(next((inputs / 'toy/videos/train').glob('*.mp4')), new('cut_behind_index.mp4'))
    new('cut_video.txt', f'{made["cut_behind_index.mp4"]} 0\n')
    new('page.mp4', HTML)
    new('boxes.json', '{"video": [[1, 2,')
    new('syntax.py', 'model = dict(\n')
    base = f'_base_ = {str(ROOT / FAME)!r}\n'
    new('queue.py', f"{base}model = dict(queue_size='8')\n")
    new('rate.py', f"{base}optim_wrapper = dict(optimizer=dict(lr='.1'))\n")
    new('not_a_zip.zip', HTML)
    new('file', '')
    new('lists.txt', 'x')
    return made


def _optimizer_state() -> dict:
    """The state of the optimiser that a training of FAME begins with."""
    cfg = Config.fromfile(ROOT / FAME)
    cfg.model.backbone.base_channels, cfg.model.neck.in_channels = 4, 32
    with DefaultScope.overwrite_default_scope('mmaction'):
        return build_optim_wrapper(MODELS.build(cfg.model), cfg.optim_wrapper).state_dict()


def all_inputs(inputs: Path, folder: Path) -> list[Bad]:
    """The bad inputs, on the files of :func:`bad_files`."""
    f = bad_files(folder, inputs)
    out, count = folder / 'out', iter(range(1000))
    none = folder / 'none'
    toy = inputs / 'toy'

    def train(name, says, *options, config=FAME, arguments=()):
        work = ['--work-dir', f'{out}{next(count)}'] if '--work-dir' not in arguments else []
        every = [config, *work, *arguments, '--cfg-options', *(PRE if config == FAME else SMALL)]
        return Bad(f'train: {name}', 'train.py', [*every, *options], says)

    def test(name, says, checkpoint, *options):
        every = [TUNE, checkpoint, '--work-dir', f'{out}{next(count)}', '--cfg-options', *SMALL]
        return Bad(f'test: {name}', 'test.py',
                   [*every, 'model.cls_head.in_channels=32', *options], says)  # fmt: skip

    def evaluate(name, says, checkpoint=inputs / 'fame.pth', *more):
        return Bad(f'evaluate: {name}', 'evaluate.py',
                   ['--model', 'a', FAME, checkpoint, '--dataset', 'toy', '--protocols', 'knn',
                    '--out', out, '--cfg-options', SMALL[0], *more], says)  # fmt: skip

    def report(name, says, checkpoint=inputs / 'supervised.pth', *more, data=toy / 'test.txt'):
        return Bad(f'report: {name}', 'bias_report.py',
                   ['--model', 'a', inputs / 'supervised.py', checkpoint, '--data', data,
                    '--out', out, *more], says)  # fmt: skip

    def bring(name, says, checkpoint, *more):
        return Bad(f'import: {name}', 'convert/import_weights.py',
                   ['--checkpoint', checkpoint, '--out', f'{out}.pth', *more], says)  # fmt: skip

    def other(tool, name, says, *arguments):
        return Bad(f'{Path(tool).stem}: {name}', tool, list(arguments), says)

    kinds = [('cut', 'is truncated or damaged'), ('empty', r'is empty \(0 bytes\)'),
             ('page', 'is no checkpoint'),
             ('list', 'is no checkpoint: it holds a list')]  # fmt: skip
    ann = 'train_dataloader.dataset.ann_file='
    found = [
        *(train(f'load_from {k}.pth', rf'{k}\.pth {says}', f'load_from={f[k + ".pth"]}')
          for k, says in kinds),
        *(train(f'--resume {k}.pth', rf'{k}\.pth {says}', arguments=['--resume', f[k + '.pth']])
          for k, says in kinds),
        *(test(f'{k}.pth', rf'{k}\.pth {says}', f[k + '.pth']) for k, says in kinds),
        *(evaluate(f'{k}.pth', rf'{k}\.pth {says}', f[k + '.pth']) for k, says in kinds),
        *(report(f'{k}.pth', rf'{k}\.pth {says}', f[k + '.pth']) for k, says in kinds),
        *(bring(f'{k}.pth', rf'{k}\.pth {says}', f[k + '.pth']) for k, says in kinds),
        train('--resume of a model only', r'model_only\.pth cannot be resumed: .*lacks .*optimizer',
              arguments=['--resume', f['model_only.pth']]),
        train('--resume with another optimizer', r'whole\.pth: its optimizer is of another class',
              'optim_wrapper.optimizer._delete_=True', 'optim_wrapper.optimizer.type=AdamW',
              arguments=['--resume', f['whole.pth']]),
        train('--resume with more groups', r'whole\.pth: its optimizer has 1 group',
              'optim_wrapper.paramwise_cfg.bias_decay_mult=0',
              arguments=['--resume', f['whole.pth']]),
        train('--resume of a NaN optimizer', r'optimizer_nan\.pth: its optimizer is not finite',
              arguments=['--resume', f['optimizer_nan.pth']]),
        train('no model', 'model=None, and a training needs it', 'model=None'),
        train('a milestone that is no list', 'milestones=120 must be a list',
              'param_scheduler.0.milestones=120'),
        train('a batch of 0', r'batch_size=0 must be 1 or more', 'train_dataloader.batch_size=0'),
        train('an area that is no range', r'area_range=0\.2 must be two numbers',
              'train_dataloader.dataset.pipeline.per_view.crop.area_range=0.2'),
        train('a misspelt default hook', 'default_hooks.chekpoint names no class',
              'default_hooks.chekpoint.interval=5'),
        train('load_from missing', r'none.*is not there', f'load_from={none}.pth'),
        train('load_from NaN', r'nan\.pth (?s:.)*not finite', f'load_from={f["nan.pth"]}'),
        train('load_from half', r'half\.pth (?s:.)*missing', f'load_from={f["half.pth"]}'),
        train('load_from wide', r'wide\.pth (?s:.)*tensor', f'load_from={f["wide.pth"]}'),
        train('load_from without weights', r'bare\.pth fits no', f'load_from={f["bare.pth"]}'),
        train('a queue size in quotes', "queue_size='8'.*quotes", config=f['queue.py']),
        train('a rate in quotes', "lr='.1'.*quotes", config=f['rate.py']),
        train('groups and batch', 'bn_groups=3 does not divide', 'model.bn_groups=3'),
        train('a momentum of 2', 'momentum=2', 'model.momentum=2'),
        train('an unknown net', r"model\.backbone\.type='NoNet': there is no such class",
              'model.backbone.type=NoNet'),
        train('a misspelt argument', "model.queue_sise=1: .*'queue_size' is meant",
              'model.queue_sise=1'),
        train('a misspelt argument of the net', "model.backbone.dept=50: .*'depth' is meant",
              'model.backbone.dept=50'),
        train('a misspelt argument of a hook', "logger.intreval=1: .*'interval' is meant",
              'default_hooks.logger.intreval=1'),
        train('a misspelt argument of a loader', "num_worker=1: .*'num_workers' is meant",
              'train_dataloader.num_worker=1'),
        train('a rate of 1e38', 'too large to compute with|loss is not finite',
              'optim_wrapper.optimizer.lr=1e38'),
        train('a config by a name that is none', 'there is no config mmdebias::none',
              config='mmdebias::none'),
        train('a list missing', 'none', f'{ann}{none}.txt'),
        train('a list empty', r'empty\.txt lists no videos', f'{ann}{f["empty.txt"]}'),
        train('no video there', r'gone\.txt is there', f'{ann}{f["gone.txt"]}'),
        train('labels on some lines', r'half_labelled\.txt', f'{ann}{f["half_labelled.txt"]}'),
        train('a batch larger than the list', 'fewer than one batch',
              'train_dataloader.batch_size=64'),
        train('a work directory that is a file', 'is a file: give a folder',
              arguments=['--work-dir', f['file']]),
        train('a config missing', r'there is no config .*none\.py', config=f'{none}.py'),
        train('a config of bad syntax', r'syntax\.py.* is no Python', config=f['syntax.py']),
        train('head and encoder', 'in_channels=32', 'model.cls_head.in_channels=128',
              'val_dataloader.num_workers=0', 'val_dataloader.persistent_workers=False',
              config=TUNE),
        test('missing', r'none.*is not there', f'{none}.pth'),
        test('--dump a folder', '--dump: .* is a folder', f['half.pth'], '--dump', folder),
        test('a video cut', r'cut_behind_index\.mp4 is cut', inputs / 'supervised.pth',
             f'test_dataloader.dataset.ann_file={f["cut_video.txt"]}',
             'test_dataloader.num_workers=0', 'test_dataloader.persistent_workers=False'),
        test('of pre-training', r'missing +cls_head', inputs / 'fame.pth'),
        evaluate('half', r'half\.pth (?s:.)*missing', f['half.pth']),
        evaluate('wide', r'wide\.pth ', f['wide.pth']),
        evaluate('an unknown protocol', r"'svm'", inputs / 'fame.pth', '--protocols', 'svm'),
        evaluate('a misspelt protocol', "'finetunee' is no protocol; 'finetune' is meant",
                 inputs / 'fame.pth', 'finetunee:train_cfg.max_epochs=1'),
        evaluate('--out a file', 'is a file: give a folder', inputs / 'fame.pth', '--out',
                 f['file']),
        report('another list', 'none', data=f'{none}.txt'),
        report('an empty list', r'empty\.txt', data=f['empty.txt']),
        report('boxes cut', r'boxes\.json is not JSON', inputs / 'supervised.pth', '--boxes',
               f['boxes.json']),
        report('--out a file', 'is a file: give a folder', inputs / 'supervised.pth', '--out',
               f['file']),
        report('one model twice', 'model a is given twice', inputs / 'supervised.pth',
               '--model', 'a', inputs / 'supervised.py', inputs / 'supervised.pth'),
        bring('another layout', 'layout', inputs / 'released.pth', '--from', 'torchvision'),
        bring('an own checkpoint', 'MMAction2 checkpoint already', inputs / 'fame.pth'),
        bring('cut late', r'cut_late\.pth is truncated', f['cut_late.pth']),
        other('convert/export_weights.py', 'half', r'half\.pth', '--model', 'a', FAME,
              f['half.pth'], '--out', out, '--to', 'onnx', '--size', 4, 32, 32),
        other('data/make_toy.py', '--out a file', 'is a file: give a folder', '--out', f['file']),
        other('data/make_toy.py', 'an odd size', '--size', '--out', out, '--size', 31, 31),
        other('data/ucf101/prepare.py', 'no archive', r'not_a_zip\.zip', '--videos',
              f['not_a_zip.zip'], '--annotations', inputs / 'lists.zip', '--out', out),
        other('data/ucf101/prepare.py', 'no lists', r'lists\.txt|lists', '--videos',
              inputs / 'UCF101.zip', '--annotations', f['lists.txt'], '--out', out),
        other('data/subset.py', 'no list', r'none', '--data', f'{none}.txt', '--out',
              f'{out}.txt', '--percent', 10, '--seed', 0),
        other('analysis/show_augment.py', 'a video cut', r'cut\.mp4', '--config', FAME, '--data',
              f['cut.mp4'], '--out', out),
        other('analysis/show_augment.py', 'a video cut behind its index', 'index.mp4 is cut',
              '--config', FAME, '--data', f['cut_behind_index.mp4'], '--out', out),
        other('data/extract_flow.py', 'a video cut behind its index', 'index.mp4 is cut', '--data',
              f['cut_behind_index.mp4'], '--out', out),
        other('analysis/show_augment.py', 'a web page', r'page\.mp4', '--config', FAME, '--data',
              f['page.mp4'], '--out', out),
    ]  # fmt: skip
    return found
