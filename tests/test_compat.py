"""Each workaround: upstream fails without it, works with it, and else is left alone."""

import functools
import io
import json
import os
import pickle
import re
import subprocess
import sys
import warnings
import zipfile
from importlib import metadata
from pathlib import Path

import cv2
import mmengine
import numpy as np
import pytest
import torch
from mmengine.config import Config, ConfigDict
from mmengine.dist import utils as dist_utils
from mmengine.logging import HistoryBuffer
from mmengine.model import MMDistributedDataParallel
from mmengine.utils import package_utils
from torch.torch_version import TorchVersion

import mmdebias.compat as compat
from mmdebias.compat import installation, launchers, mmaction2

ROOT = Path(__file__).resolve().parents[1]
NEW_TORCH = torch.__version__ >= (2, 6)
# Where upstream's own failure is asserted; other releases may have mended it.
BROKEN_UPSTREAM = (metadata.version('mmengine'), metadata.version('mmaction2')) == (
    '0.10.7',
    '1.2.0',
)

TINY = '''
"""A model, a data set and a metric for one MMEngine run, and that run."""
import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import BaseDataset
from mmengine.evaluator import BaseMetric
from mmengine.model import BaseModel
from mmengine.registry import DATASETS, METRICS, MODELS
from mmengine.runner import Runner


@DATASETS.register_module()
class TinySet(BaseDataset):
    def load_data_list(self):
        return [dict(x=float(i), y=i % 2) for i in range(8)]

    def __getitem__(self, i):
        return torch.full((3,), float(i)), i % 2


@MODELS.register_module()
class TinyNet(BaseModel):
    def __init__(self):
        super().__init__()
        self.net = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))

    def forward(self, x, y, mode='loss'):
        scores = self.net(x)
        if mode != 'loss':
            return [scores]
        return dict(loss=torch.nn.functional.cross_entropy(scores, y))


@METRICS.register_module()
class TinyMetric(BaseMetric):
    default_prefix = 'tiny'

    def process(self, batch, outputs):
        self.results.append(1.0)

    def compute_metrics(self, results):
        return dict(acc=np.mean(results))


def train(work, epochs, **kwargs):
    """An epoch is 2 iterations in one process, or 1 in two."""
    data = dict(
        batch_size=4,
        collate_fn=dict(type='default_collate'),
        # A nested dict: MMEngine leaves it a ConfigDict in the checkpoint.
        dataset=dict(type='TinySet', metainfo=dict(classes=('a', 'b'), more=dict(nested=1))),
    )
    cfg = dict(
        model=dict(type='TinyNet'),
        work_dir=work,
        experiment_name=f'{work}_{epochs}',
        train_dataloader=dict(sampler=dict(type='DefaultSampler', shuffle=True), **data),
        val_dataloader=dict(sampler=dict(type='DefaultSampler', shuffle=False), **data),
        val_evaluator=dict(type='TinyMetric'),
        val_cfg=dict(),
        train_cfg=dict(by_epoch=True, max_epochs=epochs),
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.1, momentum=0.9)),
        param_scheduler=[
            dict(type='LinearLR', start_factor=0.1, by_epoch=False, end=2),
            dict(type='CosineAnnealingLR', T_max=4, by_epoch=True),
        ],
        default_hooks=dict(
            checkpoint=dict(type='CheckpointHook', interval=1, save_best='auto'),
            logger=dict(type='LoggerHook', interval=1),
            sampler_seed=dict(type='DistSamplerSeedHook'),
            sync_buffers=dict(type='SyncBuffersHook'),
        ),
        default_scope='mmengine',
        randomness=dict(seed=0),
        log_level='ERROR',
    )
    runner = Runner.from_cfg(Config({**cfg, **kwargs}))
    runner.train()
    return runner
'''

STOCK = """
'''What upstream does by itself: {name: error, or what it returned}.'''
import json
import os
import sys
import types

out = sys.argv[1]
said = {}


def attempt(name, function):
    try:
        said[name] = function()
    except BaseException as error:
        said[name] = f'{type(error).__name__}: {error}'


def import_models():
    import mmaction.models


attempt('drn', import_models)
# What follows needs mmaction.models: give it the module it misses.
for name in ('mmaction.models.localizers.drn', 'mmaction.models.localizers.drn.drn'):
    if name not in sys.modules:
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].DRN = object

import numpy as np
import torch
from mmengine.utils import get_installed_path, is_installed

attempt('editable', lambda: os.path.isdir(get_installed_path('editable-dummy')))
kept = sys.modules.pop('pkg_resources', None)
sys.modules['pkg_resources'] = None
attempt('pkg_resources', lambda: is_installed('mmengine'))

from mmaction.datasets.transforms import ColorJitter
from mmaction.models.backbones import ResNet3d

attempt('hue', lambda: str(ColorJitter.adjust_hue(np.zeros((1, 1, 3), np.uint8), -0.1)))


def init():
    file = f'{out}/backbone.pth'
    one_stage = dict(num_stages=1, out_indices=(0,), spatial_strides=(1,), temporal_strides=(1,))
    small = dict(one_stage, depth=18, base_channels=2, dilations=(1,), inflate=(0,))
    torch.save(ResNet3d(**small).state_dict(), file)
    model = ResNet3d(**small, init_cfg=dict(type='Pretrained', checkpoint=file))
    model.init_weights()
    return bool((model.conv1.conv.weight == torch.load(file)['conv1.conv.weight']).all())


attempt('init_cfg', init)

from mmengine.dist import init_dist
from mmengine.model import MMDistributedDataParallel

os.environ.update(RANK='0', LOCAL_RANK='0', WORLD_SIZE='1')
os.environ.update(MASTER_ADDR='127.0.0.1', MASTER_PORT='0')
attempt('launch', lambda: init_dist('pytorch', backend='nccl'))
file = f'file://{out}/rendezvous'
torch.distributed.init_process_group('gloo', init_method=file, rank=0, world_size=1)
net = torch.nn.Linear(2, 2)
attempt('device_ids', lambda: MMDistributedDataParallel(module=net, device_ids=[0]) and '')
torch.distributed.destroy_process_group()

import tiny_run

tiny_run.train(f'{out}/stock', 1)
attempt('weights_only', lambda: torch.load(f'{out}/stock/epoch_1.pth') and '')
json.dump(said, open(f'{out}/said.json', 'w'))
"""

