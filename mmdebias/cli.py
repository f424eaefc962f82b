"""Command lines: models, videos and errors the same in every tool; MMAction2's own tools."""

import argparse
import re
import runpy
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from mmdebias.config_inheritance import ENDINGS, find_config, read_config
from mmdebias.files import check_folder, existing_file
from mmdebias.messages import says_what_is_wrong, stop
from mmdebias.video import VideoReadError, check_whole

MODEL = ('NAME', 'CONFIG', 'CHECKPOINT')
A_MODEL = f'a model is {" ".join(MODEL)}'
RANDOM = 'random'
"""In the place of CHECKPOINT: the net as it is initialised."""
# Of a config in an installed package; an option has KEY=VALUE.
NAME = re.compile(r'\w+::[^=]+')
FOR_EACH = f'once for each model; CHECKPOINT {RANDOM!r} leaves it as it is initialised'


class NamedModel(NamedTuple):
    """One of the models of a command line."""

    name: str
    config: Path
    checkpoint: Path | None
    """None leaves the net as it is initialised, at random."""


class Parser(argparse.ArgumentParser):
    """Parse the command line of a tool that takes ``--model``, and say what that takes."""

    def error(self, message: str) -> NoReturn:
        """Stop with a message."""
        # argparse counts values: it says neither which are missing nor that one is too many.
        if re.match(r'argument --model: expected|unrecognized arguments: [^-]', message):
            message += f'; --model takes {" ".join(MODEL)}, once for each model'
        super().error(message)


def add_models(parser: argparse.ArgumentParser, text: str = FOR_EACH) -> None:
    """Add ``--model NAME CONFIG CHECKPOINT``, which :func:`read_models` reads.

    Args:
        parser: A :class:`Parser`.
        text: Its help.
    """
    parser.add_argument(
        '--model', nargs=3, action='append', required=True, dest='models', metavar=MODEL, help=text
    )


def read_models(given: Sequence[Sequence[str]], trained: str = '') -> list[NamedModel]:
    """Return the models of ``--model``, in their order.

    Args:
        given: What :func:`add_models` has parsed.
        trained: Why CHECKPOINT must not be ``RANDOM``, where it must not.

    Raises:
        FileNotFoundError: a config or a checkpoint is not there.
        ValueError: two models of one name, or something else in the place of a config; a random
            net where there must be a trained one.
    """
    models: list[NamedModel] = []
    for name, config, checkpoint in given:
        argument = f'--model {name}'
        if name in [model.name for model in models]:
            raise ValueError(f'{argument} is given twice: name each model differently')
        file = existing_config(argument, config)
        if checkpoint != RANDOM:
            weights = existing_checkpoint(argument, checkpoint, random=not trained)
        elif trained:
            raise ValueError(f'{argument}: CHECKPOINT cannot be {RANDOM!r} here, {trained}')
        else:
            weights = None
        models.append(NamedModel(name, file, weights))
    return models


def existing_config(argument: str, path: str | Path, remedy: str = '') -> Path:
    """Return the file of a config, by its path or its name in a package, ``mmdebias::...``.

    Args:
        argument: The name of what was given, such as ``--config``.
        path: The file, or the name.
        remedy: What to give; by default the config of a model.

    Raises:
        FileNotFoundError: it is not there.
        ValueError: it is something else.
    """
    try:
        path = find_config(path)
    except FileNotFoundError as error:
        raise FileNotFoundError(f'{argument}: {error}') from None
    if path.suffix not in ENDINGS:
        raise ValueError(f'{argument}: {path} is no config; {remedy or A_MODEL}')
    return existing_file(argument, path, remedy or 'give the config that it was trained with')


def existing_checkpoint(argument: str, path: str | Path, random: bool = False) -> Path:
    """Return the file of a model's checkpoint.

    Args:
        argument: The name of what was given.
        path: The file.
        random: Whether ``RANDOM`` might have been given.

    Raises:
        FileNotFoundError: it is not there.
    """
    or_random = f', or {RANDOM!r} for the net as it is initialised' if random else ''
    return existing_file(argument, path, f'give a checkpoint file{or_random}')


def add_videos(parser: argparse.ArgumentParser, text: str = 'video files or lists, *.txt') -> None:
    """Add ``--data`` and ``--data-root``, which :func:`read_videos` reads."""
    parser.add_argument(
        '--data', nargs='+', action='extend', required=True, type=Path, metavar='VIDEO', help=text
    )
    parser.add_argument(
        '--data-root', type=Path, metavar='DIR', help="of a list's paths, if not the list's own"
    )


