"""The command of the bias report: ``mmdebias-bias``, or ``python tools/bias_report.py``."""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from mmdebias.cli import RANDOM, NamedModel, Parser, output_folder, read_models
from mmdebias.datasets.reading_steps import TIME_LIMIT
from mmdebias.files import existing_file, read_text
from mmdebias.optional import need_mmaction2
from mmdebias.video import VideoReadError

from .clip_spec import ClipSpec, clip_arguments
from .hugging_face import from_hugging_face, read_clip
from .job import Masks
from .model import LoadedModel, Model, of_a_config
from .onnx_models import from_onnx
from .outputs import Kind
from .probes import composed_probes
from .report import bias_report
from .torch_models import from_torchscript

TEXT = """Report how much of video models is background.

Usage:
    mmdebias-bias --model NAME hf:FOLDER --data LIST --out DIR
        [--model ...] [--masks DIR | --boxes FILE | --motion-masks] [--train LIST ...] ...

A model is one of

    NAME hf:FOLDER                     a video model of transformers, saved there
    NAME onnx:FILE --clip 16x4x224     16 frames, every fourth, of 224x224 pixels
    NAME torchscript:FILE --clip ...
    NAME CONFIG CHECKPOINT             any MMAction2 1.x classifier, or a pre-training of ours

--clip and --output belong to the --model before them. What returns features (--output features, an
encoder, a self-supervised checkpoint) gets a linear layer, trained on the features of --train.
Writes report.html, report.md and report.json; what was computed is reused when the command is run
again.

LIST has lines "path label", or is a CSV whose header names path, label and perhaps scene, or a
folder with a folder a class. Paths are relative to its folder, or to --data-root. Masks are those
of DIR, the folder "masks" beside the videos if there is none of the options.
"""
FORMS = ('hf', 'onnx', 'torchscript')
TAKES = (
    '--model takes NAME CONFIG CHECKPOINT, or NAME and one of hf:FOLDER, onnx:FILE, '
    'torchscript:FILE, once for each model'
)


@dataclasses.dataclass
class Given:
    """A model of the command line.

    Args:
        name: In the report.
        parts: What stands behind it: one value or two.
        clip: Of ``--clip``.
        output: Of ``--output``.
    """

    name: str
    parts: list[str]
    clip: str | None = None
    output: Kind | None = None


class _AddModel(argparse.Action):
    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        name, *parts = values
        single = len(parts) == 1 and parts[0].partition(':')[0] in FORMS and ':' in parts[0]
        if len(parts) != 2 and not single:
            parser.error(f'argument --model: {" ".join(values)} is no model; {TAKES}')
        namespace.models = [*(namespace.models or []), Given(name, parts)]