MENDED = """
'''Two processes without a GPU train, save, resume and talk.'''
import json
import os
import sys

import mmdebias.compat
import tiny_run
import torch
from mmengine import dist

out = sys.argv[1]
# MMAction2's default runtime.
env = dict(mp_cfg=dict(mp_start_method='fork', opencv_num_threads=0), dist_cfg=dict(backend='nccl'))
distributed = dict(launcher='pytorch', env_cfg=env)
first = tiny_run.train(f'{out}/mended', 1, **distributed)
said = dict(
    backend=dist.get_backend(),
    world_size=first.world_size,
    wrapper=type(first.model).__name__,
    set_device=torch.cuda.set_device.__name__,
    comm_device=str(dist.get_comm_device()),
)
second = tiny_run.train(f'{out}/mended', 2, resume=True, **distributed)
said.update(iters=second.iter, history=len(second.message_hub.get_scalar('train/loss').data[0]))
begun = f'{out}/stock/epoch_1.pth'
stock = tiny_run.train(f'{out}/other', 2, resume=True, load_from=begun, **distributed)
said.update(stock_epochs=stock.epoch, stock_iters=stock.iter)

rank = dist.get_rank()
part = torch.tensor([float(rank)])
total, parameters = torch.tensor([rank + 1.0]), [torch.full((2,), float(rank)), torch.ones(1)]
dist.all_reduce(total, 'mean')
dist.all_reduce_params(parameters, op='mean')
objects = ['from 0' if rank == 0 else None]
dist.broadcast_object_list(objects)
sent = torch.tensor([5.0 if rank == 0 else 0.0])
dist.broadcast(sent)
weights = dist.all_gather(torch.cat([p.detach().flatten() for p in second.model.parameters()]))
results = {
    device: dist.collect_results([rank, rank + 2], 4, device, tmpdir)
    for device, tmpdir in (('cpu', f'{out}/collect'), ('gpu', None))
}
said.update(
    all_gather=[x.item() for x in dist.all_gather(part)],
    all_reduce=total.item(),
    all_reduce_params=parameters[0].tolist(),
    all_gather_object=dist.all_gather_object(dict(rank=rank)),
    broadcast=sent.item(),
    broadcast_object_list=objects,
    collect_results=results,
    same_seed=len(set(dist.all_gather_object(dist.sync_random_seed()))),
    same_weights=bool((weights[0] == weights[1]).all()),
)
dist.barrier()
torch.distributed.destroy_process_group()

if rank == 0:
    for name in ('TORCHELASTIC_USE_AGENT_STORE', 'LOCAL_RANK', 'RANK', 'WORLD_SIZE'):
        os.environ.pop(name, None)
    mpi = dict(LOCAL_RANK='0', RANK='0', SIZE='1')
    os.environ.update({f'OMPI_COMM_WORLD_{name}': value for name, value in mpi.items()})
    os.environ.update(SLURM_PROCID='0', SLURM_NTASKS='1', SLURM_NODELIST='here')
    os.environ.update(MASTER_ADDR='127.0.0.1')
    for launcher in ('slurm', 'mpi'):
        os.environ.pop('LOCAL_RANK', None)
        os.environ['MASTER_PORT'] = '0'
        dist.init_dist(launcher, backend='nccl')
        said[launcher] = [dist.get_backend(), os.environ['LOCAL_RANK']]
        torch.distributed.destroy_process_group()
    json.dump(said, open(f'{out}/mended.json', 'w'))
"""