def read_videos(data: Sequence[Path], root: Path | None = None) -> list[Path]:
    """Return the videos of ``--data``, in their order.

    Args:
        data: Video files, and lists, ``*.txt``, of lines ``path label`` or ``path``.
        root: Folder that paths of lists are relative to; None is each list's own.

    Raises:
        FileNotFoundError: a list or a video is not there.
        ValueError: there are no videos.
        VideoReadError: one of them has been cut, and would pass for a shorter video.
    """
    videos = []
    for path in data:
        if path.suffix != '.txt':
            videos.append(existing_file('--data', path, 'give video files or a list, *.txt'))
            continue
        existing_file('--data', path, 'give a list of lines "path label" or "path"')
        for line in filter(None, map(str.strip, path.read_text(encoding='utf-8').splitlines())):
            video, _, label = line.rpartition(' ')
            video = (root or path.parent) / (video if video and label.isdecimal() else line)
            remedy = f'correct --data-root, which the lines of {path} are relative to'
            videos.append(existing_file('--data', video, remedy))
    if not videos:
        raise ValueError(f'--data {" ".join(map(str, data))} lists no videos: give some')
    for video in videos:
        try:
            check_whole(video)
        except VideoReadError as error:
            raise VideoReadError(f'--data: {error} Get it again, or leave it out') from None
    return videos


def output_folder(text: str) -> Path:
    """Return the folder of ``--out``: the type of that argument.

    Raises:
        argparse.ArgumentTypeError: it, or what it lies in, is a file.
    """
    try:
        return check_folder(text)
    except NotADirectoryError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def output_file(text: str) -> Path:
    """Return the file of ``--out``: the type of that argument.

    Raises:
        argparse.ArgumentTypeError: it is a folder, or what it lies in is a file.
    """
    path = Path(text)
    if path.is_dir():
        raise argparse.ArgumentTypeError(f'{path} is a folder: give a file')
    output_folder(str(path.parent))
    return path


def run_command(main: Callable[[], object]) -> None:
    """Run a command; what is wrong with its input is one message, without a traceback.

    What another package, or Python itself, says of a value may be a fault of ours: that has its
    traceback above the message.
    """
    try:
        main()
    except (ValueError, TypeError, OSError, VideoReadError) as error:
        stop(error)


def run_mmaction_tool(name: str) -> None:
    """Run one of MMAction2's tools, such as ``train.py``, with the current ``sys.argv``.

    Its arguments and behaviour are MMAction2's because it is MMAction2's file: from the ``.mim``
    folder that an installed package carries, or from ``tools`` of a checkout. What is added:
    :func:`work_dir_arguments`, :func:`seed_arguments`, :func:`take_load_from`,
    :func:`mmdebias.mmaction_outputs.check_outputs` and
    :func:`mmdebias.preflight.checked_runners`.

    Args:
        name: File name of the tool.

    Raises:
        FileNotFoundError: this installation of MMAction2 has no such tool.
    """
    import mmaction

    from mmdebias.mmaction_outputs import check_outputs

    package = Path(mmaction.__file__).parent
    candidates = [package / '.mim' / 'tools' / name, package.parent / 'tools' / name]
    for path in candidates:
        if path.exists():
            given, start = sys.argv[1:], None
            if name == 'train.py':
                given, start = take_load_from(given)
            else:
                check_outputs(given)
            given = _take_config(given)
            sys.argv[1:] = [*given, *work_dir_arguments(given), *seed_arguments(given)]
            with _loading_from(start):
                _run_checked(path, given)
            return
    raise FileNotFoundError(
        f'MMAction2 has no tools/{name}: looked at {" and ".join(map(str, candidates))}. '
        'Reinstall it: pip install mmaction2==1.2.0'
    )


def take_load_from(arguments: Sequence[str]) -> tuple[list[str], str | None]:
    """Return a command line without ``--load-from FILE``, and FILE.

    MMAction2's ``train.py`` has ``--cfg-options load_from=FILE``, whose parser deletes the spaces
    of a path and splits it at commas.

    Args:
        arguments: Of ``train.py``.

    Raises:
        SystemExit: FILE is not there, or ``--resume`` is given, too.
    """
    parser = argparse.ArgumentParser(usage=argparse.SUPPRESS, add_help=False, allow_abbrev=False)
    parser.add_argument(
        '--load-from', metavar='FILE', help='checkpoint whose weights training starts from'
    )
    if {'-h', '--help'} & set(arguments):
        parser.print_help()
    found, others = parser.parse_known_args(arguments)
    start = found.load_from
    if start is not None and '://' not in start:
        try:
            existing_file('--load-from', start, 'give the checkpoint to start from')
        except FileNotFoundError as error:
            parser.error(str(error))
    if start is not None and any(a.split('=')[0] == '--resume' for a in others):
        parser.error(
            f'--load-from {start} starts anew and --resume goes on: give the one that is meant'
        )
    return others, start


