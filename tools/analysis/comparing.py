"""Models side by side, named on the command line, for all analyses."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from mmengine.config import Config, DictAction

from mmdebias.apis import Encoder, load_encoder

RANDOM = 'random'


class Model(NamedTuple):
    """One of the models to compare."""

    name: str
    cfg: Config
    checkpoint: str | None

    def encoder(self, device: str) -> Encoder:
        """Return the encoder, on a device."""
        return load_encoder(self.cfg, self.checkpoint).to(device)


def add_models(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which models, and where they run."""
    parser.add_argument(
        '--model', nargs=3, action='append', required=True, dest='models',
        metavar=('NAME', 'CONFIG', 'CHECKPOINT'),
        help=f'once for each model; CHECKPOINT {RANDOM!r} leaves it as it is initialised',
    )  # fmt: skip
    parser.add_argument('--device', default='cpu')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, default={})


def read_models(args: argparse.Namespace) -> list[Model]:
    """Return the models of the command line, in its order.

    Raises:
        FileNotFoundError: a config is missing.
        ValueError: two models of one name.
    """
    models = []
    for name, config, checkpoint in args.models:
        if name in [model.name for model in models]:
            raise ValueError(f'--model {name} is given twice: name each model differently')
        cfg = Config.fromfile(config)
        cfg.merge_from_dict(args.cfg_options)
        models.append(Model(name, cfg, None if checkpoint == RANDOM else checkpoint))
    return models


def check_files(videos: list[Path]) -> None:
    """Raise FileNotFoundError, naming the videos that are missing."""
    missing = [str(video) for video in videos if not video.is_file()]
    if missing:
        raise FileNotFoundError(f'no such file: {", ".join(missing)}')


def run(main: Callable[[], None]) -> None:
    """Run a command; what is wrong with its input is one message, without a traceback."""
    try:
        main()
    except (ValueError, TypeError, OSError) as error:
        sys.exit(f'error: {error}')