def run(arguments, folder, **env):
    """Run Python in a new process that sees `folder` and, if asked, mmdebias."""
    path = [*env.pop('path', []), str(folder), os.environ.get('PYTHONPATH', '')]
    done = subprocess.run(
        [sys.executable, '-W', 'ignore', *map(str, arguments)],
        cwd=folder,
        env={**os.environ, 'PYTHONPATH': os.pathsep.join(path), 'CUDA_VISIBLE_DEVICES': '', **env},
        capture_output=True,
        text=True,
        timeout=240,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    """Scripts, and a package installed the way `pip install -e` does it (PEP 660)."""
    folder = tmp_path_factory.mktemp('compat')
    for name, text in (('tiny_run', TINY), ('stock', STOCK), ('mended', MENDED)):
        (folder / f'{name}.py').write_text(text)
    (folder / 'checkout' / 'editable_dummy').mkdir(parents=True)
    (folder / 'checkout' / 'editable_dummy' / '__init__.py').touch()
    info = folder / 'site' / 'editable_dummy-1.0.dist-info'
    info.mkdir(parents=True)
    (info / 'METADATA').write_text('Metadata-Version: 2.1\nName: editable-dummy\nVersion: 1.0\n')
    (info / 'top_level.txt').write_text('editable_dummy\n')
    (info / 'RECORD').touch()
    return folder


@pytest.fixture(scope='module')
def stock(folder):
    """What upstream says where mmdebias is not imported; leaves a checkpoint in stock/."""
    paths = [str(folder / 'checkout'), str(folder / 'site')]
    code, output = run(['stock.py', folder], folder, path=paths)
    assert code == 0, output
    return json.loads((folder / 'said.json').read_text())


@pytest.fixture(scope='module')
def mended(folder, stock):
    """What two processes say where mmdebias is imported."""
    launch = ['-m', 'torch.distributed.run', '--standalone', '--nproc_per_node', '2']
    code, output = run(
        [*launch, 'mended.py', folder], folder, path=[str(ROOT)], OMP_NUM_THREADS='1'
    )
    assert code == 0, output
    return json.loads((folder / 'mended.json').read_text())


def needed(condition):
    """Assert that upstream fails by itself, where that is known of this release."""
    if BROKEN_UPSTREAM:
        assert condition


# All of them


def patched():
    """Everything the workarounds replace."""
    from mmaction.datasets.transforms import ColorJitter
    from mmaction.models.backbones import ResNet3d, ResNet3dLayer

    return [
        list(sys.meta_path),
        package_utils.is_installed,
        mmengine.utils.get_installed_path,
        Config._get_cfg_path,
        HistoryBuffer.__getstate__,
        HistoryBuffer.__setstate__,
        *(getattr(dist_utils, name) for name in launchers.LAUNCHERS),
        MMDistributedDataParallel.__init__,
        ColorJitter.adjust_hue,
        ResNet3d.init_weights,
        ResNet3dLayer.init_weights,
        set(torch.serialization.get_safe_globals()) if NEW_TORCH else None,
    ]


def test_twice_is_once():
    before = patched()
    for workaround in compat.WORKAROUNDS:
        workaround()
    compat.apply()
    assert patched() == before


def test_every_workaround_says_what_it_answers():
    for workaround in compat.WORKAROUNDS:
        assert len(workaround.__doc__) > 100
        assert workaround.__name__ in compat.__all__


# The module that MMAction2's wheel lacks


def test_drn_is_supplied(stock):
    needed('mmaction.models.localizers.drn' in (stock['drn'] or ''))
    from mmaction.models.localizers import DRN
    from mmaction.registry import MODELS

    if not any(isinstance(finder, mmaction2._DrnFinder) for finder in sys.meta_path):
        pytest.skip('this mmaction2 has DRN')
    for build in (DRN, lambda: MODELS.build(dict(type='mmaction.DRN'))):
        with pytest.raises(ImportError, match=r'git clone \S+mmaction2'):
            build()


def test_drn_on_disk_is_left_alone(tmp_path, monkeypatch):
    (tmp_path / 'models/localizers/drn').mkdir(parents=True)
    (tmp_path / 'models/localizers/drn/drn.py').touch()
    spec = type('Spec', (), dict(submodule_search_locations=[str(tmp_path)]))
    monkeypatch.setattr(mmaction2.importlib.util, 'find_spec', lambda name: spec)
    rest = [finder for finder in sys.meta_path if not isinstance(finder, mmaction2._DrnFinder)]
    monkeypatch.setattr(sys, 'meta_path', list(rest))
    mmaction2.supply_missing_drn()
    assert sys.meta_path == rest


# mmcv


@pytest.mark.parametrize(
    'version, says',
    [
        ('2.2.0', ['too new', 'pip uninstall -y mmcv mmcv-lite']),
        ('2.0.0rc3', ['too old', 'pip uninstall -y mmcv mmcv-lite']),
        ('1.7.2', ['too old', 'pip uninstall -y mmcv mmcv-lite']),
        (None, ['no __version__']),
        ('missing', ['not installed']),
    ],
)
def test_unfit_mmcv(version, says, monkeypatch):
    mmcv = None
    if version != 'missing':
        mmcv = type(sys)('mmcv')
        if version is not None:
            mmcv.__version__ = version
    monkeypatch.setitem(sys.modules, 'mmcv', mmcv)
    with pytest.raises(ImportError) as error:
        compat.check_mmcv()
    commands = ['pip install "mmcv-lite>=2.0.0,<2.2.0"', 'mim install "mmcv>=2.0.0,<2.2.0"']
    for words in [*says, *commands, 'Never install mmcv-lite over a full mmcv']:
        assert words in str(error.value)


@pytest.mark.parametrize('version', ['2.0.0rc4', '2.0.1', '2.1.0'])
def test_fit_mmcv(version, monkeypatch):
    mmcv = type(sys)('mmcv')
    mmcv.__version__ = version
    monkeypatch.setitem(sys.modules, 'mmcv', mmcv)
    compat.check_mmcv()


def test_mmcv_is_checked_before_mmaction_asserts(tmp_path):
    (tmp_path / 'mmcv').mkdir()
    (tmp_path / 'mmcv' / '__init__.py').write_text('__version__ = "2.2.0"\n')
    code, output = run(['-c', 'import mmdebias'], tmp_path, path=[str(tmp_path), str(ROOT)])
    assert code != 0
    assert 'AssertionError' not in output
    assert 'mmcv 2.2.0 is too new' in output


# OpenCV


@pytest.mark.parametrize(
    'installed, says',
    [
        ({'opencv-python': '4.11.0.86', 'opencv-contrib-python': '4.11.0.86'}, None),
        ({'opencv-python-headless': '4.8.1.78'}, None),
        ({}, None),
        ({'opencv-python': '4.12.0.88', 'opencv-contrib-python': '4.11.0.86'}, 'a mixture'),
        ({'opencv-python': '4.11.0.86', 'opencv-python-headless': '4.10.0.84'}, 'a mixture'),
        ({'opencv-contrib-python': '5.0.0.93'}, 'OpenCV 4'),
    ],
)
def test_opencv_wheels(installed, says, monkeypatch):
    def version(name):
        if name not in installed:
            raise metadata.PackageNotFoundError(name)
        return installed[name]

    monkeypatch.setattr(installation.metadata, 'version', version)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        compat.check_opencv()
    if says is None:
        assert not caught
    else:
        (warning,) = caught
        assert says in str(warning.message)
        for name in installed:
            assert f'"{name}=={installation.OPENCV_KNOWN_GOOD}"' in str(warning.message)


# Packages and configs without pkg_resources


def test_editable_install_is_found(folder, stock, monkeypatch):
    needed(stock['editable'] is False)  # a folder in site-packages that does not exist
    monkeypatch.syspath_prepend(folder / 'site')
    monkeypatch.syspath_prepend(folder / 'checkout')
    home = str(folder / 'checkout' / 'editable_dummy')
    for name in ('editable_dummy', 'editable-dummy'):
        assert mmengine.utils.is_installed(name)
        assert mmengine.utils.get_installed_path(name) == home


def test_configs_are_inherited_without_pkg_resources(stock, tmp_path, monkeypatch):
    needed(stock['pkg_resources'].startswith(('ModuleNotFoundError', 'ImportError')))
    monkeypatch.setitem(sys.modules, 'pkg_resources', None)
    (tmp_path / 'config.py').write_text("_base_ = 'mmaction::_base_/default_runtime.py'\n")
    assert Config.fromfile(tmp_path / 'config.py').env_cfg.dist_cfg.backend == 'nccl'


def test_package_and_module_names(tmp_path, monkeypatch):
    import mmaction

    home = str(Path(mmaction.__file__).parent)
    assert mmengine.utils.get_installed_path('mmaction') == home
    assert mmengine.utils.get_installed_path('mmaction2') == home
    assert mmengine.utils.is_installed('mmaction') and mmengine.utils.is_installed('mmaction2')
    assert not mmengine.utils.is_installed('no-such-package')
    with pytest.raises(metadata.PackageNotFoundError):
        mmengine.utils.get_installed_path('no-such-package')
    # A clone of the repository in the working directory is no package.
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / 'mmaction2').mkdir()
    assert mmengine.utils.get_installed_path('mmaction2') == home
    (tmp_path / 'space').mkdir()
    assert not mmengine.utils.is_installed('space')
    with pytest.raises(RuntimeError, match='namespace'):
        mmengine.utils.get_installed_path('space')


