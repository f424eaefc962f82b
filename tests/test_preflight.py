"""What is wrong shows before data sets are built, and before anything is written."""

import copy
import itertools
import runpy
import sys
from types import SimpleNamespace

import pytest
import torch
from mmaction.registry import MODELS
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.registry import MODEL_WRAPPERS
from mmengine.runner import Runner

from helpers.running import ROOT
from mmdebias import cli
from mmdebias.config_checks import ConfigError
from mmdebias.engine import SameRunHook
from mmdebias.preflight import CHECKS, checked_runners, find_checkpoint
from mmdebias.processes import FolderInUseError, sole_writer
from mmdebias.weights import CheckpointError

NUMBER = itertools.count()


def config(name, work_dir, **options):
    """A small config, whose list of videos is not there: nothing may look for it."""
    cfg = Config.fromfile(ROOT / 'configs' / name)
    cfg.work_dir, cfg.experiment_name = str(work_dir), f'preflight_{next(NUMBER)}'
    cfg.model.backbone.base_channels = 4
    if 'neck' in cfg.model:
        cfg.model.neck.in_channels, cfg.model.queue_size = 32, 16
    cfg.merge_from_dict(options)
    return cfg


@pytest.fixture(scope='module')
def trained(tmp_path_factory):
    """A work directory as a training of FAME leaves it."""
    folder = tmp_path_factory.mktemp('trained')
    cfg = config('fame/r3d_toy.py', folder)
    model = MODELS.build(cfg.model)
    optimizer = build_optim_wrapper(model, copy.deepcopy(cfg.optim_wrapper))
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    schedule = dict(last_step=1, _global_step=2, base_values=[0.1])
    checkpoint = dict(
        meta=dict(epoch=1, iter=1),
        message_hub=dict(
            log_scalars=dict(a=1), runtime_info=dict(epoch=1), resumed_keys=dict(epoch=True)
        ),
        state_dict=model.state_dict(),
        optimizer=optimizer.state_dict(),
        param_schedulers=[dict(schedule) for _ in cfg.param_scheduler],
    )
    SameRunHook().before_save_checkpoint(SimpleNamespace(cfg=cfg), checkpoint)
    torch.save(checkpoint, folder / 'epoch_1.pth')
    (folder / 'last_checkpoint').write_text(str(folder / 'epoch_1.pth'))
    return folder


def build(cfg, trains=True, options=()):
    with checked_runners(trains, options):
        return Runner.from_cfg(cfg)


