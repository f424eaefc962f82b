"""Workarounds for what MMEngine's runner goes on from, and what it writes over."""

import functools
import logging
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mmengine.runner import Runner


def look_before_training() -> None:
    """Have a training go on from its own newest checkpoint, and write over no other's.

    mmengine 0.10.7's ``--resume`` reads the path in ``last_checkpoint`` and no more: without the
    marker it starts at the first epoch, over the checkpoints that are there; in a copied work
    directory it goes on from the original's file. A start without ``--resume`` overwrites another
    run's checkpoints as well, and both with exit status 0. Here the checkpoint is the one that
    :func:`mmdebias.checkpoints.newest_checkpoint` finds, before data sets are built, on the first
    rank for all; a start that would overwrite checkpoints is an error.
    """
    from mmengine.runner import Runner

    original = Runner.train
    if hasattr(original, 'mmdebias'):
        return

    @functools.wraps(original)
    def train(self: Runner) -> object:
        _choose_start(self)
        return original(self)

    train.mmdebias = True
    Runner.train = train


def _choose_start(runner: 'Runner') -> None:
    """Set what a training goes on from.

    Raises:
        CheckpointError: there are checkpoints and none is whole, or they are another training's.
    """
    from mmengine.dist import broadcast_object_list, is_main_process

    from mmdebias.weights.reading import CheckpointError

    folder, template = _checkpoint_place(runner)
    if folder is None or runner._has_loaded:
        return
    outcome: list = [None]
    if is_main_process():
        # The others wait for an outcome, and must hear of an error, too.
        try:
            outcome = [_find_start(runner, folder, template)]
        except CheckpointError as error:
            outcome = [error]
    broadcast_object_list(outcome)
    if isinstance(outcome[0], CheckpointError):
        raise outcome[0]
    if outcome[0] is None:
        runner._resume = runner._resume and runner._load_from is not None
    else:
        runner._load_from = outcome[0]


def _find_start(runner: 'Runner', folder: Path, template: str) -> str | None:
    """Return the checkpoint to go on from, None where the runner's own settings stand."""
    from mmdebias.checkpoints import newest_checkpoint, numbered_checkpoints
    from mmdebias.weights.reading import CheckpointError

    best = sorted(folder.glob('best_*.pth'))
    if runner._resume and runner._load_from is None:
        path, note = newest_checkpoint(runner.work_dir, folder, template)
        if path is None:
            if best:
                raise CheckpointError(
                    f'{folder} holds no checkpoint to go on from but {_names(best)}, which a '
                    'training from the beginning might overwrite: give --resume FILE, or another '
                    '--work-dir'
                )
            note = f'There is no checkpoint in {folder} to resume: training starts at the beginning'
        if note:
            runner.logger.log(logging.WARNING, note)
        return None if path is None else str(path)
    there = numbered_checkpoints(folder, template) or best
    own = runner._resume and Path(runner._load_from).resolve().parent == folder.resolve()
    if there and not own:
        raise CheckpointError(
            f'{folder} holds checkpoints of an earlier training, {_names(there)}, which this would '
            'overwrite: go on with that by --resume, give another --work-dir, or move them away'
        )
    return None


def _checkpoint_place(runner: 'Runner') -> tuple[Path | None, str]:
    """Return where a runner saves checkpoints, None where not on a disk, and names by what."""
    from mmengine.hooks import CheckpointHook

    from mmdebias.checkpoints import checkpoint_folder

    hook = next((hook for hook in runner.hooks if isinstance(hook, CheckpointHook)), None)
    if hook is None:
        return None, ''
    return checkpoint_folder(runner.work_dir, hook.out_dir), hook.filename_tmpl


def _names(paths: list[Path]) -> str:
    return paths[0].name if len(paths) == 1 else f'{paths[0].name} to {paths[-1].name}'