def test_every_copy_of_the_functions_is_replaced():
    import mmengine.hub.hub

    for module in (package_utils, mmengine.utils, mmengine.config.config, mmengine.hub.hub):
        assert module.get_installed_path is installation.get_installed_path
    for module in (package_utils, mmengine.utils, mmengine.config.config):
        assert module.is_installed is installation.is_installed


@pytest.mark.parametrize('place', ['package/.mim/configs', 'configs'])
def test_mmdebias_configs_are_inherited(place, tmp_path, monkeypatch):
    monkeypatch.setattr(installation, 'PACKAGE_ROOT', tmp_path / 'package')
    (tmp_path / place / 'fame').mkdir(parents=True)
    (tmp_path / place / 'base.py').write_text("model = dict(type='A', inner=dict(type='B'))\n")
    (tmp_path / place / 'fame' / 'x.py').write_text("_base_ = '../base.py'\nepochs = 2\n")
    (tmp_path / 'mine.py').write_text(
        "_base_ = 'mmdebias::fame/x.py'\nmodel = dict(inner=dict(c=3))\n"
    )
    cfg = Config.fromfile(tmp_path / 'mine.py')
    assert cfg.epochs == 2 and cfg.model.inner == dict(type='B', c=3)
    # There is no registry of scope mmdebias: everything is in MMAction2's.
    assert cfg.model.get('_scope_') in (None, 'mmaction')
    (tmp_path / 'mine.py').write_text("_base_ = 'mmdebias::fame/y.py'\n")
    with pytest.raises(FileNotFoundError, match=r'no config fame/y\.py'):
        Config.fromfile(tmp_path / 'mine.py')


