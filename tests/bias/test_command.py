"""The command line with models that are no MMAction2's; those are in tests/tools."""

import json
import shutil
import warnings

import pytest
import torch
from torch import nn

from helpers.puppets import write_puppets
from helpers.without_mmaction2 import run_without_mmaction2
from mmdebias.bias import ClipSpec, command
from mmdebias.bias.command import given_models, main, parse_args


@pytest.fixture(scope='module')
def data(tmp_path_factory):
    """A folder of videos with a CSV and masks, and a TorchScript file that looks at colours."""
    folder = tmp_path_factory.mktemp('data')
    paths, labels = write_puppets(folder)
    lines = [
        f'puppets/{path.name},{"down" if label else "right"}' for path, label in zip(paths, labels)
    ]
    (folder / 'list.csv').write_text('\n'.join(['path,label', *lines]) + '\n')
    (folder / 'classes.txt').write_text('Right\nDown\n')
    net = nn.Sequential(nn.AdaptiveAvgPool3d(1), nn.Flatten(), nn.Linear(3, 2))
    nn.init.zeros_(net[2].bias)
    net[2].weight.data = torch.tensor([[0.0, 1, -1], [0, -1, 1]])
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        torch.jit.save(torch.jit.script(net), folder / 'net.pt')
    return folder


def arguments(data, out, *model):
    model = model or ('--model', 'net', f'torchscript:{data / "net.pt"}', '--clip', '8x2x32')
    return [
        *model, '--data', data / 'list.csv', '--classes', data / 'classes.txt', '--out', out,
        '--probes', 'original', 'action_swap',
    ]  # fmt: skip


def refusal(capsys, *given):
    with pytest.raises(SystemExit) as stop:
        main([str(part) for part in given])
    return f'{stop.value.code}\n{capsys.readouterr().err}'


def test_one_command_without_mmaction2(data, tmp_path):
    printed = run_without_mmaction2(
        """
        import sys
        from mmdebias.bias.command import main

        main(sys.argv[1:])
        main(sys.argv[1:])
        """,
        *arguments(data, tmp_path / 'out'),
    )
    assert printed.count('Scoring 16 videos') == 1 and printed.count('Reusing') == 1
    found = json.loads((tmp_path / 'out' / 'report.json').read_text())
    values = {m['name']: m['values'][0]['value'] for m in found['measures']}
    assert values == {
        'original/accuracy': 1,
        'action_swap/foreground_accuracy': 0,
        'action_swap/background_error': 1,
    }
    assert 'right' in (tmp_path / 'out' / 'report.html').read_text()


def test_options_belong_to_the_model_before_them(data):
    script = f'torchscript:{data / "net.pt"}'
    args = parse_args(
        [
            '--model', 'a', script, '--clip', '8x2x32', '--model', 'b', script, '--output',
            'features', '--clip', '4x1x16,layout=NTCHW', '--data', 'x', '--out', 'x',
        ]
    )  # fmt: skip
    one, other = given_models(args)
    assert (one.clip, one.output) == (ClipSpec(8, 2, 32), 'scores')
    assert (other.clip, other.output) == (ClipSpec(4, 1, 16, layout='NTCHW'), 'features')


def test_a_folder_of_hugging_face_keeps_its_normalisation(tmp_path):
    pytest.importorskip('transformers', reason='pip install "mmdebias[transformers]"')
    config = dict(model_type='videomae', num_frames=16, image_size=224, architectures=['VideoMAE'])
    processor = dict(image_mean=[0.4] * 3, image_std=[0.2] * 3, size=224)
    (tmp_path / 'config.json').write_text(json.dumps(config))
    (tmp_path / 'preprocessor_config.json').write_text(json.dumps(processor))

    def clip(*options):
        args = ['--model', 'a', f'hf:{tmp_path}', *options, '--data', 'x', '--out', 'x']
        return given_models(parse_args(args))[0].clip

    statistics = dict(mean=(0.4,) * 3, std=(0.2,) * 3, layout='NTCHW', rounding='down')
    assert clip() == ClipSpec(16, 4, 224, **statistics, resize=224)
    assert clip('--clip', '8x2x224') == ClipSpec(8, 2, 224, **statistics, resize=224)
    assert clip('--clip', '8xspreadx224').stride == 'spread'
    assert clip('--clip', '8x2x224,values=uint8').rounding == 'down'
    assert clip('--clip', '8x2x288,clips=3') == ClipSpec(8, 2, 288, **statistics, clips=3)


