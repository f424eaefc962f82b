"""Follow a guide of the docs to the letter: write its files, change lines, run its commands.

In a page, a block of code with a caption is a file, ``{code-block} diff`` with a caption changes
one, and a ``bash`` block is run. All other blocks are to be read only.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPIED = (
    *('mmdebias', 'configs', 'docs', 'tools', 'tests'),
    *('README.md', 'setup.py', 'pyproject.toml', 'model-index.yml'),
)
FENCE = re.compile(
    r'^(?P<fence>```+)(?:\{code-block\} *)?(?P<language>\w+)[^\n]*\n'
    r'(?::caption: *`(?P<file>\S+)`\n\n?)?(?P<text>.*?)^(?P=fence)$',
    re.M | re.S,
)


@dataclass(frozen=True)
class Step:
    """Something that a guide asks for.

    Args:
        kind: 'write' or 'change' a file, or 'run'.
        text: The file, the change, or the commands.
        file: Below the project's folder.
        line: Of the page.
    """

    kind: str
    text: str
    file: str
    line: int


def read_steps(page: Path) -> Iterator[Step]:
    """Yield the steps of a page, in its order."""
    content = page.read_text(encoding='utf-8')
    for block in FENCE.finditer(content):
        language, file = block['language'], block['file'] or ''
        kind = 'run' if language == 'bash' else 'change' if language == 'diff' else 'write'
        if file or kind == 'run':
            yield Step(kind, block['text'], file, content.count('\n', 0, block.start()) + 1)


def change(before: str, diff: str) -> str:
    """Apply a diff without line numbers; what it leaves and takes must be there once.

    Raises:
        ValueError: it is not there, or more than once.
    """
    lines = diff.splitlines(keepends=True)
    old = ''.join(line[1:] for line in lines if line[0] in ' -')
    new = ''.join(line[1:] for line in lines if line[0] in ' +')
    if before.count(old) != 1:
        raise ValueError(f'found {before.count(old)} times instead of once:\n{old}')
    return before.replace(old, new)


def copy_project(folder: Path) -> None:
    """Copy what a clone has that guides need."""
    for name in COPIED:
        source, target = ROOT / name, folder / name
        if source.is_dir():
            ignored = shutil.ignore_patterns('__pycache__', '*.egg-info', '_build', '_api')
            shutil.copytree(source, target, symlinks=True, ignore=ignored)
        else:
            shutil.copy(source, target)


def follow(page: Path, folder: Path, environment: dict[str, str]) -> list[str]:
    """Do what a page says, in a copy of the project; return what each command printed.

    Raises:
        AssertionError: a step fails; the message names its line.
    """
    printed = []
    for step in read_steps(page):
        file, where = folder / step.file, f'{page.name}, line {step.line}'
        if step.kind == 'write':
            assert not file.exists(), f'{where}: {step.file} is there already'
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(step.text, encoding='utf-8')
        elif step.kind == 'change':
            try:
                file.write_text(change(file.read_text(encoding='utf-8'), step.text))
            except ValueError as error:
                raise AssertionError(f'{where}: {step.file}: {error}') from None
        else:
            done = subprocess.run(
                ['bash', '-euo', 'pipefail', '-c', step.text],
                cwd=folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            assert not done.returncode, f'{where}:\n{step.text}\n{done.stdout[-3000:]}'
            printed.append(done.stdout)
    return printed
