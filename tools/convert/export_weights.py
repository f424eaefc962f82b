"""Turn a checkpoint of a run into a file to publish or to use elsewhere.

Examples::

    python tools/convert/export_weights.py work_dirs/fame/epoch_200.pth --out i3d_fame.pth
    python tools/convert/export_weights.py epoch_200.pth --out i3d.pth --backbone-only --to fame
    python tools/convert/export_weights.py epoch_200.pth --out i3d.onnx --to onnx --size 16 224 224

`mmaction`, `torchvision` and `fame` write weights, without optimiser, queue and momentum encoder,
to `NAME-HASH.pth` as OpenMMLab does. `onnx` and `torchscript` write the encoder as a program, from
normalised clips [N, 3, T, H, W] of one size and any number to feature maps, and compare it with
the encoder.
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from mmengine.config import Config
from mmengine.registry import DefaultScope
from torch import nn

from mmdebias.weights import (
    EXPORTS,
    export_onnx,
    export_torchscript,
    identify,
    publish,
    read_checkpoint,
)
from mmdebias.weights.exporting import encoder_of
from mmdebias.weights.fitting import fill

PROGRAMS = dict(onnx=export_onnx, torchscript=export_torchscript)


def parse_args(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('checkpoint', metavar='CHECKPOINT', type=Path, help='of a run, or imported')
    parser.add_argument('--out', required=True, type=Path, help='the file to write')
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
        '--config',
        help='config of the run, for a program of an encoder that is none of those known here',
    )
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    args = parse_args(argv)
    try:
        checkpoint = read_checkpoint(args.checkpoint)
        if args.to in PROGRAMS:
            write_program(args, checkpoint)
        else:
            write_weights(args, checkpoint)
    except (FileNotFoundError, ImportError) as error:
        print(f'error: {error}', file=sys.stderr)
        return 2
    except ValueError as error:  # of the checkpoint, or of a --size that the encoder cannot take
        text = str(error)
        name = '' if text.startswith((str(args.checkpoint), str(args.out))) else args.checkpoint
        print(f'error: {name}{": " if name else ""}{text}', file=sys.stderr)
        return 1
    return 0


def write_weights(args: argparse.Namespace, checkpoint: Mapping) -> None:
    """Write a state dict, and say what stayed behind."""
    content = EXPORTS[args.to](checkpoint, args.backbone_only)
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
    path = publish(content, args.out)
    print(f'Wrote {path}: {len(kept)} tensors, {path.stat().st_size / 1e6:.1f} MB')
    if args.to == 'torchvision':
        print('It has no classifier: load it with load_state_dict(..., strict=False)')


def write_program(args: argparse.Namespace, checkpoint: Mapping) -> None:
    """Write the encoder as a program, and say how well it agrees."""
    encoder = build_encoder(checkpoint, args.config)
    difference = PROGRAMS[args.to](encoder, args.out, tuple(args.size))
    frames, height, width = args.size
    print(
        f'Wrote {args.out}: clips [N, 3, {frames}, {height}, {width}] to feature maps, any N.\n'
        f'Its features are those of the encoder: they differ by {difference:.1g} of the largest.'
    )


def build_encoder(checkpoint: Mapping, config: str | None) -> nn.Module:
    """The encoder, filled: of a config, or of a net recognised by its tensors."""
    weights = encoder_of(checkpoint)
    if config is None:
        encoder = identify(weights).build()
    else:
        from mmaction.registry import MODELS

        with DefaultScope.overwrite_default_scope('mmaction'):
            encoder = MODELS.build(Config.fromfile(config).model.backbone)
    fill(encoder, weights)
    return encoder


if __name__ == '__main__':
    sys.exit(main())
