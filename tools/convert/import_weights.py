"""Convert a released checkpoint into one that `load_from` takes, and say where each key went.

Example::

    python tools/convert/import_weights.py --checkpoint downloaded.pth.tar \\
        --from fame --out i3d_fame.pth

Layouts: `fame` (pre-training and fine-tuning), `be` and `dsm` (the same layout), `torchvision`
(`r2plus1d_18`, `r3d_18`), `moco_video` (the SlowOnly-50 of SlowFast and PyTorchVideo); `auto`
recognises them. The file is read without running code that may be in it. Nothing is written
unless every tensor of the encoder is there, in the right shape, and none is left over.
"""

import argparse
import sys
from pathlib import Path

import mmdebias
from mmdebias.cli import output_file
from mmdebias.files import existing_file
from mmdebias.weights import CheckpointError, Imported, import_weights, read_checkpoint, save
from mmdebias.weights.formats import FORMATS
from mmdebias.weights.key_table import key_table


def parse_args(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--checkpoint', required=True, type=Path, help='the released file')
    parser.add_argument('--out', required=True, type=output_file, help='the file to write, *.pth')
    parser.add_argument('--from', dest='layout', choices=['auto', *FORMATS], default='auto')
    parser.add_argument(
        '--ignore',
        metavar='PREFIX',
        action='append',
        default=[],
        help='leave out the keys that start so: a head of another name; may be given again',
    )
    parser.add_argument('--every-key', action='store_true', help='a line a key, not a line a block')
    parser.add_argument('--overwrite', action='store_true', help='replace OUT')
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Import a released file, and return the exit status."""
    args = parse_args(argv)
    if args.out.exists() and not args.overwrite:
        print(f'error: {args.out} exists: name another file, or add --overwrite', file=sys.stderr)
        return 2
    try:
        remedy = 'give the downloaded checkpoint'
        checkpoint = read_checkpoint(existing_file('--checkpoint', args.checkpoint, remedy))
        imported = import_weights(checkpoint, args.layout, args.ignore)
    except FileNotFoundError as error:
        print(f'error: {error}', file=sys.stderr)
        return 2
    except CheckpointError as error:
        # What reading says names the file; what converting says does not.
        text = str(error)
        name = '' if text.startswith(str(args.checkpoint)) else f'{args.checkpoint}: '
        print(f'error: {name}{text}', file=sys.stderr)
        return 1
    meta = dict(
        mmdebias_version=mmdebias.__version__,
        imported_from=args.checkpoint.name,
        layout=imported.title,
        backbone=imported.net.config,
    )
    save(dict(meta=meta, state_dict=imported.state_dict), args.out)
    report(args, checkpoint, imported)
    return 0


def report(args: argparse.Namespace, checkpoint: dict, imported: Imported) -> None:
    """Say what was found, where it went, and how to use it."""
    print(f'{args.checkpoint}: {imported.title}\nEncoder: {imported.net.title}\n')
    print(f'Where its {len(imported.went)} keys went:')
    print(key_table(imported.went, args.every_key))
    beside = [str(key) for key in checkpoint if key not in imported.went]
    beside = [key for key in beside if key not in ('state_dict', 'model', 'model_state')]
    if beside:
        print(f'Not weights, left out: {", ".join(beside)}')
    if imported.added:
        print(f'Set to zero, not in the file: {len(imported.added)} counters of batches')
    config = ', '.join(f'{key}={value!r}' for key, value in imported.net.config.items())
    print(
        f'\nWrote {args.out}: all {len(imported.state_dict)} tensors of the encoder. '
        f'In a config:\n  load_from = {str(args.out)!r}\n  model = dict(backbone=dict({config}), …)'
    )


if __name__ == '__main__':
    sys.exit(main())
