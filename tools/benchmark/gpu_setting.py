"""What the figures of the check on a GPU depend on: card, driver, versions, commit."""

import contextlib
import os
import subprocess
import time
from importlib import metadata
from pathlib import Path

import torch
from measuring import device_name

from mmdebias.provenance import versions

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    'kornia', 'numpy', 'mmcv', 'mmcv-lite', 'triton',
    'opencv-python', 'opencv-python-headless', 'opencv-contrib-python',
    'opencv-contrib-python-headless',
)  # fmt: skip
"""Beside those of mmdebias's own results; of some there are several, and one is installed."""


def read_setting(dry_run: bool) -> dict:
    """Return card, date, cores, versions and commit."""
    setting = dict(
        card=device_name('cpu' if dry_run else 'cuda'),
        date=time.strftime('%Y-%m-%d'),
        dry_run=dry_run,
        cores=len(os.sched_getaffinity(0)),
    )
    if not dry_run:
        properties = torch.cuda.get_device_properties(0)
        setting |= dict(memory_gib=round(properties.total_memory / 2**30), cuda=torch.version.cuda)
    return dict(setting, versions=all_versions())


def all_versions() -> dict[str, str]:
    """Return versions by name, as far as there is such a thing, this repository's commit last."""
    found: dict[str, str | None] = dict(versions())
    for package in PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[package] = metadata.version(package)
    cudnn = torch.backends.cudnn.version()
    found['cuDNN'] = None if cudnn is None else str(cudnn)
    query = ['nvidia-smi', '--query-gpu=driver_version', '--format=csv,noheader']
    found['driver'] = printed(query).partition('\n')[0]
    found['commit'] = commit(ROOT)
    return {name: version for name, version in found.items() if version}


def commit(folder: Path) -> str:
    """Return the commit of a clone, with ``+changes`` if there are any; nothing of what is none."""
    git = ['git', '-C', str(folder)]
    top = printed([*git, 'rev-parse', '--show-toplevel'])
    if not top or Path(top).resolve() != folder.resolve():  # within another repository, perhaps
        return ''
    # Files that git was not told of may be results: they change no figure.
    changed = printed([*git, 'status', '--porcelain', '--untracked-files=no'])
    head = printed([*git, 'rev-parse', '--short', 'HEAD'])
    return f'{head}+changes' if head and changed else head


def printed(command: list[str]) -> str:
    """Return what a program prints; nothing where it fails or is not there."""
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return ''
    return done.stdout.strip() if done.returncode == 0 else ''
