"""Checks before a training or a test takes long: of config, checkpoint and folder."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from pathlib import Path

from mmengine.config import Config
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner

from mmdebias.checkpoints import checkpoint_folder, hook_settings, newest_checkpoint
from mmdebias.config_arguments import explain_later, keys_of, swallowed
from mmdebias.config_checks import (
    ConfigError,
    impossible_loaders,
    missing_parts,
    misspelt_keys,
    misspelt_options,
    parse_options,
    uneven_groups,
    wrong_types,
)
from mmdebias.engine import FiniteLossHook, LabelCheckHook, LoadReportHook, SameRunHook
from mmdebias.engine.resumed_state import check_complete, check_optimizer
from mmdebias.engine.same_run_hook import check_same_run
from mmdebias.files import check_folder
from mmdebias.models.heads.width import explain_head_width
from mmdebias.processes import sole_writer
from mmdebias.weights import read_checkpoint
from mmdebias.weights.checking import Purpose

# The base configs list these hooks, for MMAction2's own tools. A config that states custom_hooks
# anew drops them without meaning to, and those of MMAction2 have none.
CHECKS = (LoadReportHook, LabelCheckHook, SameRunHook, FiniteLossHook)


@contextmanager
def checked_runners(trains: bool, options: Sequence[str] = ()) -> Iterator[None]:
    """Have ``Runner.from_cfg`` look at what it is given before it builds data sets.

    MMEngine loads a checkpoint last: that it cannot be read, or is of another net, showed when the
    data sets had been built. Here it is read twice instead. Nothing is made or written where
    something is wrong. While a training runs, nobody else trains in its work directory. The hooks
    that check a run are there whether the config lists them or not.

    Args:
        trains: Whether the runner will train; else it tests.
        options: Of ``--cfg-options``, ``key=value``, which the config has merged.

    Raises:
        CheckpointError: within: the checkpoint cannot be read, does not fit, or is of another
            training than the one that is resumed.
        ConfigError: within: values of the wrong type, or that do not go together.
        FileNotFoundError: within: there is no such checkpoint.
        FolderInUseError: within: another training writes to the work directory.
        NotADirectoryError: within: the work directory is a file.
    """
    original = Runner.__dict__['from_cfg']
    with ExitStack() as held:

        def from_cfg(kind: type[Runner], cfg: Config) -> Runner:
            check_config(cfg, trains)
            check_folder(cfg.work_dir)
            resumes = trains and bool(cfg.get('resume'))
            file = find_checkpoint(cfg, resumes)
            checkpoint = None if file is None else read_checkpoint(file)
            if checkpoint is not None and resumes:
                check_same_run(cfg, checkpoint, file)
                check_complete(cfg, checkpoint, file)
            if trains and is_first_rank():
                held.enter_context(sole_writer(cfg.work_dir))
            doubts = [*misspelt_keys(cfg), *swallowed(cfg), *check_options(cfg, options)]
            held.enter_context(keys_of(cfg))  # loops and data sets are built later
            try:
                runner = original.__func__(kind, cfg)
            except Exception:
                # A misspelt name in what is built: what is known of names comes before that.
                print(*doubts, sep='\n', file=sys.stderr)
                raise
            for line in doubts:
                runner.logger.warning(line)
            purpose = Purpose.TEST if not trains else Purpose.RESUME if resumes else Purpose.START
            _look_at(runner, checkpoint, purpose, file)
            return runner

        Runner.from_cfg = classmethod(from_cfg)
        try:
            yield
        except TypeError as error:
            found = explain_later(error)
            if found is None:
                raise
            raise found from None
        finally:
            Runner.from_cfg = original


def _look_at(runner: Runner, checkpoint: dict | None, purpose: Purpose, file: Path | None) -> None:
    """Add the hooks that check a run, and compare its model with what it starts from."""
    for check in CHECKS:
        if not any(isinstance(hook, check) for hook in runner.hooks):
            runner.register_hook(check())
    model = runner.model.module if is_model_wrapper(runner.model) else runner.model
    explain_head_width(model)
    for hook in runner.hooks:
        if checkpoint is not None and isinstance(hook, LoadReportHook):
            hook.check(model, checkpoint, purpose, file)
    if checkpoint is not None and purpose is Purpose.RESUME:
        # Of a copy of the config, which building changes: the runner builds its own.
        optimizer = runner.build_optim_wrapper(deepcopy(runner.optim_wrapper))
        check_optimizer(optimizer, model, checkpoint, file)


def check_config(cfg: Config, trains: bool) -> None:
    """Raise ConfigError, naming all of them, where values cannot be what was meant.

    Args:
        cfg: The config.
        trains: Whether it is to be trained; else tested.
    """
    wrong = [
        *missing_parts(cfg, trains),
        *wrong_types(cfg),
        *impossible_loaders(cfg, trains),
        *uneven_groups(cfg),
    ]
    if wrong:
        raise ConfigError('the config cannot be run:\n  ' + '\n  '.join(wrong))


def find_checkpoint(cfg: Config, resumes: bool) -> Path | None:
    """Return the local file that a run will start from, None where there is none."""
    given = cfg.get('load_from')
    if given is None:
        if not resumes:
            return None
        out_dir, template = hook_settings(cfg)
        folder = checkpoint_folder(cfg.work_dir, out_dir)
        return None if folder is None else newest_checkpoint(cfg.work_dir, folder, template).path
    # Others are downloaded.
    return Path(given).expanduser() if isinstance(given, str) and '://' not in given else None


def check_options(cfg: Config, options: Sequence[str]) -> list[str]:
    """Return what :func:`mmdebias.config_checks.misspelt_options` says of a merged config."""
    if not options or cfg.filename is None:
        return []
    return misspelt_options(Config.fromfile(cfg.filename), parse_options(options))


def is_first_rank() -> bool:
    """Return whether this process is the first of a run, before any of them talk to each other."""
    return os.environ.get('RANK', os.environ.get('SLURM_PROCID', '0')) == '0'
