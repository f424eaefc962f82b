"""The check on a GPU: its dry run on a CPU, and that a part that fails takes no other with it."""

import itertools
import json
import signal
import subprocess
import sys

import pytest
import torch

from helpers.running import ROOT, environment

FOLDER = ROOT / 'tools' / 'benchmark'


def command(*arguments, **variables):
    return subprocess.run(
        ['bash', FOLDER / 'gpu.sh', *map(str, arguments)],
        env=environment(PYTHON=sys.executable, **variables),
        text=True, capture_output=True,
    )  # fmt: skip


@pytest.fixture
def check(monkeypatch):
    """The module ``gpu`` of the tool; those beside it can be imported, too."""
    monkeypatch.syspath_prepend(str(FOLDER))
    import gpu

    yield gpu
    for name in ('gpu', 'gpu_parts', 'gpu_page', 'gpu_setting', 'measuring'):
        sys.modules.pop(name, None)


@pytest.mark.slow
@pytest.mark.skipif(
    not hasattr(torch.cpu.Stream, 'record_event'),
    reason='streams of torch.cpu have no events before torch 2.7, so AugmentAhead needs a GPU',
)
def test_the_dry_run_goes_through_all_parts(tmp_path):
    done = command(tmp_path / 'out', '--dry-run')
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads((tmp_path / 'out' / 'gpu.json').read_text())
    assert found['dry_run'] and found['card'].startswith('CPU') and 'torch' in found['versions']
    cases = {name: [row['case'] for row in part['rows']] for name, part in found['parts'].items()}
    assert list(cases) == ['tests', 'augments', 'nets', 'loading', 'resume', 'study']
    assert cases['augments'] == ['gpu', 'gpu, copy, augments and steps']
    assert cases['nets'] == ['setting', *['net'] * 5]
    assert cases['loading'] == ['setting', 'loading', 'step', 'both', 'verdict']

    counts = found['parts']['tests']['rows'][0]
    assert counts['passed'] > 30 and counts['failed'] == 0
    modes = [row['mode'] for row in found['parts']['nets']['rows'][1:]]
    assert modes[:3] == ['float32', 'bfloat16', 'bfloat16, channels last']
    assert modes[4].endswith('compiled')
    assert not any('failed' in row for row in found['parts']['nets']['rows'])
    (resumed,) = found['parts']['resume']['rows']
    assert resumed['largest_difference'] == 0 and resumed['compared_steps'] >= 3
    (studied,) = found['parts']['study']['rows']
    assert studied['method'] == 'fame' and 0 <= studied['motion_probe'] <= 1

    page = (tmp_path / 'out' / 'gpu.md').read_text()
    assert 'the figures mean nothing' in page and '(goal 30,000 at 16x224x224)' in page
    assert {path.name for path in (tmp_path / 'out').iterdir()} == {
        'gpu.json', 'gpu.md', *(f'{name}.log' for name in cases)
    }  # fmt: skip


def test_a_folder_is_asked_for():
    done = command('--dry-run')
    assert done.returncode == 2 and 'Usage: bash tools/benchmark/gpu.sh OUT' in done.stderr


def part(check, *lines, seconds=60):
    """A part that prints lines of Python."""
    code = '\n'.join(lines)
    return check.Part('some', seconds, lambda *_: [[sys.executable, '-c', code]], len_of)


def len_of(rows):
    return f'{len(rows)} rows'


ROW = """print('{"case": "one", "value": 3}', flush=True)"""


def test_what_a_part_measured_before_it_failed_is_kept(check, tmp_path):
    def run(*lines, limit=60.0):
        return check.run_part('some', part(check, *lines), tmp_path, True, limit)

    assert run(ROW)['says'] == '1 rows' and 'failed' not in run(ROW)
    broken = run(ROW, 'raise ValueError("broken")')
    assert broken['rows'] == [dict(case='one', value=3)]
    assert broken['says'] == 'failed: exit status 1: ValueError: broken; until then 1 rows'
    late = run(ROW, 'print("{\\"case\\": \\"half", flush=True)', 'import time', 'time.sleep(60)',
               limit=2.0)  # fmt: skip
    assert late['failed'] == 'not done within 2 s' and late['rows'] == [dict(case='one', value=3)]
    assert late['seconds'] < 30
    assert run('pass')['failed'] == 'it has measured nothing'
    assert run(ROW, limit=-1.0)['failed'] == 'no time is left'


