"""The guides of the docs, followed to the letter in a copy of the project."""

import os
import sys

import pytest

from helpers.guides import ROOT, change, copy_project, follow, read_steps

GUIDES = ROOT / 'docs' / 'guides'
# What the last command of a guide prints when all went well.
ENDS = {
    'method': 'passed',
    'encoder': 'passed',
    'dataset': 'Epoch(train) [1]',
    'probe': 'Upside down',
}


@pytest.mark.slow
@pytest.mark.parametrize('name', ENDS)
def test_a_guide_works_to_the_letter(name, tmp_path):
    copy_project(tmp_path)
    environment = {
        **{key: value for key, value in os.environ.items() if key != 'MMDEBIAS_DATA'},
        'PYTHONPATH': str(tmp_path),
        'PATH': f'{os.path.dirname(sys.executable)}:{os.environ["PATH"]}',
        'OMP_NUM_THREADS': '1',
    }

    printed = follow(GUIDES / f'{name}.md', tmp_path, environment)

    assert ENDS[name] in printed[-1]


def test_a_method_is_what_is_its_own_and_three_places_that_name_it():
    steps = [step for step in read_steps(GUIDES / 'method.md') if step.file]
    own = {step.file for step in steps if step.kind == 'write'}
    others = {step.file for step in steps if step.kind == 'change'}

    assert all('grey_background' in file for file in own) and len(own) == 6
    assert others == {'mmdebias/models/augments/__init__.py', 'mmdebias/methods.py', 'README.md'}


def test_every_guide_is_followed():
    assert {path.stem for path in GUIDES.glob('*.md')} == set(ENDS)


def test_steps_are_read_in_their_order(tmp_path):
    page = tmp_path / 'page.md'
    page.write_text(
        '# Page\n\n```python\nread = only\n```\n\n'
        '```{code-block} python\n:caption: `a/b.py`\n\nx = 1\n```\n\n'
        '```{code-block} diff\n:caption: `a/b.py`\n\n-x = 1\n+x = 2\n```\n\n'
        '```bash\ncat a/b.py\n```\n'
    )

    kinds = [(step.kind, step.file, step.line) for step in read_steps(page)]

    assert kinds == [('write', 'a/b.py', 7), ('change', 'a/b.py', 13), ('run', '', 20)]
    assert follow(page, tmp_path, dict(os.environ)) == ['x = 2\n']


def test_a_change_must_fit():
    assert change('a\nb\nc\n', ' a\n-b\n+d\n') == 'a\nd\nc\n'
    with pytest.raises(ValueError, match='found 0 times'):
        change('a\nc\n', ' a\n-b\n')


def test_a_failing_command_is_named(tmp_path):
    page = tmp_path / 'page.md'
    page.write_text('\n```bash\necho before\nfalse\n```\n')
    with pytest.raises(AssertionError, match=r'page.md, line 2:(.|\n)*before'):
        follow(page, tmp_path, dict(os.environ))
