"""A checkpoint's whole table: runs the protocols asked for and writes Markdown and JSON.

Usage:
    python tools/evaluate.py --model NAME CONFIG CHECKPOINT [--model ...] --dataset ucf101 \\
        --splits 1,2,3 --protocols finetune,linear,knn,retrieval [--out DIR]

CONFIG is what the checkpoint was trained with, such as configs/fame/i3d_k400.py; it says which file
of configs/_base_/encoders the net is. Results go to DIR/NAME.

Every step is a command that a user would type; it is printed before it runs. Finished steps are not
run again, an interrupted training goes on from its last epoch and an interrupted test from its last
shard of features. A config of configs/ is used where there is one for the encoder and data set, and
written into the folder of results where there is none. Options after ``--cfg-options`` go to all of
them, or to one, as in ``linear:train_cfg.max_epochs=5``. Where --gpus times the config's batch is
not the paper's, the learning rate is scaled to it; the paper's batch on one GPU is
``finetune:train_dataloader.batch_size=128``. ``low_shot_1`` and ``low_shot_10`` train on the list
of few labels that configs/low_shot/README.md draws beside that of all, or draw it with --seed and
--equal. Lists that have changed since give results of their own.
"""

import argparse
import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from mmaction.registry import MODELS
from mmengine.config import Config, DictAction
from mmengine.registry import DefaultScope
from torch import nn

from mmdebias import runs
from mmdebias.cli import NamedModel, Parser, add_models, output_folder, read_models
from mmdebias.config_arguments import keys_of
from mmdebias.config_checks import misspelt_options, parse_options
from mmdebias.config_inheritance import read_config, without_scopes
from mmdebias.datasets.label_subset import EQUAL
from mmdebias.evaluation.protocol_table import is_result, render_table, table_rows
from mmdebias.evaluation.protocols import (
    PROTOCOLS,
    SEARCHED,
    check_protocols,
    few_labels,
    new_config,
    share_of_labels,
)
from mmdebias.files import read_json, write_text
from mmdebias.messages import stop
from mmdebias.processes import FolderInUseError, orderly_end, sole_writer
from mmdebias.provenance import file_sha256, versions
from mmdebias.weights import read_checkpoint, write_initial_weights
from mmdebias.weights.checking import Purpose, check_fit

ROOT = Path(__file__).resolve().parents[1]
LABELS = 'train_dataloader.dataset.ann_file'


def count_splits() -> dict[str, int]:
    """Return the number of splits of each data set of configs/_base_/datasets.

    Those whose lists name a split have three, as UCF101 and HMDB51.
    """
    paths = sorted((ROOT / 'configs' / '_base_' / 'datasets').glob('*.py'))
    lists = {path.stem: Config.fromfile(path).test_set.ann_file for path in paths}
    return {name: 3 if '_split_1_' in file else 1 for name, file in lists.items()}


SPLITS = count_splits()


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = Parser(description=__doc__.splitlines()[0])
    add_models(parser)
    parser.add_argument('--dataset', required=True, choices=SPLITS)
    parser.add_argument(
        '--protocols', default='finetune,linear,knn,retrieval', help=', '.join(PROTOCOLS)
    )
    parser.add_argument('--splits', default='1', help='of UCF101 and HMDB51, such as 1,2,3')
    parser.add_argument('--gpus', type=int, default=1, help='or, without GPUs, processes')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument(
        '--equal', choices=EQUAL, help='of every class, where low-shot labels are drawn; given, '
        'they are drawn even if a list of few labels is there (default: numbers)',
    )  # fmt: skip
    parser.add_argument(
        '--out',
        type=output_folder,
        default=ROOT / 'work_dirs' / 'evaluate',
        help='a folder a model below',
    )
    parser.add_argument('--cfg-options', nargs='*', default=[], metavar='KEY=VALUE')
    args = parser.parse_args()
    args.protocols, args.splits = args.protocols.split(','), args.splits.split(',')
    try:
        for line in check_protocols(args.protocols, args.cfg_options):
            print(f'warning: {line}', flush=True)
    except ValueError as error:
        parser.error(str(error))
    splits = [str(i + 1) for i in range(SPLITS[args.dataset])]
    if not set(args.splits) <= set(splits):
        parser.error(f'--splits {",".join(args.splits)}: {args.dataset} has {",".join(splits)}')
    if args.gpus < 1:
        parser.error(f'--gpus {args.gpus} must be 1 or more')
    for protocol in args.protocols:
        check_options(protocol, protocol_options(args, protocol), parser)
    try:
        # All of them before anything takes long.
        args.models = [(model, find_encoder(model)) for model in read_models(args.models)]
        for model, encoder in args.models:
            if model.checkpoint is not None:
                check_checkpoint(model, encoder, args.cfg_options)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    return args