def test_one_part_fails_and_the_next_is_run(check, tmp_path, monkeypatch, capsys):
    parts = dict(bad=part(check, 'raise SystemExit("no")'), good=part(check, ROW))
    monkeypatch.setattr(check, 'PARTS', parts)
    monkeypatch.setattr(sys, 'argv', ['gpu.py', '--out', str(tmp_path), '--dry-run'])
    assert check.main() == 1
    found = json.loads((tmp_path / 'gpu.json').read_text())['parts']
    assert found['bad']['failed'] == 'exit status 1: no' and found['good']['says'] == '1 rows'
    page = (tmp_path / 'gpu.md').read_text()
    assert '| `bad`: some | failed: exit status 1: no |' in page and '## good: one' in page
    assert 'bad: failed: exit status 1: no' in capsys.readouterr().out


@pytest.fixture
def short(check, monkeypatch):
    """``short(*arguments)``: the exit status of a dry run of three parts that take no time."""
    names = ('a', 'b', 'c')
    monkeypatch.setattr(check, 'PARTS', {name: part(check, ROW) for name in names})

    def run(*arguments, **fields):
        setting = dict(card='CPU, some', date='2026-01-01', dry_run=True, cores=1)
        setting |= dict(versions=dict(torch='2', commit='abc')) | fields
        monkeypatch.setattr(check, 'read_setting', lambda dry_run: setting)
        monkeypatch.setattr(sys, 'argv', ['gpu.py', '--out', *map(str, arguments), '--dry-run'])
        return check.main()

    return run


def test_only_some_parts_keeps_the_others(short, check, tmp_path):
    def read():
        return json.loads((tmp_path / 'gpu.json').read_text())['parts']

    assert short(tmp_path, '--only', 'c') == 0 and list(read()) == ['c']
    assert short(tmp_path) == 0 and list(read()) == ['a', 'b', 'c']
    failing = part(check, 'raise SystemExit("no")')
    check.PARTS['b'] = failing
    newer = dict(date='2026-01-02', versions=dict(torch='3'))
    assert short(tmp_path, '--only', 'b', **newer) == 1
    assert list(read()) == ['a', 'b', 'c'] and read()['b']['failed'] and read()['a']['rows']
    page = (tmp_path / 'gpu.md').read_text()
    assert '`a` is of an earlier run: date 2026-01-01, torch 2, commit abc.' in page
    assert '`b` is of' not in page
    # Of what is kept nothing failed; the first run's setting is kept with it.
    assert short(tmp_path, '--only', 'c', **newer) == 0
    assert '`a` is of an earlier run: date 2026-01-01' in (tmp_path / 'gpu.md').read_text()
    check.PARTS['b'] = check.PARTS['a']
    assert short(tmp_path) == 0
    assert not any('setting' in found for found in read().values())


@pytest.mark.parametrize(
    ('written', 'said'),
    [
        ('{"dry_run": false, "card": "CPU, some", "parts": {}}', 'results of a check on CPU, some'),
        ('{"dry_run": true, "card": "other", "parts": {}}', 'results of a dry run on other'),
        ('{"dry_run": true', 'is no result of this check, or half of one'),
    ],
)
def test_only_does_not_mix_results_of_two_kinds(short, tmp_path, capsys, written, said):
    (tmp_path / 'gpu.json').write_text(written)
    with pytest.raises(SystemExit) as stopped:
        short(tmp_path, '--only', 'a')
    error = capsys.readouterr().err
    assert stopped.value.code == 1 and said in error
    assert f'give another folder than {tmp_path}, or leave out --only' in error
    assert [path.name for path in tmp_path.iterdir()] == ['gpu.json']
    assert (tmp_path / 'gpu.json').read_text() == written
    assert short(tmp_path) == 0  # a whole run replaces it