class _OfTheModel(argparse.Action):
    """Give a value to the model before it."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        if not namespace.models:
            parser.error(f'{option_string} belongs to a --model: give it behind one')
        setattr(namespace.models[-1], self.dest, values)


class _BiasParser(Parser):
    def error(self, message: str) -> NoReturn:
        """Stop with a message."""
        if message.startswith('argument --model: expected'):
            message += f'; {TAKES}'
        argparse.ArgumentParser.error(self, message)


def parse_args(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line; None takes that of the process."""
    parser = _BiasParser(
        description=TEXT, formatter_class=argparse.RawDescriptionHelpFormatter, usage='%(prog)s ...'
    )
    parser.add_argument(
        '--model', nargs='+', action=_AddModel, required=True, dest='models',
        metavar=('NAME', 'MODEL'),
        help=f'as above, once for each model; CHECKPOINT {RANDOM!r} leaves it as it is initialised',
    )  # fmt: skip
    parser.add_argument(
        '--clip', action=_OfTheModel, metavar='CLIP',
        help='FRAMESxSTRIDExSIZE (the stride may be "spread", over the whole video), with options '
        'behind commas: mean=R:G:B,std=R:G:B (none are '
        'values 0 to 1), values=uint8, layout=NTCHW, clips=10, resize=256, interpolation=bicubic, '
        'rounding=down; of hf:FOLDER what the folder says, but for what is given here',
    )  # fmt: skip
    parser.add_argument(
        '--output', action=_OfTheModel, choices=('scores', 'features'),
        help='what onnx:FILE and torchscript:FILE return; default: scores',
    )  # fmt: skip
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
        '--classes', type=Path, metavar='FILE',
        help='names of the scores, a line each in their order, where labels are names and a model '
        'does not know its own',
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
    _add_cfg_options(parser)
    parser.add_argument(
        '--compare', type=Path, metavar='REPORT.json',
        help='a report of the same videos: adds the differences of models of the same name',
    )  # fmt: skip
    parser.add_argument('--out', required=True, type=output_folder)
    parser.add_argument('--overwrite', action='store_true', help='replace another report in OUT')
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the report."""
    args = parse_args(arguments)
    started = time.monotonic()
    try:
        report = bias_report(
            given_models(args),
            args.data,
            masks=_masks(args),
            out=args.out,
            data_root=args.data_root,
            images=args.images,
            train=args.train,
            scenes=args.scenes,
            classes=_names(args.classes),
            probes=args.probes,
            max_videos=args.num_videos,
            seed=args.seed,
            cfg_options=args.cfg_options,
            overwrite=args.overwrite,
            time_limit=args.time_limit,
            compare=args.compare,
        )
    except (ImportError, OSError, ValueError) as error:
        sys.exit(f'error: {error}')
    except VideoReadError as error:
        # That of a loader's worker has its traceback before it.
        sys.exit(f'error: {str(error).strip().splitlines()[-1].rpartition("VideoReadError: ")[2]}')
    except KeyboardInterrupt:
        print('\ninterrupted: run the same command again, and it goes on', file=sys.stderr)
        sys.exit(130)
    print(f'\n{report.markdown()}')
    print(
        f'{args.out / "report.html"}, report.md, report.json ({time.monotonic() - started:.0f} s)'
    )


def given_models(args: argparse.Namespace) -> list[Model | LoadedModel]:
    """Return the models of the command line.

    Raises:
        FileNotFoundError: one of their files is not there.
        ValueError: two have one name, or one is not what its form says.
    """
    found: list[Model | LoadedModel] = []
    for given in args.models:
        if given.name in [model.name for model in found]:
            raise ValueError(f'--model {given.name} is given twice: name each model differently')
        found.append(_from_file(given) if len(given.parts) == 1 else _from_config(given, args))
    return found


def _from_config(given: Given, args: argparse.Namespace) -> Model:
    for option in ('clip', 'output'):
        if getattr(given, option) is not None:
            raise ValueError(
                f'--model {given.name}: a config says what its model takes and returns: leave '
                f'--{option} out'
            )
    (model,) = read_models([[given.name, *given.parts]])
    need_mmaction2(of_a_config(model.name))
    if model.checkpoint is not None:
        return Model(model.name, model.config, model.checkpoint)
    return Model(model.name, model.config, _random_weights(model, args))


def _random_weights(model: NamedModel, args: argparse.Namespace) -> Path:
    """Write the checkpoint of a net as it is initialised into OUT."""
    from mmdebias.config_checks import merge_options
    from mmdebias.config_inheritance import read_config
    from mmdebias.weights import write_initial_weights

    cfg = read_config(model.config)
    merge_options(cfg, args.cfg_options)
    return write_initial_weights(cfg, args.out / 'random', args.seed)


def _from_file(given: Given) -> LoadedModel:
    form, _, place = given.parts[0].partition(':')
    if form == 'hf':
        if given.output is not None:
            raise ValueError(
                f'--model {given.name}: the folder says what its model returns: leave --output out'
            )
        clip = None if given.clip is None else _changed_clip(given, Path(place))
        return from_hugging_face(given.name, place, clip)
    if given.clip is None:
        raise ValueError(
            f'--model {given.name}: {form}:FILE needs --clip behind it, the clips that it takes, '
            'such as --clip 16x4x224'
        )
    make = from_onnx if form == 'onnx' else from_torchscript
    clip = ClipSpec(**clip_arguments(given.clip))
    return make(given.name, place, clip, given.output or 'scores')


def _changed_clip(given: Given, folder: Path) -> ClipSpec:
    """Return the clip of a folder, but for what ``--clip`` states."""
    changes = clip_arguments(given.clip or '')
    if {'mean', 'values'} & set(changes):
        return ClipSpec(**{'layout': 'NTCHW', 'rounding': 'down', **changes})
    spec = read_clip(given.name, folder, changes['stride'])
    if spec.height_and_width != changes['size']:
        changes = {'resize': None, **changes}
    return dataclasses.replace(spec, **changes)


def _masks(args: argparse.Namespace) -> Masks:
    if args.masks is not None:
        return dict(type='files', folder=str(args.masks))
    if args.boxes is not None:
        return dict(type='boxes', file=str(args.boxes))
    return dict(type='motion') if args.motion_masks else None


def _names(file: Path | None) -> list[str] | None:
    if file is None:
        return None
    remedy = 'give a text file with the name of a class a line'
    return read_text(existing_file('--classes', file, remedy), remedy).splitlines()


def _add_cfg_options(parser: argparse.ArgumentParser) -> None:
    try:
        from mmengine.config import DictAction
    except ImportError:  # there are no configs either
        parser.set_defaults(cfg_options={})
    else:
        parser.add_argument(
            '--cfg-options', nargs='+', action=DictAction, default={}, help='of all CONFIGs'
        )


if __name__ == '__main__':
    main()