def check_options(protocol: str, options: Sequence[str], parser: argparse.ArgumentParser) -> None:
    """Stop with a message where an option changes what a protocol leaves out, as its training."""
    path = ROOT / 'configs' / '_base_' / 'protocols' / f'{PROTOCOLS[protocol][0]}.py'
    cfg = Config.fromfile(path)
    for option in options:
        part, _, rest = option.partition('=')[0].partition('.')
        if rest and part in cfg and cfg[part] is None:
            trained = next(name for name in PROTOCOLS if name not in SEARCHED)
            parser.error(
                f'--cfg-options {option}: {protocol} has no {part}, it trains nothing; give the '
                f'option to a protocol that does, such as {trained}:{option}'
            )


def find_encoder(model: NamedModel) -> str:
    """Return which file of configs/_base_/encoders a model's config joins.

    Raises:
        ValueError: none of them.
    """
    cfg = without_scopes(read_config(model.config).to_dict())
    paths = sorted((ROOT / 'configs' / '_base_' / 'encoders').glob('*.py'))
    known = {path.stem: Config.fromfile(path) for path in paths}
    found = [n for n, one in known.items() if all(cfg.get(k) == value for k, value in one.items())]
    if found:  # of two that say the same, the one that says more
        return max(found, key=lambda name: len(known[name]))
    raise ValueError(
        f'--model {model.name}: {model.config} joins none of configs/_base_/encoders, which are '
        f'{", ".join(known)}: give a config that does, or add a file for its encoder'
    )


def check_checkpoint(model: NamedModel, encoder: str, options: list[str]) -> None:
    """Raise CheckpointError where a checkpoint cannot be read, or is not of the encoder.

    Args:
        model: Its config and checkpoint.
        encoder: A file of configs/_base_/encoders.
        options: Those for all protocols, which may change the encoder.
    """
    cfg = Config.fromfile(ROOT / 'configs' / '_base_' / 'encoders' / f'{encoder}.py')
    cfg = Config(dict(model=dict(backbone=cfg.encoder)))
    common = [option for option in options if option.startswith('model.backbone.')]
    parser = argparse.ArgumentParser()
    parser.add_argument('--cfg-options', nargs='*', action=DictAction, default={})
    cfg.merge_from_dict(parser.parse_args(['--cfg-options', *common]).cfg_options or {})
    with keys_of(cfg), DefaultScope.overwrite_default_scope('mmaction'):
        net = MODELS.build(cfg.model.backbone)
    content = read_checkpoint(model.checkpoint)
    check_fit(nn.ModuleDict(dict(backbone=net)), content, Purpose.START, model.checkpoint)


def find_config(protocol: str, net: str, data: str, folder: Path) -> Path:
    """Return the config of a protocol: that of configs/, or one written into a folder.

    Args:
        protocol: A key of ``PROTOCOLS``.
        net: A file of configs/_base_/encoders.
        data: A file of configs/_base_/datasets.
        folder: Where to write.
    """
    leaf = PROTOCOLS[protocol][1].format(net=net.removesuffix(f'_{data}'), data=data)
    path = ROOT / 'configs' / f'{leaf}.py'
    if path.is_file():
        return path
    path = folder / f'{leaf.replace("/", "_")}.py'
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, new_config(protocol, net, data, train_list(data)))
    return path


def train_list(data: str) -> str:
    """Return the name of a data set's training list, of its first split."""
    path = ROOT / 'configs' / '_base_' / 'datasets' / f'{data}.py'
    return Config.fromfile(path).train_set.ann_file


def main() -> None:
    """Evaluate each model, and write its table."""
    args = parse_args()
    for model, encoder in args.models:
        if model.checkpoint is None:
            cfg = read_config(model.config)
            weights = write_initial_weights(cfg, args.out / model.name, args.seed)
            model = model._replace(checkpoint=weights)
        evaluate(args, model, encoder)


