"""Every tool spells models, data and results in one way."""

import argparse
import contextlib
import runpy
import sys

import pytest

from helpers.running import ROOT

IMPORTED = (
    'commits.py',
    'comparing.py',
    'gpu_page.py',
    'gpu_parts.py',
    'gpu_setting.py',
    'measuring.py',
    'stepping.py',
)
TOOLS = sorted(
    path.relative_to(ROOT / 'tools').as_posix()
    for path in (ROOT / 'tools').rglob('*.py')
    # MMAction2's own, torch's own, and what tools import.
    if path.name not in ('train.py', 'test.py', 'launch.py', *IMPORTED)
)
MODEL = [tool for tool in TOOLS if tool.startswith('analysis/')] + [
    'bias_report.py', 'convert/export_weights.py', 'evaluate.py'
]  # fmt: skip
# These compare no models.
for name in (
    *('flow_psnr', 'mask_quality', 'shift_overlap', 'shortcuts', 'show_augment', 'toy_study'),
):
    MODEL.remove(f'analysis/{name}.py')
VIDEOS = [
    *(f'analysis/{name}.py' for name in ('activation_maps', 'adversarial_inputs', 'flow_psnr')),
    *(f'analysis/{name}.py' for name in ('response_curve', 'sensitivity', 'show_augment')),
    'benchmark/loading.py', 'data/extract_flow.py',
]  # fmt: skip
PRINTING = (
    *('analysis/flow_psnr.py', 'analysis/shift_overlap.py'),
    *(
        f'benchmark/{name}.py'
        for name in ('augment', 'bias', 'index', 'loading', 'nets', 'resume', 'step', 'training')
    ),
)


class Parsed(BaseException):
    """The parser of a tool, which does not go on."""


@pytest.fixture(scope='module')
def options():
    """``options(tool)``: its arguments, and those of its commands, as argparse has them."""
    known = {}

    def stop(parser, *_):
        raise Parsed(parser)

    def read(tool):
        if tool not in known:
            path = ROOT / 'tools' / tool
            with pytest.MonkeyPatch.context() as patch:
                patch.syspath_prepend(str(path.parent))
                patch.setattr(sys, 'argv', [str(path)])
                patch.setattr(argparse.ArgumentParser, 'parse_args', stop)
                with pytest.raises(Parsed) as parsed:
                    runpy.run_path(str(path), run_name='__main__')
            known[tool] = list(flat(parsed.value.args[0]))
        return known[tool]

    return read


def flat(parser):
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from flat(command)
        else:
            yield action


def named(actions, spelling):
    return [action for action in actions if spelling in action.option_strings]


@pytest.mark.parametrize('tool', TOOLS)
def test_nothing_goes_by_its_place_and_old_spellings_are_gone(options, tool):
    by_place = [action.dest for action in options(tool) if not action.option_strings]
    # A config to train comes as in MMAction2's train.py.
    allowed = {'benchmark/augment.py': ['cases'], 'benchmark/training.py': ['config']}
    assert by_place == allowed.get(tool, [])
    spellings = {text for action in options(tool) for text in action.option_strings}
    assert not spellings & {'--work-dir', '--folder', '--others', '--encoder'}
    # Archives to unpack are a path of their own; all other --...videos are numbers.
    if not tool.endswith('prepare.py'):
        assert all('num-' in text for text in spellings if text.endswith('videos'))
    assert ('--out' in spellings) == (tool not in PRINTING)


@pytest.mark.parametrize('tool', sorted(set(TOOLS) - set(PRINTING)))
def test_results_do_not_go_where_a_file_is(options, tool, tmp_path):
    (tmp_path / 'file').touch()
    for action in named(options(tool), '--out'):
        for path in (tmp_path / 'file' / 'inner', tmp_path / 'file' / 'inner' / 'most'):
            with pytest.raises(argparse.ArgumentTypeError, match='file is a file: give a folder'):
                action.type(str(path))
        # One of the two is what the tool writes.
        taken = []
        for path in (tmp_path / 'file', tmp_path):
            with contextlib.suppress(argparse.ArgumentTypeError):
                taken.append(action.type(str(path)))
        assert len(taken) == 1


@pytest.mark.parametrize('tool', sorted(set(MODEL) - {'bias_report.py'}))
def test_a_model_is_a_name_a_config_and_a_checkpoint(options, tool):
    actions = named(options(tool), '--model')
    assert actions
    for action in actions:
        assert action.metavar == ('NAME', 'CONFIG', 'CHECKPOINT') and action.nargs == 3
        assert isinstance(action, argparse._AppendAction) and action.required


def test_the_bias_report_takes_models_of_other_kinds_too(options):
    (action,) = named(options('bias_report.py'), '--model')
    assert action.metavar == ('NAME', 'MODEL') and action.required


@pytest.mark.parametrize('tool', sorted(set(TOOLS) - set(MODEL)))
def test_no_other_tool_has_models(options, tool):
    assert not named(options(tool), '--model')


@pytest.mark.parametrize('tool', VIDEOS)
def test_videos_are_files_and_lists_and_may_be_given_again(options, tool):
    (action,) = named(options(tool), '--data')
    assert isinstance(action, argparse._ExtendAction) and action.nargs == '+' and action.required
    assert named(options(tool), '--data-root')
