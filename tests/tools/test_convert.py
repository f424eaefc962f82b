"""The commands that bring weights in and out, as a user runs them."""

import re

import pytest
import torch
from mmengine.config import Config

from helpers.released_files import fame_pretraining
from helpers.running import ROOT, run

IMPORT, EXPORT = 'tools/convert/import_weights.py', 'tools/convert/export_weights.py'


@pytest.fixture(scope='module')
def released(tmp_path_factory):
    file = tmp_path_factory.mktemp('released') / 'fame.pth.tar'
    torch.save(fame_pretraining(), file)
    return file


@pytest.fixture(scope='module')
def imported(released):
    out = released.parent / 'i3d.pth'
    command = ['python', IMPORT, '--checkpoint', released, '--from', 'fame', '--out', out]
    return out, run(command)


def test_import_says_where_all_keys_went_and_how_to_go_on(imported):
    file, log = imported

    total = int(re.search(r'Where its (\d+) keys went', log)[1])
    assert sum(map(int, re.findall(r'  (\d+)  ->', log))) == total
    assert re.search(r'module\.encoder_q\.mixed_3b\.\* +36  ->  backbone\.mixed_3b\.\*', log)
    assert re.search(r'module\.encoder_k\.\* +\d+  ->  left out: momentum encoder', log)
    assert 'Not weights, left out: epoch, arch, optimizer' in log
    assert f"load_from = '{file}'" in log
    assert "backbone=dict(type='InceptionI3D')" in log


@pytest.mark.slow
def test_what_was_imported_goes_out_to_fame_and_comes_in_again(imported, tmp_path):
    file, _ = imported

    model = ['--model', 'fame', 'configs/fame/i3d_ucf101.py', file]
    log = run(['python', EXPORT, *model, '--out', tmp_path, '--to', 'fame'])
    (written,) = tmp_path.glob('fame-????????.pth')
    run(['python', IMPORT, '--checkpoint', written, '--out', tmp_path / 'again.pth'])

    assert f'Wrote {written}: 342 tensors' in log
    first, again = torch.load(file)['state_dict'], torch.load(tmp_path / 'again.pth')['state_dict']
    assert list(first) == list(again)
    assert all(first[key].equal(again[key]) for key in first)


def test_an_encoder_of_any_config_becomes_a_program(tmp_path):
    from mmaction.registry import MODELS

    (tmp_path / 'tiny.py').write_text(
        f"_base_ = '{ROOT}/configs/moco/r3d_toy.py'\nmodel = dict(backbone=dict(base_channels=4))\n"
    )
    backbone = MODELS.build(Config.fromfile(tmp_path / 'tiny.py').model.backbone)
    state = {f'backbone.{key}': value for key, value in backbone.state_dict().items()}
    torch.save(dict(state_dict=state, optimizer={}), tmp_path / 'epoch_1.pth')
    model = ['--model', 'tiny', tmp_path / 'tiny.py', tmp_path / 'epoch_1.pth']
    options = ['--to', 'torchscript', '--size', 8, 48, 48]

    log = run(['python', EXPORT, *model, '--out', tmp_path, *options])

    assert 'clips [N, 3, 8, 48, 48] to feature maps, any N' in log
    clips = torch.randn(3, 3, 8, 48, 48)
    backbone.eval()
    with torch.no_grad():
        torch.testing.assert_close(torch.jit.load(tmp_path / 'tiny.pt')(clips), backbone(clips))


def test_a_net_of_two_pathways_is_refused_for_what_it_is(tmp_path):
    pathway = dict(type='resnet3d', depth=18, pretrained=None, base_channels=4, lateral=False,
                   conv1_kernel=(1, 3, 3), norm_eval=False)  # fmt: skip
    net = dict(type='ResNet3dSlowFast', pretrained=None, resample_rate=2, speed_ratio=2,
               channel_ratio=2, slow_pathway=pathway, fast_pathway=pathway)  # fmt: skip
    (tmp_path / 'slowfast.py').write_text(f'model = dict(backbone={net!r})')
    (tmp_path / 'a.pth').write_bytes(b'not looked at')
    model = ['--model', 'two', tmp_path / 'slowfast.py', tmp_path / 'a.pth']
    options = ['--to', 'torchscript', '--size', 8, 48, 48, '--out', tmp_path / 'out']

    log = run(['python', EXPORT, *model, *options], check=False).strip()

    assert log.splitlines()[-1].startswith(
        f'error: {tmp_path}/slowfast.py: ResNet3dSlowFast gives 2 feature maps for a clip'
    )
    assert 'a.pth' not in log and not (tmp_path / 'out').exists()


def test_of_several_models_none_is_written_unless_all_can_be(imported, tmp_path):
    """By a name of a package's config, and with a misspelt argument in one of them."""
    models = [
        ['--model', 'good', 'mmdebias::fame/i3d_ucf101', imported[0]],
        ['--model', 'c3d', 'mmdebias::dsm/c3d_ucf101.py', imported[0]],
    ]
    log = run(['python', EXPORT, *models[0], *models[1], '--out', tmp_path / 'out'], check=False)
    assert 'is not the C3DBN of the config' in log and not (tmp_path / 'out').exists()
    options = ['--out', tmp_path / 'out', '--cfg-options', 'model.backbone.in_chanels=3']
    log = run(['python', EXPORT, *models[0], *options], check=False).strip()
    last = log.splitlines()[-1]
    assert last.endswith("model.backbone.in_chanels=3: InceptionI3D takes no 'in_chanels'; "
                         "'in_channels' is meant?")  # fmt: skip
    assert last.startswith('error: ') and 'fame/i3d_ucf101.py: ' in last
    assert 'Traceback' not in log and not (tmp_path / 'out').exists()


def test_a_broken_file_ends_with_one_line_that_says_so(tmp_path):
    (tmp_path / 'broken.pth').write_bytes(b'PK\x03\x04 and no more')

    command = ['python', IMPORT, '--checkpoint', tmp_path / 'broken.pth']
    log = run([*command, '--out', tmp_path / 'out.pth'], check=False)

    assert log.strip().splitlines()[-1].startswith(f'error: {tmp_path / "broken.pth"} is truncated')
    assert 'Traceback' not in log
    assert not (tmp_path / 'out.pth').exists()


def test_a_file_is_replaced_only_when_asked(released, imported):
    file, _ = imported
    before = file.read_bytes()

    log = run(['python', IMPORT, '--checkpoint', released, '--out', file], check=False)

    assert f'error: {file} exists: name another file, or add --overwrite' in log
    assert file.read_bytes() == before


def test_what_is_not_the_encoder_of_the_config_is_not_written(imported, tmp_path):
    for model, says in (
        (['c3d', 'configs/dsm/c3d_ucf101.py', imported[0]], 'is not the C3DBN of the config'),
        (['i3d', 'configs/none.py', imported[0]], '--model i3d: there is no file configs/none.py'),
    ):
        log = run(['python', EXPORT, '--model', *model, '--out', tmp_path / 'out'], check=False)
        assert says in log and 'Traceback' not in log
    assert not (tmp_path / 'out').exists()
