"""MMEngine's checkpoints load under `weights_only`, and malicious ones do not."""

import functools
import io
import os
import pickle
import re
import subprocess
import zipfile

import numpy as np
import pytest
import torch
from mmengine.config import ConfigDict
from mmengine.logging import HistoryBuffer
from mmengine.optim import OneCycleLR
from mmengine.optim.scheduler.param_scheduler import OneCycleParamScheduler
from mmengine.runner import checkpoint

from mmdebias import compat
from mmdebias.weights import CheckpointError


def as_checkpoint(data):
    """A file as torch.save writes it, with `data` for its pickle."""
    plain, crafted = io.BytesIO(), io.BytesIO()
    torch.save({}, plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(crafted, 'w') as target:
        for name in source.namelist():
            target.writestr(name, data if name.endswith('data.pkl') else source.read(name))
    crafted.seek(0)
    return crafted


def load(data):
    return torch.load(as_checkpoint(data), weights_only=True)


def save_and_load(value):
    return load(pickle.dumps(value, protocol=2))


class Call:
    """Pickled as a call."""

    def __init__(self, *call, state=None):
        self.call, self.state = call, state

    def __reduce__(self):
        function, *arguments = self.call
        return (function, tuple(arguments)) + ((self.state,) if self.state else ())


def stock_buffer(**methods):
    """A HistoryBuffer pickled with the table of methods, as MMEngine does."""
    numbers = dict(_log_history=np.array([1.0, 3.0]), _count_history=np.array([1, 1]))
    return Call(HistoryBuffer, state=dict(max_length=9, **numbers, statistics_methods=methods))


def test_stock_checkpoint_loads(sandbox, stock, needed):
    needed(stock['weights_only'].startswith('UnpicklingError'))
    file = sandbox / 'stock/epoch_1.pth'
    loaded = torch.load(file, weights_only=True)
    loss = loaded['message_hub']['log_scalars']['train/loss']
    assert type(loss) is HistoryBuffer
    assert len(loss.data[0]) == 2 and type(loss.data[0]) is np.ndarray
    assert 'statistics_methods' not in vars(loss)
    assert loss.statistics('mean') == loss.mean() == loss.data[0].mean()
    assert loaded['message_hub']['runtime_info']['best_score'] == np.float64(1)
    assert type(loaded['meta']['dataset_meta']['more']) is ConfigDict
    assert 'momentum_buffer' in loaded['optimizer']['state'][0]
    # What the file holds in fact, read without any restriction.
    trusted = torch.load(file, weights_only=False)
    theirs = trusted['message_hub']['log_scalars']['train/loss']
    np.testing.assert_array_equal(theirs.data[0], loss.data[0])
    assert trusted['param_schedulers'] == loaded['param_schedulers']


def test_train_save_resume(sandbox, mended, broken_upstream):
    from torch.serialization import get_unsafe_globals_in_checkpoint, safe_globals

    assert mended['iters'] == mended['history'] == 2  # two epochs of one iteration in two processes
    assert (mended['stock_epochs'], mended['stock_iters']) == (2, 3)  # one of two, one of one
    kept = torch.serialization.get_safe_globals()
    torch.serialization.clear_safe_globals()
    try:
        unsafe = set(get_unsafe_globals_in_checkpoint(sandbox / 'mended/epoch_2.pth'))
        stock_unsafe = set(get_unsafe_globals_in_checkpoint(sandbox / 'stock/epoch_1.pth'))
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
    assert stock_unsafe - unsafe == ({'builtins.getattr'} if broken_upstream else set())
    with safe_globals([]):  # the default of torch.load, as MMEngine calls it
        torch.load(sandbox / 'mended/epoch_2.pth')


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


@pytest.mark.parametrize('core', ['numpy.core', 'numpy._core'])
def test_both_names_of_numpy(core):
    written = pickle.dumps([np.arange(3.0), np.float64(2)], protocol=2)
    written = re.sub(rb'numpy\._?core', core.encode(), written)
    array, scalar = load(written)
    assert array.tolist() == [0, 1, 2] and scalar == 2


def test_old_history_buffer_loads():
    names = ('min', 'max', 'mean', 'current')
    loaded = save_and_load(stock_buffer(**{n: Call(getattr, HistoryBuffer, n) for n in names}))
    assert type(loaded) is HistoryBuffer
    assert (loaded.min(), loaded.max(), loaded.mean(), loaded.current()) == (1, 3, 2, 3)
    loaded.update(5.0)
    assert loaded.data[0].tolist() == [1, 3, 5] and type(loaded.data[0]) is np.ndarray


@pytest.mark.parametrize('strategy', ['cos', 'linear'])
def test_one_cycle_schedules_load(strategy):
    def schedule():
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], 0.1, momentum=0.9)
        return OneCycleLR(optimizer, eta_max=0.1, total_steps=9, anneal_strategy=strategy)

    saved, resumed = schedule(), schedule()
    for _ in range(4):
        saved.optimizer.step()
        saved.step()
    resumed.load_state_dict(save_and_load(saved.state_dict()))
    assert resumed.state_dict() == saved.state_dict()
    assert resumed._get_value() == saved._get_value()