# What is sent to the check itself comes from its second part.
INTERRUPTED = """
import signal, sys
sys.path.insert(0, {folder!r})
# Where the tests run in a shell's background, they and what they start ignore SIGINT.
signal.signal(signal.SIGINT, signal.default_int_handler)
import gpu
from mmdebias.processes import orderly_end
def len_of(rows):
    return f'{{len(rows)}} rows'
codes = dict(a={row!r}, b={row!r} + {send!r}, c={row!r})
gpu.PARTS = {{
    name: gpu.Part('some', 60, lambda *_, code=code: [[sys.executable, '-c', code]], len_of)
    for name, code in codes.items()
}}
sys.argv = ['gpu.py', '--out', {out!r}, '--dry-run']
with orderly_end():
    sys.exit(gpu.main())
"""


@pytest.mark.slow
@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_check_says_what_is_missing(tmp_path, number):
    send = [
        '\nimport os, tempfile, time; tempfile.mkdtemp()',
        f'os.kill(os.getppid(), {int(number)}); time.sleep(60)',
    ]
    place, temporary = tmp_path / 'out', tmp_path / 'tmp'
    temporary.mkdir()
    script = INTERRUPTED.format(folder=str(FOLDER), row=ROW, send='\n'.join(send), out=str(place))
    done = subprocess.run(
        [sys.executable, '-c', script], text=True, capture_output=True, timeout=50,
        env=environment(PYTHONPATH=str(ROOT), TMPDIR=str(temporary)),
    )  # fmt: skip
    assert done.returncode == 130
    assert done.stderr == f'interrupted in b: {place / "gpu.md"} says what is missing\n'
    assert done.stdout.startswith('a: 1 rows') and 'b: ' not in done.stdout
    parts = json.loads((place / 'gpu.json').read_text())['parts']
    assert {name: part['says'] for name, part in parts.items()} == dict(
        a='1 rows', b='failed: interrupted; until then 1 rows', c='not run'
    )
    page = (place / 'gpu.md').read_text()
    assert '| `b`: some | failed: interrupted; until then 1 rows |' in page
    assert '| `c`: some | not run |' in page
    assert list(temporary.iterdir()) == []


def test_the_parts_limits_are_the_whole_checks(check):
    names = list(check.PARTS)
    assert sum(part.seconds for part in check.PARTS.values()) == 60 * check.MINUTES

    def limit(name, passed, chosen=names, dry_run=False):
        return check.time_limit(name, chosen, passed, dry_run)

    first, second = names[:2]
    own = {name: part.seconds for name, part in check.PARTS.items()}
    assert limit(first, 0) == own[first]
    assert limit(second, 10) == own[first] + own[second] - 10  # what the first has left
    assert limit(second, own[first]) == own[second]
    assert limit(names[-1], 560) == 10
    assert limit(second, 0, [second]) == 60 * check.MINUTES
    assert limit(first, 0, dry_run=True) == check.PATIENCE * own[first]


def test_tests_that_fail_are_named(check, tmp_path):
    import gpu_parts

    (tmp_path / 'tests.xml').write_text(
        '<testsuites><testsuite><testcase name="a"/>'
        '<testcase name="b"><failure message="off by 1\nmore"/></testcase>'
        '<testcase name="c"><skipped message="no"/></testcase></testsuite></testsuites>'
    )
    rows = gpu_parts.test_rows(tmp_path, '')
    assert gpu_parts.say_tests(rows) == '1 passed, 1 failed, 1 skipped'
    assert [(row['test'], row['outcome']) for row in rows[1:]] == [
        ('b', 'failed'),
        ('c', 'skipped'),
    ]
    assert gpu_parts.test_rows(tmp_path / 'none', '') == []
    files = gpu_parts.tests(tmp_path, True)[0]
    assert ROOT / 'tests' / 'gpu' / 'test_ops.py' in files
    assert ROOT / 'tests' / 'evaluation' / 'test_search.py' in files


def test_versions_and_commit_are_noted(check, tmp_path, monkeypatch):
    import gpu_setting

    found = gpu_setting.read_setting(dry_run=True)['versions']
    assert {'torch', 'mmdebias', 'kornia', 'numpy'} <= set(found)
    assert any(name.startswith('mmcv') for name in found)
    assert any(name.startswith('opencv') for name in found)
    assert all(isinstance(version, str) and version for version in found.values())

    answers = {'nvidia-smi': '570.1\n570.1'}
    monkeypatch.setattr(gpu_setting, 'printed', lambda command: answers.get(command[0], ''))
    monkeypatch.setattr(torch.backends.cudnn, 'version', lambda: 91002)
    found = gpu_setting.all_versions()
    assert found['driver'] == '570.1' and found['cuDNN'] == '91002' and 'commit' not in found