def test_inherited_mmdebias_model_is_built(tmp_path, monkeypatch):
    from mmengine.registry import MODELS

    monkeypatch.setattr(installation, 'PACKAGE_ROOT', tmp_path)
    (tmp_path / '.mim' / 'configs').mkdir(parents=True)
    head = "model = dict(type='I3DHead', num_classes=2, in_channels=4)\n"
    (tmp_path / '.mim' / 'configs' / 'head.py').write_text(head)
    (tmp_path / 'mine.py').write_text("_base_ = 'mmdebias::head.py'\n")
    model = Config.fromfile(tmp_path / 'mine.py').model
    assert type(MODELS.build(model)).__name__ == 'I3DHead'  # from MMEngine's registry, as Runner
    if BROKEN_UPSTREAM:  # the scope that MMEngine gives what it inherits
        with pytest.raises(KeyError):
            MODELS.build(ConfigDict(model, _scope_='mmdebias'))


def test_own_configs_are_found(tmp_path):
    (tmp_path / 'mine.py').write_text("_base_ = 'mmdebias::_base_/default_runtime.py'\n")
    assert Config.fromfile(tmp_path / 'mine.py').default_scope == 'mmaction'


# Checkpoints


def as_checkpoint(data):
    """A file as torch.save writes it, with `data` for its pickle."""
    plain, crafted = io.BytesIO(), io.BytesIO()
    torch.save({}, plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(crafted, 'w') as target:
        for name in source.namelist():
            target.writestr(name, data if name.endswith('data.pkl') else source.read(name))
    crafted.seek(0)
    return crafted


def save_and_load(value):
    return torch.load(as_checkpoint(pickle.dumps(value, protocol=2)), weights_only=True)


class Call:
    """Pickled as a call."""

    def __init__(self, *call, state=None):
        self.call, self.state = call, state

    def __reduce__(self):
        function, *arguments = self.call
        return (function, tuple(arguments)) + ((self.state,) if self.state else ())


only_new_torch = pytest.mark.skipif(
    not NEW_TORCH, reason='torch < 2.6 does not restrict by default'
)


@only_new_torch
def test_stock_checkpoint_loads(folder, stock):
    needed(stock['weights_only'].startswith('UnpicklingError'))
    loaded = torch.load(folder / 'stock/epoch_1.pth', weights_only=True)
    loss = loaded['message_hub']['log_scalars']['train/loss']
    assert type(loss) is HistoryBuffer
    assert len(loss.data[0]) == 2 and type(loss.data[0]) is np.ndarray
    assert 'statistics_methods' not in vars(loss)
    assert loss.statistics('mean') == loss.mean() == loss.data[0].mean()
    assert loaded['message_hub']['runtime_info']['best_score'] == np.float64(1)
    assert type(loaded['meta']['dataset_meta']['more']) is ConfigDict
    assert 'momentum_buffer' in loaded['optimizer']['state'][0]
    # What the file holds in fact, read without any restriction.
    trusted = torch.load(folder / 'stock/epoch_1.pth', weights_only=False)
    theirs = trusted['message_hub']['log_scalars']['train/loss']
    np.testing.assert_array_equal(theirs.data[0], loss.data[0])
    assert trusted['param_schedulers'] == loaded['param_schedulers']


@only_new_torch
def test_train_save_resume(folder, mended):
    from torch.serialization import get_unsafe_globals_in_checkpoint, safe_globals

    assert mended['iters'] == mended['history'] == 2  # two epochs of one iteration in two processes
    assert (mended['stock_epochs'], mended['stock_iters']) == (2, 3)  # one of two, one of one
    kept = torch.serialization.get_safe_globals()
    torch.serialization.clear_safe_globals()
    try:
        unsafe = set(get_unsafe_globals_in_checkpoint(folder / 'mended/epoch_2.pth'))
        stock_unsafe = set(get_unsafe_globals_in_checkpoint(folder / 'stock/epoch_1.pth'))
    finally:
        torch.serialization.add_safe_globals(kept)
    core = 'numpy.core' if np.__version__ < '2' else 'numpy._core'
    assert unsafe == {
        'mmengine.config.config.ConfigDict',
        'mmengine.logging.history_buffer.HistoryBuffer',
        f'{core}.multiarray._reconstruct',
        f'{core}.multiarray.scalar',
        'numpy.dtype',
        'numpy.ndarray',
    }
    assert stock_unsafe - unsafe == ({'builtins.getattr'} if BROKEN_UPSTREAM else set())
    with safe_globals([]):  # the default of torch.load, as MMEngine calls it
        torch.load(folder / 'mended/epoch_2.pth')


@only_new_torch
@pytest.mark.parametrize(
    'value',
    [
        np.arange(6, dtype=np.float32).reshape(2, 3),
        np.asfortranarray(np.arange(6).reshape(2, 3)),
        np.arange(3, dtype='>f8'),
        np.array([True, False]),
        np.array(['fame', 'be']),
        np.zeros((0, 4)),
        np.float64(0.5),
        np.float32(np.nan),
        np.int64(-3),
        np.bool_(True),
        np.str_('fame'),
    ],
)
def test_numpy_comes_back(value):
    loaded = save_and_load(value)
    np.testing.assert_array_equal(loaded, value)
    assert loaded.dtype == value.dtype or loaded.dtype == value.dtype.newbyteorder('=')
    assert isinstance(loaded, type(value))
    again = pickle.loads(pickle.dumps(loaded))  # saved anew, it is NumPy's own
    assert type(again) is type(value)
    np.testing.assert_array_equal(again, value)
    if isinstance(value, np.ndarray) and value.dtype == np.float32:
        assert torch.equal(torch.from_numpy(loaded), torch.from_numpy(value))


@only_new_torch
@pytest.mark.parametrize('core', ['numpy.core', 'numpy._core'])
def test_both_names_of_numpy(core):
    written = pickle.dumps([np.arange(3.0), np.float64(2)], protocol=2)
    written = re.sub(rb'numpy\._?core', core.encode(), written)
    array, scalar = torch.load(as_checkpoint(written), weights_only=True)
    assert array.tolist() == [0, 1, 2] and scalar == 2


class Stock:
    """A HistoryBuffer pickled with the table of methods, as MMEngine does."""

    def __init__(self, **methods):
        self.methods = methods

    def __reduce__(self):
        state = dict(
            max_length=9,
            _log_history=np.array([1.0, 3.0]),
            _count_history=np.array([1, 1]),
            statistics_methods=self.methods,
        )
        return (HistoryBuffer, (), state)


@only_new_torch
def test_old_history_buffer_loads():
    methods = {
        name: Call(getattr, HistoryBuffer, name) for name in ('min', 'max', 'mean', 'current')
    }
    loaded = save_and_load(Stock(**methods))
    assert (loaded.min(), loaded.max(), loaded.mean(), loaded.current()) == (1, 3, 2, 3)
    loaded.update(5.0)
    assert loaded.data[0].tolist() == [1, 3, 5] and type(loaded.data[0]) is np.ndarray


@only_new_torch
def test_file_cannot_change_the_class():
    before = dict(HistoryBuffer._statistics_methods)
    save_and_load(
        Stock(mean=Call(getattr, HistoryBuffer, 'max'), new=Call(getattr, HistoryBuffer, 'min'))
    )
    assert HistoryBuffer._statistics_methods == before


def test_history_buffer_state():
    buffer = HistoryBuffer([1.0], [1])
    assert set(buffer.__getstate__()) == {'max_length', '_log_history', '_count_history'}
    assert 'statistics_methods' not in vars(buffer)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        data = pickle.dumps(buffer, protocol)
        assert b'getattr' not in data and pickle.loads(data).mean() == 1


def bombs(marker):
    """Pickles that run code, or reach for it through what is allowed."""
    touch = f'touch {marker}'
    method = Call(getattr, HistoryBuffer, 'mean')
    return {
        'os.system': Call(os.system, touch),
        'eval': Call(eval, f'open({str(marker)!r}, "w")'),
        'exec': Call(exec, f'open({str(marker)!r}, "w")'),
        'open': Call(open, str(marker), 'w'),
        'subprocess': Call(subprocess.call, ['touch', str(marker)]),
        'partial': Call(functools.partial, os.system, touch),
        'numpy.load': Call(np.load, str(marker)),
        'another class': Call(getattr, torch.Tensor, 'apply_'),
        'another method': Call(getattr, HistoryBuffer, 'register_statistics'),
        'a dunder': Call(getattr, HistoryBuffer, '__init__'),
        'getattr of a method': Call(getattr, method, '__globals__'),
        'getattr of a buffer': Call(getattr, Call(HistoryBuffer), 'mean'),
        'a name that is no string': Call(getattr, HistoryBuffer, ('mean',)),
        'in a buffer': Stock(mean=Call(os.system, touch)),
        'in a dict': Call(ConfigDict, {'a': Call(os.system, touch)}),
        'in an array': np.array([Call(os.system, touch)], dtype=object),
        'setattr': Call(setattr, HistoryBuffer, 'mean', method),
    }


@only_new_torch
@pytest.mark.parametrize('name', bombs(''))
def test_malicious_checkpoint_is_refused(name, tmp_path):
    marker = tmp_path / 'ran'
    data = pickle.dumps(dict(state_dict=bombs(marker)[name]), protocol=2)
    with pytest.raises(pickle.UnpicklingError):
        torch.load(as_checkpoint(data), weights_only=True)
    assert not marker.exists()


@only_new_torch
@pytest.mark.parametrize('builtins', ['builtins', '__builtin__'])
@pytest.mark.parametrize('owner', [b'cos\nsystem\n', b'cposix\nsystem\n', b'cbuiltins\ngetattr\n'])
def test_getattr_of_something_else_is_refused(builtins, owner):
    # getattr(owner, '__class__'), and getattr(os, 'system') under the name of a module.
    data = (
        b'\x80\x02c'
        + builtins.encode()
        + b'\ngetattr\n'
        + owner
        + b'X\x09\x00\x00\x00__class__\x86R.'
    )
    with pytest.raises(pickle.UnpicklingError):
        torch.load(as_checkpoint(data), weights_only=True)


@only_new_torch
def test_crafted_dtype_has_no_fields():
    """NumPy believes such a state, and then takes the data for object pointers."""
    fields = {'f': (Call(np.dtype, 'f8', False, True), 0)}
    state = (3, '<', None, ('f',), fields, 8, 1, 63)
    crafted = Call(np.dtype, 'f8', False, True, state=state)
    array = Call(
        np.zeros(0).__reduce__()[0],
        np.ndarray,
        (0,),
        b'b',
        state=(1, (1,), crafted, False, b'A' * 8),
    )
    dtype = save_and_load(array).dtype
    assert dtype == np.float64 and dtype.fields is None and not dtype.hasobject


@only_new_torch
@pytest.mark.parametrize(
    'code', ['O8', 'V8', 'M8', '(2,)f8', 'f8,O', [('f', 'O')], {'names': ['f'], 'formats': ['O']}]
)
def test_other_dtypes_are_refused(code):
    with pytest.raises(pickle.UnpicklingError):
        save_and_load(Call(np.dtype, code, False, True))


@only_new_torch
def test_array_is_filled_once():
    """NumPy would free the data under whatever already looks at it, a tensor for one."""
    array = np.arange(3.0)
    once, again = pickle.dumps(array, 2), pickle.dumps(array.__reduce__()[2], 2)
    assert torch.load(as_checkpoint(once), weights_only=True).tolist() == [0, 1, 2]
    twice = once[:-1] + again[2:-1] + b'b.'
    with pytest.raises(pickle.UnpicklingError):
        torch.load(as_checkpoint(twice), weights_only=True)


def test_old_torch_is_left_alone(monkeypatch):
    def refuse(_):
        raise AssertionError('torch < 2.6 takes no names')

    monkeypatch.setattr(torch, '__version__', TorchVersion('2.5.1+cpu'))
    monkeypatch.setattr(torch.serialization, 'add_safe_globals', refuse, raising=False)
    compat.allow_checkpoint_types()


def test_mended_history_buffer_is_left_alone(monkeypatch):
    def __getstate__(self):
        return vars(self)

    monkeypatch.setattr(HistoryBuffer, '__getstate__', __getstate__)
    compat.slim_history_buffers()
    assert HistoryBuffer.__getstate__ is __getstate__


# Distributed training without a GPU


def test_two_processes_train_on_cpus(stock, mended):
    if not torch.cuda.is_available():
        needed(stock['launch'] is not None and 'cuda' in stock['launch'].lower())
    needed('device_ids' in stock['device_ids'])
    assert mended['backend'] == 'gloo' and mended['world_size'] == 2
    assert mended['wrapper'] == 'MMDistributedDataParallel'
    assert mended['set_device'] == 'set_device' and mended['comm_device'] == 'cpu'
    assert mended['same_weights']


def test_helpers_of_mmengine_over_gloo(mended):
    assert mended['all_gather'] == [0, 1]
    assert mended['all_reduce'] == 1.5
    assert mended['all_reduce_params'] == [0.5, 0.5]
    assert mended['all_gather_object'] == [dict(rank=0), dict(rank=1)]
    assert mended['broadcast'] == 5 and mended['broadcast_object_list'] == ['from 0']
    assert mended['collect_results'] == dict(cpu=[0, 1, 2, 3], gpu=[0, 1, 2, 3])
    assert mended['same_seed'] == 1


def test_slurm_and_mpi_over_gloo(mended):
    assert mended['slurm'] == mended['mpi'] == ['gloo', '0']


@pytest.mark.parametrize('tasks_per_node, local', [('2', '1'), (None, '3')])
def test_slurm_local_rank(tasks_per_node, local, monkeypatch):
    env = dict(SLURM_PROCID='3', SLURM_NTASKS='4')
    if tasks_per_node:
        env['SLURM_NTASKS_PER_NODE'] = tasks_per_node
    monkeypatch.setattr(launchers.os, 'environ', env)
    launchers._fill_local_rank('_init_dist_slurm')
    assert env['SLURM_LOCALID'] == local
    launchers._fill_local_rank('_init_dist_pytorch')  # torchrun under Slurm: not its business
    assert 'LOCAL_RANK' not in env


def test_gpu_launch_is_left_alone(monkeypatch):
    seen = []

    def launcher(backend, **kwargs):
        seen.append((backend, kwargs, torch.cuda.set_device))

    monkeypatch.setattr(torch.cuda, 'is_available', lambda: True)
    set_device = torch.cuda.set_device
    launchers._on_cpu_if_need_be(launcher)('nccl', init_backend='torch')
    assert seen == [('nccl', dict(init_backend='torch'), set_device)]


def test_set_device_returns_after_a_failure(monkeypatch):
    def launcher(backend):
        torch.cuda.set_device(7)
        raise KeyError(backend)

    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    set_device = torch.cuda.set_device
    with pytest.raises(KeyError, match='gloo'):
        launchers._on_cpu_if_need_be(launcher)('nccl')
    assert torch.cuda.set_device is set_device


@pytest.mark.parametrize('device, expected', [('cpu', None), ('meta', [0])])
def test_device_ids_of_ddp(device, expected, monkeypatch):
    seen = {}
    parent = MMDistributedDataParallel.__mro__[1]
    monkeypatch.setattr(parent, '__init__', lambda self, module, **kwargs: seen.update(kwargs))
    wrapped = MMDistributedDataParallel.__new__(MMDistributedDataParallel)
    object.__setattr__(wrapped, 'training', False)
    module = torch.nn.Linear(2, 2, device=device)
    MMDistributedDataParallel.__init__(
        wrapped, module=module, device_ids=[0], broadcast_buffers=False
    )
    assert seen['device_ids'] == expected and seen['broadcast_buffers'] is False


# Hue


def numpy_1_hue(image, factor):
    """MMAction2's result under NumPy 1: uint8 + int stays uint8 unless the int is negative."""
    hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV)
    offset = int(factor * 255)
    hue = hsv[..., 0].astype(np.int64) + offset
    hsv[..., 0] = (hue % 256 if offset >= 0 else hue) % 180
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB).astype(np.float32)