def evaluate(args: argparse.Namespace, model: NamedModel, encoder: str) -> None:
    """Run what is missing of one model and write its table."""
    setting = read_setting(args, model, encoder)
    # Other weights, seeds or options have results of their own.
    digest = hashlib.sha256(json.dumps(setting, sort_keys=True).encode()).hexdigest()[:12]
    folder = args.out / model.name / f'{args.dataset}_{digest}'
    rows: list[dict] = []
    with sole_writer(folder):
        for protocol in args.protocols:
            config = find_config(protocol, encoder, args.dataset, folder / 'configs')
            say_misspelt(args, protocol, config)
            results = {}
            for split in args.splits:
                lists = lists_digest(args, protocol, split)
                place = folder / protocol / f'split{split}_{lists}'
                results[split] = run_protocol(
                    args, model.checkpoint, protocol, config, split, place
                )
            shown = config.relative_to(ROOT) if config.is_relative_to(ROOT) else config
            rows += table_rows(protocol, str(shown), results)
            # A table of what there is, should a later one fail.
            table = dict(setting=setting, rows=rows)
            write_text(folder / 'table.json', json.dumps(table, indent=1))
            write_text(folder / 'table.md', render_table(table))
    print(f'\n{(folder / "table.md").read_text()}\n{folder / "table.md"}, table.json')


def read_setting(args: argparse.Namespace, model: NamedModel, encoder: str) -> dict:
    """Return what makes the numbers: weights, data, seed, options, versions."""
    return dict(
        model=model.name,
        checkpoint=str(model.checkpoint),
        sha256=file_sha256(model.checkpoint),
        encoder=encoder,
        dataset=args.dataset,
        data=os.environ.get('MMDEBIAS_DATA', 'data'),
        gpus=args.gpus,
        seed=args.seed,
        options=args.cfg_options,
        versions=versions(),
    )


def run_protocol(
    args: argparse.Namespace, checkpoint: Path, protocol: str, config: Path, split: str, place: Path
) -> dict:
    """Return the metrics of a protocol on a split, and how many videos they are of."""
    result = place / 'result.json'
    found = read_json(result)
    if is_result(found):
        print(f'Reusing {result}', flush=True)
        return found
    if result.exists():
        print(f'{result} is damaged: testing again', flush=True)
    common = split_options(args.dataset, split, protocol)
    trained: dict[str, str] = {}
    if share_of_labels(protocol):
        config, trained['labels'] = labelled_config(args, config, protocol, split, place)
        # Which names the list of all labels, of its split.
        common = [option for option in common if not option.startswith(f'{LABELS}=')]
    common += protocol_options(args, protocol)
    common.append(f'randomness.seed={args.seed}')
    options = dict(gpus=args.gpus)
    if protocol not in SEARCHED:
        checkpoint = runs.train(
            config, place / 'train', common, checkpoint, ['--auto-scale-lr'],
            log=place / 'train.log', **options,
        )  # fmt: skip
    if protocol == 'knn':
        common += ['test_evaluator.type=KNNAccuracy']
    work = place / 'test'
    metrics = runs.test(config, checkpoint, work, common, log=place / 'test.log', **options)
    found = dict(metrics=metrics, videos=count_videos(work, protocol not in SEARCHED), **trained)
    write_text(result, json.dumps(found))
    return found


class Lists(NamedTuple):
    """What a protocol reads on a split."""

    train: Path
    test: Path
    few: Path | None
    """Of few labels, where a low-shot protocol is given or finds one. --equal asks for others."""
    given: list[Path]
    """Those that options name."""


def find_lists(args: argparse.Namespace, protocol: str, split: str) -> Lists:
    """Return the lists of a protocol on a split; the first two need not be there."""
    base = Config.fromfile(ROOT / 'configs' / '_base_' / 'datasets' / f'{args.dataset}.py')
    names = dict(train=base.train_set.ann_file, test=base.test_set.ann_file)
    for option in split_options(args.dataset, split, 'finetune'):
        key, name = option.split('=', 1)
        names[key.split('_')[0]] = name
    root = Path(base.train_set.data_root)
    train, test = root / names['train'], Path(base.test_set.data_root, names['test'])
    options = dict(option.split('=', 1) for option in protocol_options(args, protocol))
    given = [root / name for key, name in options.items() if key.endswith('.ann_file')]
    percent = share_of_labels(protocol)
    if percent is None:
        return Lists(train, test, None, given)
    if LABELS in options:
        return Lists(train, test, root / options[LABELS], given)
    few = train.with_name(few_labels(train.name, percent))
    return Lists(train, test, few if few.is_file() and args.equal is None else None, given)