def test_file_cannot_change_the_class():
    before = dict(HistoryBuffer._statistics_methods)
    method = Call(getattr, HistoryBuffer, 'max')
    save_and_load(stock_buffer(mean=method, new=method))
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
        'another method of a schedule': Call(getattr, OneCycleParamScheduler, 'step'),
        'a schedule of an optimizer': Call(OneCycleParamScheduler, Call(os.system, touch)),
        'getattr of a method': Call(getattr, method, '__globals__'),
        'getattr of a buffer': Call(getattr, Call(HistoryBuffer), 'mean'),
        'a name that is no string': Call(getattr, HistoryBuffer, ('mean',)),
        'in a buffer': stock_buffer(mean=Call(os.system, touch)),
        'in a dict': Call(ConfigDict, {'a': Call(os.system, touch)}),
        'in an array': np.array([Call(os.system, touch)], dtype=object),
        'setattr': Call(setattr, HistoryBuffer, 'mean', method),
    }


@pytest.mark.parametrize('name', bombs(''))
def test_malicious_checkpoint_is_refused(name, tmp_path):
    marker = tmp_path / 'ran'
    with pytest.raises(pickle.UnpicklingError):
        save_and_load(dict(state_dict=bombs(marker)[name]))
    assert not marker.exists()


@pytest.mark.parametrize('builtins', [b'builtins', b'__builtin__'])
@pytest.mark.parametrize('owner', [b'cos\nsystem\n', b'cposix\nsystem\n', b'cbuiltins\ngetattr\n'])
def test_getattr_of_something_else_is_refused(builtins, owner):
    # getattr(owner, '__class__'), and getattr(os, 'system') under the name of a module.
    attribute = b'X\x09\x00\x00\x00__class__\x86R.'
    with pytest.raises(pickle.UnpicklingError):
        load(b'\x80\x02c' + builtins + b'\ngetattr\n' + owner + attribute)


def test_crafted_dtype_has_no_fields():
    """NumPy believes such a state, and then takes the data for object pointers."""
    fields = {'f': (Call(np.dtype, 'f8', False, True), 0)}
    state = (3, '<', None, ('f',), fields, 8, 1, 63)
    crafted = Call(np.dtype, 'f8', False, True, state=state)
    reconstruct = np.zeros(0).__reduce__()[0]
    filling = (1, (1,), crafted, False, b'A' * 8)
    dtype = save_and_load(Call(reconstruct, np.ndarray, (0,), b'b', state=filling)).dtype
    assert dtype == np.float64 and dtype.fields is None and not dtype.hasobject


@pytest.mark.parametrize(
    'code', ['O8', 'V8', 'M8', '(2,)f8', 'f8,O', [('f', 'O')], {'names': ['f'], 'formats': ['O']}]
)
def test_other_dtypes_are_refused(code):
    with pytest.raises(pickle.UnpicklingError):
        save_and_load(Call(np.dtype, code, False, True))