def test_the_commit_of_a_clone_and_of_nothing_else(check, tmp_path):
    from gpu_setting import commit

    def git(*words):
        name = ['-c', 'user.name=a', '-c', 'user.email=a@example.org']
        done = ['git', '-C', str(tmp_path), *name, *words]
        return subprocess.run(done, check=True, capture_output=True, text=True).stdout.strip()

    file, below = tmp_path / 'file', tmp_path / 'below'
    below.mkdir()
    file.write_text('a')
    assert commit(tmp_path) == ''
    git('init')
    git('add', 'file')
    git('commit', '-m', 'first')
    assert commit(tmp_path) == git('rev-parse', '--short', 'HEAD') and commit(below) == ''
    (below / 'result').write_text('not told of')
    assert commit(tmp_path) == git('rev-parse', '--short', 'HEAD')
    file.write_text('b')
    assert commit(tmp_path) == git('rev-parse', '--short', 'HEAD') + '+changes'


def test_whether_the_goal_is_reached_is_said(check):
    import gpu_parts

    row = dict(clip='16x224x224', augments_share_of_the_step=0.2, net='i3d')

    def said(frames, hidden=0.5, **other):
        alone = dict(row, fame_frames_a_second=frames, **other)
        return gpu_parts.say_augments([alone, dict(share_hidden=hidden)])

    assert 'a second at 16x224x224 (goal 30,000 at 16x224x224: reached), all' in said(30_000.0)
    assert '(goal 30,000 at 16x224x224: missed), all augments 20%' in said(29_999.0)
    assert '(goal 30,000 at 16x224x224), all' in said(40_000.0, clip='4x16x16')
    assert said(1.0).endswith(', of which AugmentAhead hides 50%')
    assert said(1.0, hidden=-0.3).endswith(', of which AugmentAhead hides nothing')


def test_a_resumed_training_that_goes_on_otherwise_is_a_failure(check):
    import resume

    def judge(first, largest):
        found = dict(difference_of_the_first_step=first, largest_difference=largest)
        return resume.judge(found, *resume.GPU_LIMITS)

    assert judge(0.005, 0.05) == ''
    assert judge(0.03, 0.05) == (
        'the first loss after the kill is off by a share of 0.03, where 0.01 is allowed'
    )
    assert judge(0.0, 0.2) == 'a later loss is off by a share of 0.2, where 0.1 is allowed'
    assert '0.03' in judge(0.03, 0.2) and '0.2' in judge(0.03, 0.2)
    assert 'nan' in judge(float('nan'), float('nan'))


def test_where_the_memory_ends_is_said(check):
    import gpu_parts

    row = dict(case='net', net='i3d', mode='bfloat16')
    rows = [
        dict(row, batch_size=8, clips_a_second=90.0),
        dict(row, batch_size=16, clips_a_second=95.0),
        dict(row, batch_size=32, failed='out of memory: CUDA out of memory.'),
        dict(row, batch_size=8, failed='BackendCompilerFailed: backend'),
    ]
    assert gpu_parts.say_nets(rows) == (
        'i3d 95 clips a second (bfloat16, 16 videos); too many videos for the memory: i3d 32; '
        '1 cases failed'
    )


def test_all_nets_are_measured_and_the_first_does_not_take_the_others_with_it(check, tmp_path):
    import gpu_parts
    import nets

    named = [words[words.index('--nets') + 1 :] for words in gpu_parts.nets(tmp_path, False)]
    assert [*itertools.chain(*named)] == nets.NETS
    codes = ['raise SystemExit("first")', ROW, 'raise SystemExit("last")']
    commands = [[sys.executable, '-c', code] for code in codes]
    both = check.Part('some', 60, lambda *_: commands, len_of, independent=True)
    found = check.run_part('some', both, tmp_path, True, 60.0)
    assert found['failed'] == 'exit status 1: first; exit status 1: last'
    assert len(found['rows']) == 1
