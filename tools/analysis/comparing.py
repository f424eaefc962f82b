"""Models side by side, named on the command line, for all analyses."""

import argparse
from typing import NamedTuple

from mmengine.config import Config, DictAction

from mmdebias import cli
from mmdebias.apis import Encoder, load_encoder
from mmdebias.config_checks import merge_options
from mmdebias.config_inheritance import read_config


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
    cli.add_models(parser)
    parser.add_argument('--device', default='cpu')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, default={})


def read_models(args: argparse.Namespace) -> list[Model]:
    """Return the models of the command line, in its order; see :func:`mmdebias.cli.read_models`."""
    models = []
    for name, config, checkpoint in cli.read_models(args.models):
        cfg = read_config(config)
        merge_options(cfg, args.cfg_options)
        models.append(Model(name, cfg, str(checkpoint) if checkpoint else None))
    return models