def test_hue_jitter(stock):
    from mmaction.datasets.transforms import ColorJitter

    if np.__version__ >= '2':
        needed(stock['hue'].startswith('OverflowError'))
    image = np.random.randint(0, 256, (16, 16, 3), dtype=np.uint8)
    for factor in (-0.5, -0.3, -0.1, -0.01, 0, 0.01, 0.1, 0.3):
        np.testing.assert_array_equal(
            ColorJitter.adjust_hue(image, factor), numpy_1_hue(image, factor)
        )
    frames = ColorJitter(hue=0.5)(dict(imgs=[image] * 8))['imgs']
    assert all(frame.dtype == np.uint8 and frame.shape == image.shape for frame in frames)


def test_hue_is_a_circle():
    """Where NumPy 1 wrapped at 256: 179 + 127 is 126 on a circle of 180, not 50."""
    hsv = np.array([[[179, 255, 255]]], np.uint8)
    turned = mmaction2._adjust_hue(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), 0.5)
    assert turned.dtype == np.float32
    expected = cv2.cvtColor(np.array([[[126, 255, 255]]], np.uint8), cv2.COLOR_HSV2RGB)
    np.testing.assert_allclose(turned, expected, atol=4)


def test_hue_jitter_that_works_is_left_alone(monkeypatch):
    from mmaction.datasets.transforms import ColorJitter

    def works(img, factor):
        return img

    monkeypatch.setattr(ColorJitter, 'adjust_hue', staticmethod(works))
    compat.jitter_hue_in_wide_integers()
    assert ColorJitter.adjust_hue is works


