"""Which checkpoint of a work directory a training goes on from."""

import shutil
import zipfile

import pytest
import torch

from mmdebias.checkpoints import (
    Newest,
    hook_settings,
    is_whole,
    newest_checkpoint,
    numbered_checkpoints,
)
from mmdebias.weights import CheckpointError


@pytest.fixture
def work(tmp_path):
    """A work directory of ten epochs, of which the last two are kept; the marker names the last."""
    folder = tmp_path / 'work'
    folder.mkdir()
    for epoch in (9, 10):
        torch.save(dict(state_dict=dict(a=torch.ones(epoch))), folder / f'epoch_{epoch}.pth')
    shutil.copy(folder / 'epoch_9.pth', folder / 'best_acc_top1_epoch_8.pth')
    (folder / 'last_checkpoint').write_text(f'{folder}/epoch_10.pth\n')
    return folder


def test_the_marker_names_it(work):
    assert newest_checkpoint(work) == Newest(work / 'epoch_10.pth', '')
    (work / 'last_checkpoint').write_text(f'{work}/epoch_9.pth')
    assert newest_checkpoint(work) == Newest(work / 'epoch_9.pth', '')


@pytest.mark.parametrize('gone', [True, False])
def test_a_copy_goes_on_from_its_own(work, tmp_path, gone):
    copy = shutil.copytree(work, tmp_path / 'my copy, 2')
    if gone:
        shutil.rmtree(work)
    assert newest_checkpoint(copy) == Newest(copy / 'epoch_10.pth', '')


@pytest.mark.parametrize(
    ('marker', 'why'),
    [
        (None, 'is missing'),
        ('', 'is empty'),
        ('/gone/epoch_1', 'names /gone/epoch_1, and there is'),
    ],
)
def test_without_a_marker_it_is_the_highest_number(work, marker, why):
    (work / 'last_checkpoint').unlink()
    if marker is not None:
        (work / 'last_checkpoint').write_text(marker)
    path, note = newest_checkpoint(work)
    assert path == work / 'epoch_10.pth'
    assert f'last_checkpoint {why}' in note and f'going on from {path}, the newest' in note


def cut(path):
    path.write_bytes(path.read_bytes()[:-100])


def damage(path):
    content = bytearray(path.read_bytes())
    content[content.index(torch.ones(3).numpy().tobytes())] ^= 1
    path.write_bytes(content)


def empty(path):
    path.write_bytes(b'')


def cut_before_torch_1_6(path):
    torch.save(torch.load(path), path, _use_new_zipfile_serialization=False)
    cut(path)


def another_zip(path):
    with zipfile.ZipFile(path, 'w') as archive:
        archive.writestr('page.html', '<html>')


@pytest.mark.parametrize('harm', [cut, damage, empty, cut_before_torch_1_6, another_zip])
def test_a_damaged_one_is_passed_over(work, harm):
    harm(work / 'epoch_10.pth')
    assert not is_whole(work / 'epoch_10.pth')
    path, note = newest_checkpoint(work)
    assert path == work / 'epoch_9.pth'
    assert note.startswith(f'{work}/epoch_10.pth, which {work}/last_checkpoint names, is cut or')
    harm(work / 'epoch_9.pth')
    with pytest.raises(
        CheckpointError, match=r'no checkpoint in .* is whole: copy one there again'
    ):
        newest_checkpoint(work)


def test_a_marker_of_nothing_is_an_error_and_no_marker_is_a_start(work, tmp_path):
    assert newest_checkpoint(tmp_path) == Newest(None, '')
    for path in numbered_checkpoints(work):
        path.unlink()
    with pytest.raises(CheckpointError, match=r'there is no .*epoch_10\.pth, and there are no oth'):
        newest_checkpoint(work)


class Foreign:
    """What no reader rebuilds."""


def test_what_is_whole_may_be_old_or_refused(work):
    torch.save({}, work / 'old.pth', _use_new_zipfile_serialization=False)
    assert is_whole(work / 'old.pth') and not is_whole(work / 'none.pth')
    # Which the error that follows says better than a step back to an older one.
    torch.save(dict(meta=Foreign()), work / 'epoch_11.pth')
    assert is_whole(work / 'epoch_11.pth')


def save(path, iteration=None):
    meta = {} if iteration is None else dict(iter=iteration)
    torch.save(dict(meta=meta, state_dict={}), path)


def names(*args):
    return [path.name for path in numbered_checkpoints(*args)]


def test_checkpoints_are_in_the_order_of_their_numbers(work):
    assert names(work) == ['epoch_9.pth', 'epoch_10.pth']
    (work / 'model.pth').touch()
    assert names(work) == ['epoch_9.pth', 'epoch_10.pth']


def test_checkpoints_of_other_names_are_in_the_order_of_their_iterations(work):
    """Weights that lie there, and hold no iteration, are none of a training's."""
    save(work / 'epoch_9.pth', 90)
    save(work / 'epoch_10.pth', 100)
    save(work / 'iter_95.pth', 95)
    save(work / 'r3d_18.pth')
    save(work / 'best_acc_top1_epoch_12.pth', 120)
    assert names(work) == ['epoch_9.pth', 'iter_95.pth', 'epoch_10.pth']
    (work / 'ckpt-11.pth').touch()
    assert names(work)[0] == 'ckpt-11.pth'  # damaged: it is passed over


@pytest.mark.parametrize('template', ['e{}_of_300.pth', 'ckpt-{:03d}.ckpt', 'best_of_{}.pth'])
def test_checkpoints_of_a_template_are_found_by_it(work, template):
    for epoch in (2, 11):
        save(work / template.format(epoch))
    save(work / 'best_acc_top1_epoch_12.pth')
    assert names(work, template) == [template.format(2), template.format(11)]
    (work / 'last_checkpoint').unlink()
    assert newest_checkpoint(work, template=template).path == work / template.format(11)
    assert names(work, 'other_{}.pth') == names(work)


def test_a_config_says_where_checkpoints_are_and_what_they_are_called():
    assert hook_settings({}) == (None, None)
    hook = dict(type='CheckpointHook', interval=1)
    assert hook_settings(dict(default_hooks=dict(checkpoint=hook))) == (None, 'epoch_{}.pth')
    hook.update(out_dir='a', by_epoch=False)
    assert hook_settings(dict(default_hooks=dict(checkpoint=hook))) == ('a', 'iter_{}.pth')
    hook.update(filename_tmpl='c{}.pth')
    assert hook_settings(dict(default_hooks=dict(checkpoint=hook))) == ('a', 'c{}.pth')


def test_the_checkpoints_may_lie_elsewhere(work, tmp_path):
    (tmp_path / 'other').mkdir()
    (work / 'last_checkpoint').rename(tmp_path / 'other' / 'last_checkpoint')
    assert newest_checkpoint(tmp_path / 'other', work).path == work / 'epoch_10.pth'
