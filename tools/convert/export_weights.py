"""Turn checkpoints of runs into files to publish or to use elsewhere.

Examples::

    python tools/convert/export_weights.py --out exported \\
        --model i3d_fame configs/fame/i3d_k400.py work_dirs/fame/i3d_k400/epoch_200.pth
    ... --backbone-only --to fame
    ... --to onnx --size 16 224 224

`mmaction`, `torchvision` and `fame` write weights, without optimiser, queue and momentum encoder,
to `OUT/NAME-HASH.pth`, named as OpenMMLab does. `onnx` and `torchscript` write the encoder as a
program, `OUT/NAME.onnx` or `OUT/NAME.pt`, from normalised clips [N, 3, T, H, W] of one size and any
number to feature maps, which appears once its features were found to be the encoder's. Nothing is
written of a checkpoint whose encoder is not that of CONFIG.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from mmaction.registry import MODELS
from mmengine.config import DictAction
from mmengine.registry import DefaultScope
from torch import nn

from mmdebias.cli import NamedModel, Parser, add_models, output_folder, read_models
from mmdebias.config_arguments import keys_of
from mmdebias.config_checks import ConfigError, merge_options
from mmdebias.config_inheritance import read_config
from mmdebias.messages import stop
from mmdebias.weights import (
    EXPORTS,
    UnsupportedEncoderError,
    check_program,
    export_onnx,
    export_torchscript,
    publish,
    read_checkpoint,
)
from mmdebias.weights.exporting import find_encoder
from mmdebias.weights.fitting import fill

PROGRAMS = dict(onnx=(export_onnx, '.onnx'), torchscript=(export_torchscript, '.pt'))


def parse_args(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_models(parser, 'once for each; CHECKPOINT of a run, or imported')
    parser.add_argument('--out', required=True, type=output_folder, help='folder to write to')
    parser.add_argument('--to', choices=[*EXPORTS, *PROGRAMS], default='mmaction')
    parser.add_argument(
        '--backbone-only',
        action='store_true',
        help='leave out neck and heads; the other layouts than mmaction have none anyway',
    )
    parser.add_argument(
        '--size',
        type=int,
        nargs=3,
        metavar=('T', 'H', 'W'),
        default=(16, 112, 112),
        help='clips of a program: frames, height, width (16 112 112)',
    )
    parser.add_argument(
        '--cfg-options', nargs='+', action=DictAction, default={}, help='of every CONFIG'
    )
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Export each model, and return the exit status."""
    args = parse_args(argv)
    try:
        models = read_models(args.models, trained='there is nothing to export')
    except (FileNotFoundError, ValueError) as error:
        print(f'error: {error}', file=sys.stderr)
        return 2
    writers = []
    for model in models:  # nothing is written unless all of them can be
        with explained(args, model):
            writers.append(prepare(args, model))
    for model, write in zip(models, writers):
        with explained(args, model):
            write()
    return 0


@contextmanager
def explained(args: argparse.Namespace, model: NamedModel) -> Iterator[None]:
    """Stop with a message where a model cannot be exported."""
    try:
        yield
    except ImportError as error:
        print(f'error: {error}', file=sys.stderr)
        sys.exit(2)
    except (ConfigError, UnsupportedEncoderError) as error:
        sys.exit(f'error: {model.config}: {error}')
    except ValueError as error:  # of the checkpoint
        named = str(error).startswith((str(model.checkpoint), str(args.out)))
        sys.exit(f'error: {"" if named else f"{model.checkpoint}: "}{error}')
    except (OSError, RuntimeError) as error:  # of the disk, by Python or by PyTorch's own writer
        stop(error)


def prepare(args: argparse.Namespace, model: NamedModel) -> Callable[[], None]:
    """Return what writes a model, which is found to fit."""
    encoder = build_encoder(model, args.cfg_options)
    if args.to in PROGRAMS:  # whatever the checkpoint
        check_program(encoder, tuple(args.size))
    checkpoint = read_checkpoint(model.checkpoint)
    fill(encoder, find_encoder(checkpoint))
    if args.to in PROGRAMS:
        return partial(write_program, args, args.out / model.name, encoder)
    content = EXPORTS[args.to](checkpoint, args.backbone_only)
    return partial(write_weights, args, args.out / f'{model.name}.pth', checkpoint, content)


def write_weights(
    args: argparse.Namespace, out: Path, checkpoint: Mapping, content: Mapping
) -> None:
    """Write a state dict, and say what stayed behind."""
    kept = content['state_dict'] if args.to != 'torchvision' else content
    parts = {}
    for key in checkpoint['state_dict']:
        parts[key.split('.')[0]] = parts.get(key.split('.')[0], 0) + 1
    stays = set(parts) if args.to == 'mmaction' and not args.backbone_only else {'backbone'}
    stays -= {'momentum_encoder', 'queue'}
    for part, count in parts.items():
        print(f'  {part:<20} {count:>4} tensors  {"kept" if part in stays else "left out"}')
    others = [key for key in checkpoint if key not in ('state_dict', 'meta')]
    if others:
        print(f'  left out: {", ".join(others)}')
    path = publish(content, out)
    print(f'Wrote {path}: {len(kept)} tensors, {path.stat().st_size / 1e6:.1f} MB')
    if args.to == 'torchvision':
        print('It has no classifier: load it with load_state_dict(..., strict=False)')


def write_program(args: argparse.Namespace, out: Path, encoder: nn.Module) -> None:
    """Write the encoder as a program, and say how well it agrees."""
    export, ending = PROGRAMS[args.to]
    path = out.with_name(f'{out.name}{ending}')
    difference = export(encoder, path, tuple(args.size))
    frames, height, width = args.size
    print(
        f'Wrote {path}: clips [N, 3, {frames}, {height}, {width}] to feature maps, any N.\n'
        f'Its features are those of the encoder: they differ by {difference:.1g} of the largest.'
    )


def build_encoder(model: NamedModel, options: dict) -> nn.Module:
    """Return the encoder of a config."""
    cfg = read_config(model.config)
    merge_options(cfg, options)
    with keys_of(cfg), DefaultScope.overwrite_default_scope('mmaction'):
        return MODELS.build(cfg.model.backbone)


if __name__ == '__main__':
    sys.exit(main())
