"""This checkout beside another commit of it: for the benchmarks that compare the two."""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOW = 'now'


@contextmanager
def beside(commit: str) -> Iterator[dict[str, Path]]:
    """Check a commit out for a while; yields the folders of the two, the other one first."""
    git = ['git', '-C', str(ROOT), 'worktree']
    with tempfile.TemporaryDirectory() as folder:
        other = Path(folder) / 'other'
        subprocess.run([*git, 'add', '--detach', str(other), commit], check=True, stderr=-3)
        _pass_over_transformers(other)
        try:
            yield {commit: other, NOW: ROOT}
        finally:
            subprocess.run([*git, 'remove', '--force', str(other)], check=True)


def _pass_over_transformers(folder: Path) -> None:
    """Have MMAction2 leave transformers alone in processes that import from a folder.

    Commits without ``mmdebias.compat.leave_out_vindlu`` cannot be imported beside it.
    """
    metadata = folder / 'transformers-0.dist-info' / 'METADATA'
    metadata.parent.mkdir()
    metadata.write_text('Metadata-Version: 2.1\nName: transformers\nVersion: 0\n')


def show_best(found: dict[str, list[dict]]) -> tuple[dict, dict]:
    """Print the least of what each commit's runs took, a JSON line each; return both."""
    best = {
        name: {key: min(run[key] for run in runs) for key in runs[0]}
        for name, runs in found.items()
    }
    for name, least in best.items():
        print(json.dumps(dict(commit=name, **least)))
    before, now = best.values()
    return before, now