@pytest.mark.parametrize('key', ['load_from', 'resume', 'test'])
def test_a_file_that_cannot_be_read_is_named_before_anything_is_made(trained, tmp_path, key):
    whole = (trained / 'epoch_1.pth').read_bytes()
    (tmp_path / 'cut.pth').write_bytes(whole[: len(whole) // 2])
    name = 'finetune/r3d_toy.py' if key == 'test' else 'fame/r3d_toy.py'
    options = dict(load_from=str(tmp_path / 'cut.pth'), resume=key == 'resume')
    with pytest.raises(CheckpointError, match=r'cut\.pth is truncated or damaged'):
        build(config(name, tmp_path / 'work', **options), trains=key != 'test')
    assert not (tmp_path / 'work').exists()
    with pytest.raises(FileNotFoundError, match=r'none\.pth is not there'):
        build(config(name, tmp_path / 'work', load_from=str(tmp_path / 'none.pth')))


def test_a_checkpoint_of_another_width_is_refused(trained, tmp_path):
    options = {'load_from': str(trained / 'epoch_1.pth'), 'model.cls_head.in_channels': 32}
    wide = config('finetune/r3d_toy.py', tmp_path / 'a', **options)
    wide.model.backbone.base_channels = 8
    with pytest.raises(CheckpointError, match=r'100 of the 120 tensors of the encoder stay unfil'):
        build(wide)
    narrow = config('finetune/r3d_toy.py', tmp_path / 'b', **options)
    build(narrow)
    # To be tested it needs its head, too.
    with pytest.raises(CheckpointError, match=r'missing     cls_head\.fc_cls\.weight \(8, 32\)'):
        build(config('finetune/r3d_toy.py', tmp_path / 'c', **options), trains=False)
    for hook in narrow.custom_hooks:
        if hook.type == 'LoadReportHook':
            hook.allow_partial = True
    narrow.experiment_name += '_again'
    build(narrow, trains=False)


@pytest.mark.parametrize('own', [None, [dict(type='EarlyStoppingHook', monitor='acc/top1')]])
def test_a_config_with_hooks_of_its_own_is_checked_as_well(trained, tmp_path, own):
    options = {'load_from': str(trained / 'epoch_1.pth'), 'model.cls_head.in_channels': 32}
    cfg = config('finetune/r3d_toy.py', tmp_path, **options)
    if own is not None:
        cfg.custom_hooks = own
    runner = build(cfg)
    for check in CHECKS:
        assert sum(isinstance(hook, check) for hook in runner.hooks) == 1
    cfg.experiment_name += '_test'
    with pytest.raises(CheckpointError, match=r'missing     cls_head\.fc_cls\.weight'):
        build(cfg, trains=False)


def test_what_is_resumed_is_the_same_training(trained, tmp_path):
    options = dict(resume=True, load_from=str(trained / 'epoch_1.pth'))
    build(config('fame/r3d_toy.py', tmp_path / 'a', **options))
    # From the marker, without a file being named.
    other = config('fame/r3d_toy.py', trained, **{'resume': True, 'model.queue_size': 32})
    with pytest.raises(CheckpointError, match=r'epoch_1\.pth .*\n.*queue_size is 16 there and 32'):
        build(other)


@pytest.mark.parametrize(
    ('spoil', 'says'),
    [
        (lambda content: content.pop('optimizer'), r'cannot be resumed: .*lacks optimizer\.'),
        (lambda content: content['optimizer']['param_groups'].append(dict(params=[99])), 'group'),
        (lambda content: content['optimizer']['param_groups'][0].pop('momentum'), 'another class'),
        (
            lambda content: content['optimizer']['state'][0]['momentum_buffer'].fill_(torch.inf),
            r'not finite:\n  momentum_buffer of backbone\.',
        ),
        (
            lambda content: content['optimizer']['state'][0].update(momentum_buffer=torch.ones(3)),
            r'other parameters, .*\n  momentum_buffer of backbone\.\S+ is \[3\], not \[4, 3, ',
        ),
        (
            lambda content: content['optimizer'].update(state={}),
            'cannot be resumed: the state of its optimizer is empty, though it has made 1 iter',
        ),
        (
            lambda content: content['message_hub'].update(log_scalars={}),
            r'cannot be resumed: .*lacks message_hub\.log_scalars\.',
        ),
        (
            lambda content: content['param_schedulers'][0].clear(),
            r'cannot be resumed: .*lacks param_schedulers\.0\.',
        ),
        (
            lambda content: content['param_schedulers'][0].update(base_values=[torch.nan]),
            r'schedules are not finite:\n  param_schedulers\.0\.base_values is \[nan\]',
        ),
    ],
)
def test_what_cannot_be_gone_on_from_is_refused_before_data_sets(trained, tmp_path, spoil, says):
    content = torch.load(trained / 'epoch_1.pth', weights_only=True)
    spoil(content)
    torch.save(content, tmp_path / 'a.pth')
    cfg = config('fame/r3d_toy.py', tmp_path / 'w', resume=True, load_from=str(tmp_path / 'a.pth'))
    with pytest.raises(CheckpointError, match=rf'a\.pth(?s:.)*{says}'):
        build(cfg)


def test_a_config_that_cannot_be_meant_is_refused(tmp_path):
    cfg = config('fame/r3d_toy.py', tmp_path / 'a', **{'model.queue_size': '16'})
    cfg.train_dataloader.batch_size = 5
    with pytest.raises(ConfigError, match=r"size='16' must(?s:.)*bn_groups=2 does not divide"):
        build(cfg)
    (tmp_path / 'file').touch()
    with pytest.raises(NotADirectoryError, match='file is a file: give a folder'):
        build(config('fame/r3d_toy.py', tmp_path / 'file' / 'work'))
    assert not (tmp_path / 'a').exists()


def test_two_trainings_do_not_share_a_work_directory_and_tests_may(tmp_path):
    with sole_writer(tmp_path):
        with pytest.raises(FolderInUseError, match='is being written to by process'):
            build(config('fame/r3d_toy.py', tmp_path))
        build(config('retrieval/r3d_toy.py', tmp_path), trains=False)
    with checked_runners(trains=True):
        Runner.from_cfg(config('fame/r3d_toy.py', tmp_path))
        with pytest.raises(FolderInUseError), sole_writer(tmp_path):
            pass


def test_what_is_misspelt_is_in_the_log(tmp_path):
    cfg = config('fame/r3d_toy.py', tmp_path)
    cfg.optim_wraper = dict(clip_grad=1)
    build(cfg, options=['modle.queue_size=1', 'model.queue_size=16'])
    (log,) = tmp_path.glob('*/*.log')
    assert "WARNING - Nothing reads 'optim_wraper' of the config: 'optim_wrapper' is" in (
        log.read_text()
    )
    assert log.read_text().count('--cfg-options') == 1


def test_errors_are_one_message_and_the_runner_is_left_as_it_was(tmp_path, monkeypatch):
    before = Runner.from_cfg.__func__
    (tmp_path / 'empty.pth').touch()
    arguments = ['configs/finetune/r3d_toy.py', str(tmp_path / 'empty.pth')]
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, 'argv', ['test.py', *arguments, '--work-dir', str(tmp_path / 'work')])
    with pytest.raises(SystemExit, match=r'^error: .*empty\.pth is empty \(0 bytes\)'):
        runpy.run_path(str(ROOT / 'tools' / 'test.py'), run_name='__main__')
    assert Runner.from_cfg.__func__ is before and not (tmp_path / 'work').exists()


@pytest.fixture
def train(tmp_path, monkeypatch, capsys):
    """``train(*options)``: how train.py ends, and what it prints above that."""

    def start(*options):
        given = ['--work-dir', str(tmp_path / 'work'), '--cfg-options', *options]
        monkeypatch.chdir(ROOT)
        monkeypatch.setattr(sys, 'argv', ['train.py', 'mmdebias::fame/r3d_toy', *given])
        with pytest.raises(SystemExit) as end:
            runpy.run_path(str(ROOT / 'tools' / 'train.py'), run_name='__main__')
        return str(end.value), capsys.readouterr().err

    return start


@pytest.mark.parametrize('test', ['one', 'another'])
def test_tests_within_a_second_share_no_logger(train, monkeypatch, test):
    """The second would write to what was the first's terminal: see conftest.py."""
    monkeypatch.setattr('time.strftime', lambda *args: '20261129_120000')
    _, printed = train('model.queue_sise=1')
    assert 'Traceback' not in printed


def test_a_misspelt_argument_is_one_message_with_its_key(train):
    message, printed = train('model.queue_sise=1')
    assert message == (
        "error: model.queue_sise=1: MoCoRecognizer takes no 'queue_sise'; 'queue_size' is meant?"
    )
    assert 'Traceback' not in printed


def test_an_option_that_fits_no_list_is_one_message(train):
    message, printed = train('custom_hooks.99.type=KNNHook')
    assert message.startswith('error: Index 99 exceeds the length of list')
    assert 'Traceback' not in printed


def test_what_is_built_later_is_named_as_well(train, few_videos):
    """The training loop is built when the training begins."""
    small = ['model.backbone.base_channels=4', 'model.neck.in_channels=32']
    data = f'train_dataloader.dataset.data_root={few_videos}'
    message, printed = train(*small, data, 'train_dataloader.num_worker=1')
    assert message.startswith('error: train_dataloader.num_worker=1: DataLoader takes no')
    assert 'Traceback' not in printed


def test_what_is_handed_on_while_training_is_named_as_well(train, few_videos, train_options):
    small = ['model.backbone.base_channels=4', 'model.neck.in_channels=32', 'model.queue_size=8']
    clip = ['optim_wrapper.clip_grad.max_nrm=1']
    message, printed = train(*train_options[1:], *small, *clip)
    assert message.startswith('error: optim_wrapper.clip_grad.max_nrm=1: clip_grad_norm_ takes no')
    assert 'Traceback' not in printed


def test_a_fault_of_a_net_keeps_its_traceback_and_its_place(train, monkeypatch):
    monkeypatch.setattr('mmaction.models.backbones.ResNet3d.__init__', lambda self, **kw: len(3))
    message, printed = train('model.queue_size=16')
    assert message.startswith('error: model.backbone (ResNet3d): TypeError: object of type')
    assert 'Traceback' in printed and 'test_preflight.py' in printed


def test_options_are_read_as_mmaction2_reads_them():
    given = ['a.py', '--cfg-options', 'a=1', 'b.c=2', '--resume', '--cfg-options', 'd=3']
    assert cli.config_options(given) == ['a=1', 'b.c=2', 'd=3']
    assert cli.config_options(['a.py', '--cfg-options']) == []


def test_a_model_that_is_wrapped_for_several_ranks_is_looked_into(trained, tmp_path, monkeypatch):
    class Wrapper(torch.nn.Module):
        def __init__(self, module):
            super().__init__()
            self.module = module

    MODEL_WRAPPERS.register_module(module=Wrapper, force=True)
    monkeypatch.setattr(Runner, 'wrap_model', lambda self, cfg, model: Wrapper(model))
    options = dict(resume=True, load_from=str(trained / 'epoch_1.pth'))
    build(config('fame/r3d_toy.py', tmp_path, **options))


@pytest.mark.parametrize('out_dir', [None, 'out'])
def test_a_resumption_finds_checkpoints_where_the_hook_keeps_them(tmp_path, out_dir):
    work = tmp_path / 'work'
    folder = work if out_dir is None else tmp_path / out_dir / 'work'
    for each in (work, folder):
        each.mkdir(parents=True, exist_ok=True)
    kept = folder / 'epoch_1.pth'
    torch.save(dict(state_dict={}), kept)
    (work / 'last_checkpoint').write_text(str(kept))
    hook = dict(type='CheckpointHook', out_dir=out_dir and str(tmp_path / out_dir))
    cfg = Config(dict(work_dir=str(work), default_hooks=dict(checkpoint=hook)))
    assert find_checkpoint(cfg, resumes=True) == kept
    assert find_checkpoint(cfg, resumes=False) is None