@contextmanager
def _loading_from(checkpoint: str | None) -> Iterator[None]:
    """Have configs that are read say ``load_from``, past the parser of options."""
    from mmengine.config import Config

    stock = Config.__dict__['fromfile']

    def fromfile(*args: Any, **kwargs: Any) -> Config:
        cfg = stock.__func__(*args, **kwargs)
        cfg.load_from = checkpoint
        return cfg

    if checkpoint is not None:
        Config.fromfile = staticmethod(fromfile)
    try:
        yield
    finally:
        Config.fromfile = stock


def _take_config(arguments: Sequence[str]) -> list[str]:
    """Return a command line with the file of its config in the place of a name, ``mmdebias::...``.

    Stops with a message where there is none, or it cannot be run.
    """
    given = list(arguments)
    named = (i for i, a in enumerate(given) if NAME.fullmatch(a))
    place = next(named, 0)
    if not given or given[place].startswith('-'):
        return given  # MMAction2 will say what is missing
    try:
        given[place] = str(find_config(given[place]))
        if not Path(given[place]).is_file():
            sys.exit(
                f'error: there is no config {given[place]}; give a file such as '
                'configs/fame/i3d_k400.py, or its name, mmdebias::fame/i3d_k400.py'
            )
        read_config(given[place])
    except (FileNotFoundError, ValueError) as error:
        stop(error)
    return given


def _run_checked(path: Path, arguments: Sequence[str]) -> None:
    """Run a tool of MMAction2; of what is wrong with its input there is one message."""
    # Not before mmaction is known to be there.
    from mmdebias.compat.building import built_part
    from mmdebias.preflight import checked_runners

    trains = path.name == 'train.py'
    try:
        with checked_runners(trains, config_options(arguments)):
            runpy.run_path(str(path), run_name='__main__')
    except Exception as error:
        # On each rank that finds it: the first to end has the launcher end the others.
        if built_part(error) is None and not says_what_is_wrong(error):
            raise
        stop(error)


def config_options(arguments: Sequence[str]) -> list[str]:
    """Return the values of ``--cfg-options`` of a command line, ``key=value``."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument('--cfg-options', nargs='+', action='extend', default=[])
    try:
        return parser.parse_known_args(arguments)[0].cfg_options
    except argparse.ArgumentError:  # MMAction2 will say what is wrong
        return []


def work_dir_arguments(arguments: Sequence[str]) -> list[str]:
    """Return what gives each config a work directory of its own, for a command line.

    MMAction2 takes the config's file name: ``fame/i3d_ucf101.py`` and ``finetune/i3d_ucf101.py``
    would share ``work_dirs/i3d_ucf101``, and ``--resume`` would go on from the other's checkpoint.
    Where the config lies below a folder ``configs``, its place there is taken too.

    Args:
        arguments: Of MMAction2's ``train.py`` or ``test.py``.

    Returns:
        ``['--work-dir', 'work_dirs/fame/i3d_ucf101']``, or nothing where a work directory is named,
        on the command line or in the config, or the config lies elsewhere.
    """
    chosen = any(a.split('=')[0] in ('--work-dir', 'work_dir') for a in arguments)
    path = _find_config(arguments)
    if chosen or path is None:
        return []
    parts = path.resolve().with_suffix('').parts
    if 'configs' not in parts[:-1] or read_config(path).get('work_dir') is not None:
        return []
    below = len(parts) - parts[::-1].index('configs')
    return ['--work-dir', str(Path('work_dirs', *parts[below:]))]


def seed_arguments(arguments: Sequence[str]) -> list[str]:
    """Return what makes ``--seed`` count, and ``--deterministic``, for a command line.

    MMAction2 passes over them where the config has ``randomness``, as ours have for
    ``diff_rank_seed``: they go into that.

    Args:
        arguments: Of MMAction2's ``train.py``.

    Returns:
        ``['--cfg-options', 'randomness.seed=0']``, or nothing where none is given, or the config
        leaves them to MMAction2.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument('--seed')
    parser.add_argument('--deterministic', action='store_const', const='True')
    try:
        given = vars(parser.parse_known_args(arguments)[0])
    except argparse.ArgumentError:  # MMAction2 will say what is wrong
        return []
    options = [f'randomness.{key}={value}' for key, value in given.items() if value is not None]
    path = _find_config(arguments)
    if not options or path is None or read_config(path).get('randomness') is None:
        return []
    return ['--cfg-options', *options]


def _find_config(arguments: Sequence[str]) -> Path | None:
    return next((Path(a) for a in arguments if a.endswith('.py') and Path(a).is_file()), None)