# init_cfg of ResNet3d

ONE_STAGE = dict(num_stages=1, out_indices=(0,), spatial_strides=(1,), temporal_strides=(1,))
SMALL = dict(ONE_STAGE, depth=18, base_channels=2, dilations=(1,), pretrained=None)


def backbone(name, **kwargs):
    from mmaction.registry import MODELS

    if name == 'ResNet3dLayer':
        arguments = dict(depth=18, pretrained=None, base_channels=2, stage=1)
    elif name == 'ResNet3dSlowFast':
        pathway = dict(type='resnet3d', **SMALL, inflate=(0,))
        arguments = dict(
            pretrained=None,
            channel_ratio=1,
            slow_pathway=dict(pathway, lateral=True, fusion_kernel=5),
            fast_pathway=dict(pathway, lateral=False),
        )
    elif name == 'ResNet2Plus1d':
        arguments = dict(depth=18, pretrained=None, pretrained2d=False, base_channels=2)
        arguments.update(conv_cfg=dict(type='Conv2plus1d'), inflate=(1, 1, 1, 1))
    else:
        arguments = dict(SMALL, inflate=(0,))
    return MODELS.build(dict(type=f'mmaction.{name}', **arguments, **kwargs))


def same(model, state):
    return all(torch.equal(value, state[key]) for key, value in model.state_dict().items())