def test_array_is_filled_once():
    """NumPy would free the data under whatever already looks at it, a tensor for one."""
    array = np.arange(3.0)
    once, again = pickle.dumps(array, 2), pickle.dumps(array.__reduce__()[2], 2)
    assert load(once).tolist() == [0, 1, 2]
    with pytest.raises(pickle.UnpicklingError):
        load(once[:-1] + again[2:-1] + b'b.')


@pytest.fixture
def download(tmp_path, monkeypatch):
    """`download(url, scheme)`: what `load_from` makes of a checkpoint that is at a URL.

    http:// is called past the lookup of schemes, to which a file:// is no download.
    """
    monkeypatch.setenv('TORCH_HOME', str(tmp_path / 'hub'))

    def load_from(url, scheme='http'):
        for models in ('get_torchvision_models', 'get_mmcls_models'):
            monkeypatch.setattr(checkpoint, models, lambda: {'model': url})
        if scheme == 'http':
            return checkpoint.load_from_http(url)
        return checkpoint.CheckpointLoader.load_checkpoint(f'{scheme}://model')

    return load_from


def test_stock_checkpoint_is_downloaded(sandbox, stock, needed, download):
    needed(stock['download'] == '')  # upstream reads without restriction what asks for getattr
    loaded = download((sandbox / 'stock/epoch_1.pth').as_uri())
    assert type(loaded['message_hub']['log_scalars']['train/loss']) is HistoryBuffer


@pytest.mark.parametrize('scheme', ['http', 'torchvision', 'mmcls'])
def test_malicious_download_is_refused(scheme, download, tmp_path):
    marker, file = tmp_path / 'ran', tmp_path / 'bomb.pth'
    torch.save(dict(state_dict=Call(os.system, f'touch {marker}')), file)
    for _ in range(2):  # the second time it is in the cache
        with pytest.raises(pickle.UnpicklingError):
            download(file.as_uri(), scheme)
        assert (tmp_path / 'hub/hub/checkpoints/bomb.pth').exists() and not marker.exists()
    checkpoint.load_url(file.as_uri(), weights_only=False)  # at the caller's own risk
    assert marker.exists()


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda whole: b'', r'a\.pth is empty \(0 bytes\)'),
        (lambda whole: whole[:-200], r'a\.pth is truncated or damaged'),
        (lambda whole: b'<html>' + whole, r'a\.pth is no checkpoint that torch\.save wrote'),
        (lambda whole: pickle.dumps([1], 2), r'a\.pth '),
    ],
    ids=['empty', 'cut', 'foreign', 'a pickle'],
)
def test_a_file_that_cannot_be_read_is_named_and_explained(change, message, tmp_path):
    torch.save(dict(state_dict=dict(weight=torch.zeros(999))), tmp_path / 'a.pth')
    assert checkpoint.CheckpointLoader.load_checkpoint(str(tmp_path / 'a.pth'), 'cpu')['state_dict']
    (tmp_path / 'a.pth').write_bytes(change((tmp_path / 'a.pth').read_bytes()))
    with pytest.raises(CheckpointError, match=message):
        checkpoint.CheckpointLoader.load_checkpoint(str(tmp_path / 'a.pth'), 'cpu')


def test_who_switched_the_protection_off_keeps_mmengines_reader(tmp_path, monkeypatch):
    torch.save([1, 2], tmp_path / 'list.pth')
    with pytest.raises(CheckpointError, match='it holds a list'):
        checkpoint.CheckpointLoader.load_checkpoint(str(tmp_path / 'list.pth'))
    monkeypatch.setenv('TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD', '1')
    assert checkpoint.CheckpointLoader.load_checkpoint(str(tmp_path / 'list.pth')) == [1, 2]


def test_mended_history_buffer_is_left_alone(monkeypatch):
    def __getstate__(self):
        return vars(self)

    monkeypatch.setattr(HistoryBuffer, '__getstate__', __getstate__)
    compat.slim_history_buffers()
    assert HistoryBuffer.__getstate__ is __getstate__
