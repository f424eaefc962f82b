"""Report how much of video models is background.

Usage:
    python tools/bias_report.py --model NAME CONFIG CHECKPOINT [--model ...] --data LIST --out DIR
        [--masks DIR | --boxes FILE | --motion-masks] [--train LIST ...] ...

For any MMAction2 1.x classifier, ours or stock. A self-supervised checkpoint (its own pre-training
config) gets a linear layer, trained on the frozen features of --train. Writes report.html,
report.md and report.json; what was computed is reused when the command is run again.

Lists have lines "path label"; paths are relative to the list's folder, or to --data-root. Masks
are those of DIR, the folder "masks" beside the list if there is none of the options.
"""

import argparse
import sys
import time
from pathlib import Path

from mmengine.config import Config, DictAction

from mmdebias.bias import Model, bias_report, composed_probes
from mmdebias.cli import NamedModel, Parser, add_models, output_folder, read_models
from mmdebias.datasets.reading_steps import TIME_LIMIT
from mmdebias.weights import write_initial_weights


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_models(parser)
    parser.add_argument('--data', required=True, type=Path, metavar='LIST', help='test videos')
    parser.add_argument('--data-root', type=Path, help="default: the list's folder")
    masks = parser.add_mutually_exclusive_group()
    masks.add_argument('--masks', type=Path, metavar='DIR', help='PNG, .npz or JHMDB .mat files')
    masks.add_argument('--boxes', type=Path, metavar='FILE', help='boxes instead of masks, JSON')
    masks.add_argument('--motion-masks', action='store_true', help='masks from the motion')
    parser.add_argument('--images', type=Path, metavar='DIR', help='pictures to put behind actors')
    parser.add_argument(
        '--train', type=Path, nargs='+', default=[], metavar='LIST', help='videos for probes'
    )
    parser.add_argument(
        '--scenes', type=Path, nargs='+', default=[], metavar='LIST',
        help='lines "path scene" for --train and --data; default: scene_labels/ beside the lists',
    )  # fmt: skip
    parser.add_argument(
        '--probes', nargs='+', metavar='PROBE', choices=composed_probes(),
        help=f'default: all that can be; {composed_probes()}',
    )  # fmt: skip
    parser.add_argument('--num-videos', type=int, metavar='N', help='of LIST, evenly by class')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument(
        '--time-limit', type=float, default=TIME_LIMIT, metavar='SECONDS',
        help='that reading a video may take; default: %(default)g',
    )  # fmt: skip
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, default={})
    parser.add_argument('--out', required=True, type=output_folder)
    parser.add_argument('--overwrite', action='store_true', help='replace another report in OUT')
    return parser.parse_args()


def main() -> None:
    """Make the report."""
    args = parse_args()
    started = time.monotonic()
    if args.masks is not None:
        masks = dict(type='files', folder=str(args.masks))
    elif args.boxes is not None:
        masks = dict(type='boxes', file=str(args.boxes))
    else:
        masks = dict(type='motion') if args.motion_masks else None
    try:
        report = bias_report(
            [given_model(args, model) for model in read_models(args.models)],
            args.data,
            out=args.out,
            masks=masks,
            data_root=args.data_root,
            images=args.images,
            train=args.train,
            scenes=args.scenes,
            probes=args.probes,
            max_videos=args.num_videos,
            seed=args.seed,
            cfg_options=args.cfg_options,
            overwrite=args.overwrite,
            time_limit=args.time_limit,
        )
    except (OSError, ValueError) as error:
        sys.exit(f'error: {error}')
    print(f'\n{report.markdown()}')
    print(
        f'{args.out / "report.html"}, report.md, report.json ({time.monotonic() - started:.0f} s)'
    )


def given_model(args: argparse.Namespace, model: NamedModel) -> Model:
    """Return a model with its checkpoint; that of a random net is written into OUT."""
    if model.checkpoint is not None:
        return Model(*model)
    cfg = Config.fromfile(model.config)
    cfg.merge_from_dict(args.cfg_options)
    return Model(
        model.name, model.config, write_initial_weights(cfg, args.out / 'random', args.seed)
    )


if __name__ == '__main__':
    main()