def lists_digest(args: argparse.Namespace, protocol: str, split: str) -> str:
    """Return a short name for what a protocol's lists hold."""
    lists = find_lists(args, protocol, split)
    paths = [lists.train, lists.test, lists.few, *lists.given]
    held = [file_sha256(path) if path and path.is_file() else None for path in paths]
    drawn = share_of_labels(protocol) and lists.few is None and (args.equal or EQUAL[0])
    return hashlib.sha256(json.dumps([*held, drawn or None]).encode()).hexdigest()[:8]


def labelled_config(
    args: argparse.Namespace, config: Path, protocol: str, split: str, place: Path
) -> tuple[Path, str]:
    """Return a config that trains on the few labels, and what they are; draw them if nobody has.

    They are in a list beside that of all labels, or drawn into the folder of results: with one
    --seed the same for all models. The list is named in a config, as the parser of options would
    spoil some paths.
    """
    lists, percent = find_lists(args, protocol, split), share_of_labels(protocol)
    found, origin = lists.few, ''
    if found is None:
        origin = f', drawn by equal {args.equal or EQUAL[0]} with seed {args.seed}'
        found = place / few_labels(lists.train.name, percent)
        given = ['--data', lists.train, '--out', found, '--percent', percent, '--seed', args.seed]
        given += ['--equal', args.equal] if args.equal else []
        runs.run_tool('data/subset.py', given, place / 'labels.log')
    labelled = place / config.name
    dataset = f'dict(ann_file={str(found.resolve())!r})'
    text = f'_base_ = {str(config.resolve())!r}\ntrain_dataloader = dict(dataset={dataset})\n'
    write_text(labelled, text)
    count = sum(bool(line.strip()) for line in found.read_text(encoding='utf-8').splitlines())
    return labelled, f'{found.resolve()} ({count} videos{origin})'


def protocol_options(args: argparse.Namespace, protocol: str) -> list[str]:
    """Return the user's options for a protocol."""
    named = [option.partition(':') for option in args.cfg_options]
    return [
        rest if name in PROTOCOLS else option
        for (name, _, rest), option in zip(named, args.cfg_options)
        if name == protocol or name not in PROTOCOLS
    ]


def say_misspelt(args: argparse.Namespace, protocol: str, config: Path) -> None:
    """Print which of the user's options change nothing: the log of the run would be too late."""
    given = parse_options(protocol_options(args, protocol))
    for line in misspelt_options(Config.fromfile(config), given):
        print(f'warning: {protocol}: {line}', flush=True)


def split_options(dataset: str, split: str, protocol: str) -> list[str]:
    """Return options that choose a split, where there are several."""
    if SPLITS[dataset] == 1:
        return []
    stem = dataset.removeprefix('actor_')  # whose lists keep the names of the originals
    train, test = (f'{stem}_{part}_split_{split}_videos.txt' for part in ('train', 'val'))
    if protocol in SEARCHED:
        sides = 'test_dataloader.dataset.gallery', 'test_dataloader.dataset.query'
        return [f'{side}.ann_file={name}' for side, name in zip(sides, (train, test))]
    loaders = dict(train=train, val=test, test=test)
    return [f'{part}_dataloader.dataset.ann_file={name}' for part, name in loaders.items()]


def count_videos(work: Path, classified: bool) -> int:
    """Return videos that were tested: those of the test list, or of the queries."""
    cfg = Config.fromfile(next(work.glob('*.py')))
    dataset = cfg.test_dataloader.dataset
    side = dataset if classified else dataset.query
    path = Path(side.data_root, side.ann_file)
    return sum(bool(line.strip()) for line in path.read_text().splitlines())


if __name__ == '__main__':
    try:
        with orderly_end():
            main()
    except (runs.ToolError, FolderInUseError, OSError, TypeError, ValueError) as error:
        stop(error)