@pytest.mark.parametrize(
    'name', ['ResNet3d', 'ResNet3dLayer', 'ResNet3dSlowOnly', 'ResNet3dSlowFast', 'ResNet2Plus1d']
)
def test_pretrained_init_cfg(name, stock, tmp_path):
    needed(stock['init_cfg'] is False)
    source = backbone(name)
    for parameter in source.parameters():
        torch.nn.init.normal_(parameter)
    state = source.state_dict()
    torch.save(state, tmp_path / 'backbone.pth')
    torch.save({f'backbone.{key}': value for key, value in state.items()}, tmp_path / 'whole.pth')
    pretrained = dict(type='Pretrained', checkpoint=str(tmp_path / 'backbone.pth'))
    part = dict(pretrained, checkpoint=str(tmp_path / 'whole.pth'), prefix='backbone.')
    for init_cfg in (pretrained, part, [dict(type='Constant', layer='Conv3d', val=0), pretrained]):
        model = backbone(name, init_cfg=init_cfg)
        model.init_weights()
        assert same(model, state)
        assert model.init_cfg == init_cfg
    model = backbone(name)
    model.init_weights()
    assert not same(model, state) and model.init_cfg is None


def test_argument_pretrained_still_works(tmp_path):
    state = backbone('ResNet3d').state_dict()
    torch.save(state, tmp_path / 'backbone.pth')
    model = backbone('ResNet3d')
    model.pretrained, model.pretrained2d = str(tmp_path / 'backbone.pth'), False
    model.init_weights()
    assert same(model, state)


# What is declared


def declared(name):
    return re.findall(
        rf'^\s*[\'"]?({name}\b[^\'"#\n]*)', (ROOT / 'setup.py').read_text(), re.MULTILINE
    )


def test_requirements():
    assert declared('importlib[_-]metadata')  # MMAction2 imports it and does not say so
    assert [re.sub(r'\s', '', found) for found in declared('setuptools')] == ['setuptools<81']
    for name in ('torchvision', 'mmcv', 'mmcv-lite'):
        assert not declared(name)


def test_opencv_is_pinned_to_one_version():
    lines = (ROOT / 'constraints.txt').read_text().splitlines()
    pins = dict(line.split('==') for line in lines if line.startswith('opencv'))
    assert set(pins) >= {'opencv-python', 'opencv-contrib-python'}
    assert set(pins.values()) == {installation.OPENCV_KNOWN_GOOD}
    assert installation.OPENCV_KNOWN_GOOD.startswith('4.')