@pytest.mark.parametrize(
    ('model', 'message'),
    [
        (['--model', 'a', 'torchscript:net.pt'], 'torchscript:FILE needs --clip behind it'),
        (['--model', 'a', 'x.py', 'x.pth', '--clip', '8x2x32'], 'a config says what its model'),
        (['--model', 'a', 'hf:x', '--output', 'scores'], 'leave --output out'),
        (['--model', 'a', 'hf:nowhere'], 'a: nowhere has no config.json'),
        (
            ['--model', 'a', 'onnx:no.onnx', '--clip', '8x2'],
            '--clip 8x2 must be FRAMESxSTRIDEx',
        ),
        (['--model', 'a', 'onnx:no.onnx', '--clip', '8x2x32'], 'a: there is no file no.onnx'),
        (['--model', 'a', 'net.pt'], 'a net.pt is no model; --model takes NAME CONFIG'),
        (['--model', 'a'], '--model takes NAME CONFIG CHECKPOINT, or NAME and one of hf:FOLDER'),
        (['--clip', '8x2x32', '--model', 'a', 'hf:x'], '--clip belongs to a --model'),
    ],
)
def test_models_in_another_form_are_told_the_form(data, tmp_path, capsys, model, message):
    assert message in refusal(capsys, *arguments(data, tmp_path / 'out', *model))
    assert not (tmp_path / 'out').exists()


def test_names_need_the_classes_of_the_scores(data, tmp_path, capsys):
    given = arguments(data, tmp_path / 'out')
    place = given.index('--classes')
    message = refusal(capsys, *given[:place], *given[place + 2 :])
    assert "labels are names, such as 'down', and the scores of net have none: give" in message
    (tmp_path / 'other.txt').write_text('up\ndown\n')
    given[place + 1] = tmp_path / 'other.txt'
    assert "net has no class 'right' (1 of 2 names" in refusal(capsys, *given)
    given[place + 1].write_text('right\ndown\nup\n')
    assert 'net returns scores of 2 classes, and 3 names are given' in refusal(capsys, *given)


def test_a_file_of_classes_is_text(data, tmp_path, capsys):
    given = arguments(data, tmp_path / 'out')
    place = given.index('--classes') + 1
    given[place] = tmp_path / 'nowhere.txt'
    assert '--classes: there is no file' in refusal(capsys, *given)
    given[place] = data / 'net.pt'
    assert 'net.pt is no text in UTF-8' in refusal(capsys, *given)


def test_a_video_in_the_place_of_a_list_is_told_what_is(data, tmp_path, capsys):
    given = arguments(data, tmp_path / 'out')
    given[given.index('--data') + 1] = data / 'puppets' / '00.mp4'
    assert '00.mp4 is a video, whose class is not known: give a list' in refusal(capsys, *given)


def test_a_model_of_a_config_says_that_it_needs_mmaction2(data, tmp_path):
    (tmp_path / 'net.py').touch()
    printed = run_without_mmaction2(
        """
        import sys
        from mmdebias.bias.command import main

        try:
            main(sys.argv[1:])
        except SystemExit as stop:
            print(stop.code)
        """,
        *arguments(data, tmp_path / 'out', '--model', 'a', tmp_path / 'net.py', 'random'),
    )
    assert 'error: The model a, of a config and a checkpoint, needs MMAction2, which is' in printed


def test_a_stored_report_is_compared(data, tmp_path, capsys):
    first, second = tmp_path / 'first', tmp_path / 'second'
    main([str(part) for part in arguments(data, first)])
    (net,) = json.loads((first / 'report.json').read_text())['checkpoints']
    printed = capsys.readouterr().out
    assert net['summary'].startswith('net keeps 0\xa0% (95\xa0% interval 0 to ')
    assert f'**net**{net["summary"].removeprefix("net")}' in printed
    against = ['--compare', first / 'report.json']
    main([str(part) for part in [*arguments(data, second), *against]])
    assert f'## Against {first / "report.json"}' in capsys.readouterr().out
    comparison = json.loads((second / 'report.json').read_text())['comparison']
    found = [entry for measure in comparison['measures'] for entry in measure['differences']]
    assert len(found) == 3 and all(e['paired'] and e['value'] == 0 for e in found)
    assert '<h2>Against ' in (second / 'report.html').read_text()

    # Of other videos, or nowhere: nothing is measured.
    other = [*arguments(data, tmp_path / 'other'), *against, '--num-videos', 4]
    message = refusal(capsys, *other)
    assert 'is of other videos or labels (8 of ' in message and 'here are 4 of' in message
    assert 'there is no file nowhere.json' in refusal(
        capsys, *arguments(data, tmp_path / 'other'), '--compare', 'nowhere.json'
    )
    assert not (tmp_path / 'other').exists()


def test_a_video_that_cannot_be_read_is_named(data, tmp_path, capsys):
    shutil.copytree(data, tmp_path / 'data')
    damaged = tmp_path / 'data' / 'puppets' / '05.mp4'
    damaged.write_bytes(damaged.read_bytes()[:200])
    found = refusal(capsys, *arguments(tmp_path / 'data', tmp_path / 'out'))
    assert found.startswith('error: ') and '05.mp4' in found.splitlines()[0]
    assert 'Mend it, or take it out of the list' in found.splitlines()[0]


def test_stopped_by_hand_it_says_how_to_go_on(data, tmp_path, capsys, monkeypatch):
    def stopped(*given, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, 'bias_report', stopped)
    found = refusal(capsys, *arguments(data, tmp_path / 'out'))
    assert found.startswith('130') and 'run the same command again, and it goes on' in found
