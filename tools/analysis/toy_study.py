"""Study on generated videos whether the methods do what their papers promise.

Usage:
    python tools/analysis/toy_study.py --out OUT [--scale cpu] [--methods moco,fame,...]
        [--seeds 0,1,2,3,4] [--jobs 2]

A puppet acts in front of scenes that have nothing to do with what it does. Each method pre-trains
the same small net on the same videos without labels, from its own config and with one recipe.
Then the net is frozen: what a linear classifier reads from its features says how much of the motion
and how much of the scene is in them. The debiasing papers promise more of the first and
less of the second than MoCo's.

Writes OUT/study.md, study.json and study.png. Runs that finished are reused. Results, and how the
settings were chosen: tools/analysis/toy_study.md.
"""

import argparse
import dataclasses
import json
import multiprocessing
import os
import signal
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import torch
from mmengine.registry import init_default_scope

from mmdebias import runs
from mmdebias.analysis import answers, few_videos, told_best
from mmdebias.apis import load_encoder
from mmdebias.cli import output_folder
from mmdebias.datasets.toy import CLASSES, MOTION_SETS, make_toy
from mmdebias.files import read_json, write_text
from mmdebias.messages import stop
from mmdebias.processes import FolderInUseError, end_with_parent, orderly_end, sole_writer
from mmdebias.provenance import versions
from mmdebias.study import (
    COLUMNS,
    REFERENCES,
    ROWS,
    SCALES,
    Settings,
    average_runs,
    draw,
    probe,
    probe_pipeline,
    render_markdown,
    scene_against_motion,
    study_config,
    write_config,
)
from mmdebias.weights import read_checkpoint

ROOT = Path(__file__).resolve().parents[2]
# Of the work directory: decoded videos, for all runs.
FRAMES = 'frames'
CHOICES = {'motions': MOTION_SETS, 'precision': ('float32', 'bfloat16')}
DEVICE = 'cuda' if torch.cuda.is_available() else 'cpu'


def parse_args() -> tuple[argparse.Namespace, Settings]:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--out', type=output_folder, default=ROOT / 'work_dirs' / 'toy_study')
    parser.add_argument('--scale', choices=SCALES, default='cpu', help='settings to start from')
    parser.add_argument('--methods', type=names, default=list(ROWS), help=f'of {", ".join(ROWS)}')
    parser.add_argument('--seeds', type=numbers, default=[0, 1, 2, 3, 4], help='0,1,2 for example')
    parser.add_argument('--jobs', type=int, default=1, help='runs at the same time')
    parser.add_argument(
        '--num-bias-videos', type=int, default=256, help='test videos of the bias reports; 0: none'
    )
    parser.add_argument(
        '--num-shortcut-clips', type=int, default=768,
        help="that the nets learn from which look for shortcuts in a row's task; 0: no search",
    )  # fmt: skip
    for field in dataclasses.fields(Settings):
        # A number of videos is --num-videos in every tool.
        name = f'num_{field.name}' if field.name.endswith('videos') else field.name
        parser.add_argument(
            '--' + name.replace('_', '-'), dest=field.name, type=type(field.default),
            help=f'for example {field.default}', choices=CHOICES.get(field.name),
        )  # fmt: skip
    args = parser.parse_args()
    given = {f.name: getattr(args, f.name) for f in dataclasses.fields(Settings)}
    given = {name: value for name, value in given.items() if value is not None}
    settings = dataclasses.replace(SCALES[args.scale], **given)
    if settings.precision != 'float32' and DEVICE == 'cpu':
        parser.error(f'{settings.precision} trains on a GPU only: give --precision float32')
    return args, settings


def names(text: str) -> list[str]:
    """Split the names of methods, with commas between them."""
    given = text.split(',')
    unknown = [name for name in given if name not in ROWS]
    if unknown:
        raise argparse.ArgumentTypeError(f'{unknown} are no methods; there are {list(ROWS)}')
    return given


def numbers(text: str) -> list[int]:
    """Return whole numbers with commas between them."""
    return [int(part) for part in text.split(',')]


def main() -> None:
    """Run what is missing, then write the table and the plot."""
    args, settings = parse_args()
    work = args.out.resolve()
    with sole_writer(work):
        results, shortcuts = run_all(args, settings, work)
        write_study(args, settings, work, results, shortcuts)


def run_all(
    args: argparse.Namespace, settings: Settings, work: Path
) -> tuple[list[dict], dict[str, dict | None]]:
    """Run what is missing; returns what was found of each run and of each method."""
    take_folder(work, settings)
    for backdrop in {ROWS[method].backdrop for method in args.methods}:
        make_toy(toy_folder(work, backdrop), settings.toy(backdrop), progress=sys.stderr.isatty())
    # All methods once before any twice: a study that is stopped has compared them.
    runs = [(method, seed) for seed in args.seeds for method in args.methods]
    one = partial(run_one, settings, work, args.num_bias_videos)
    find = partial(find_shortcut, settings, work, args.num_shortcut_clips)
    results = []
    # Spawned: a forked process would share its parent's threads' locks. Killed: what a training
    # within it makes of another signal, the pool takes for a result, and waits for more work.
    context = multiprocessing.get_context('spawn')
    with ProcessPoolExecutor(args.jobs, context, end_with_parent, (signal.SIGKILL,)) as pool:
        try:
            for result in pool.map(one, *zip(*runs)):
                shown = ', '.join(f'{name} {100 * result[name]:.1f} %' for name in COLUMNS)
                print(f'{result["method"]}, seed {result["seed"]}: {shown}', flush=True)
                results.append(result)
            return results, dict(zip(args.methods, pool.map(find, args.methods)))
        except (KeyboardInterrupt, SystemExit):  # which the pool would keep until they are done
            for child in multiprocessing.active_children():
                child.kill()
            raise


def write_study(
    args: argparse.Namespace,
    settings: Settings,
    work: Path,
    results: list[dict],
    shortcuts: dict[str, dict | None],
) -> None:
    """Write the table and the plot."""
    rows = average_runs(results)
    study = dict(setting=read_setting(settings, args), rows=rows, runs=results, shortcuts=shortcuts)
    write_text(work / 'study.json', json.dumps(study, indent=1) + '\n')
    write_text(work / 'study.md', render_markdown(study))
    draw(rows, work / 'study.png')
    print(f'\n{(work / "study.md").read_text()}\n{work / "study.md"}, study.json, study.png')


def toy_folder(work: Path, backdrop: str) -> Path:
    """Return the folder of a backdrop's videos; configs look for ``toy`` in their data folder."""
    return work / f'data_{backdrop}' / 'toy'


def take_folder(work: Path, settings: Settings) -> None:
    """Note the settings in the work directory; stop where it holds those of another study."""
    path, asked = work / 'settings.json', dataclasses.asdict(settings)
    # Settings that were added later had their default.
    there = dataclasses.asdict(Settings()) | (read_json(path) or asked)
    changed = {name: value for name, value in asked.items() if there.get(name) != value}
    if changed:
        there = {name: there.get(name) for name in changed}
        sys.exit(f'{work} was begun with {there}, not {changed}: give another --out')
    work.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps(asked, indent=1) + '\n')


def run_one(settings: Settings, work: Path, bias_videos: int, method: str, seed: int) -> dict:
    """Pre-train, probe and report, or read what an earlier call found."""
    folder, toy = work / f'{method}_seed{seed}', toy_folder(work, ROWS[method].backdrop)
    os.environ['MMDEBIAS_DATA'] = str(toy.parent)
    result = folder / 'result.json'
    found = read_json(result)
    if found is None:
        folder.mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        pretrain(method, seed, settings, folder)
        trained = time.monotonic()
        found = dict(method=method, seed=seed, **probe_run(settings, folder, toy))
        ended = time.monotonic()
        minutes = dict(train=(trained - started) / 60, probe=(ended - trained) / 60)
        found = dict(found, minutes=minutes)
        write_text(result, json.dumps(found, indent=1) + '\n')
    if ROWS[method].backdrop != 'scenes':  # what follows is about them
        return found
    felt = feel_run(folder, toy)
    return found | felt | (report_bias(folder, toy, bias_videos) if bias_videos else {})


def pretrain(method: str, seed: int, settings: Settings, folder: Path) -> None:
    """Write the configs of a run and weights.pth, what pre-training made of the net."""
    torch.manual_seed(seed)
    cfg = study_config(method, seed, settings, str(folder.parent / FRAMES))
    write_config(cfg, folder / 'config.py')
    # The same net as something that reads features: this is what the probes and the report take.
    pipeline = [*probe_pipeline(settings), dict(type='PackActionInputs')]
    cfg.test_dataloader = dict(batch_size=8, num_workers=0, dataset=dict(pipeline=pipeline))
    write_config(cfg, folder / 'encoder.py')
    if method == 'random':
        weights = load_encoder(cfg).state_dict()
    else:
        # A folder of its own: MMEngine writes the config there once more, with its keys sorted.
        place = folder / 'train'
        last = runs.train(folder / 'config.py', place, log=folder / 'train.log', show=False)
        weights = read_checkpoint(last)['state_dict']
    # A classifier keeps its classes, with which the bias report tests it.
    kept = ('backbone.', 'cls_head.')
    weights = {name: value for name, value in weights.items() if name.startswith(kept)}
    torch.save(dict(state_dict=weights), folder / 'weights.pth')


def probe_run(settings: Settings, folder: Path, toy: Path) -> dict[str, float]:
    """Probe frozen features for motion and scene, each a share of the test videos."""
    encoder = load_encoder(folder / 'encoder.py', folder / 'weights.pth')
    encoder.pipeline = probe_pipeline(settings, str(folder.parent / FRAMES))
    read = probe(encoder, toy, DEVICE, max(settings.workers, 1))
    return {name: interval.value for name, interval in read.items()}


def feel_run(folder: Path, toy: Path) -> dict[str, float]:
    """Measure whether features move with the scene or with the motion, or read it."""
    result = folder / 'sensitivity.json'
    found = read_json(result)
    if found is None:
        encoder = load_encoder(folder / 'encoder.py', folder / 'weights.pth').to(DEVICE)
        found = dict(scene_against_motion=scene_against_motion(encoder, toy).value)
        write_text(result, json.dumps(found) + '\n')
    return dict(found)


def find_shortcut(settings: Settings, work: Path, clips: int, method: str) -> dict | None:
    """Return what is told best of the clips that hold no answer to a row's task, or read it."""
    row, result = ROWS[method], work / f'{method}_shortcut_{clips}.json'
    if not clips or method == 'random' or method in REFERENCES:
        return None
    found = read_json(result)
    if found is None:
        toy = toy_folder(work, row.backdrop)
        lines = (toy / 'train.txt').read_text().splitlines()
        videos = few_videos([toy / line.split()[0] for line in lines])
        init_default_scope('mmaction')
        cfg = study_config(method, 0, settings)
        best = told_best(answers(cfg, videos, clips, max(clips * 2 // 3, 64)))
        found = best.to_dict()
        write_text(result, json.dumps(found) + '\n')
    return dict(found)


def report_bias(folder: Path, toy: Path, videos: int) -> dict:
    """Return numbers of the bias report on a run, written to its folder by tools/bias_report.py."""
    out = folder / f'bias_{videos}'
    if not (out / 'report.json').exists():
        arguments = [
            '--model', folder.name, folder / 'encoder.py', folder / 'weights.pth',
            '--data', toy / 'test.txt', '--train', toy / 'train.txt', '--num-videos', videos,
            '--out', out,
        ]  # fmt: skip
        runs.run_tool('bias_report.py', arguments, folder / 'bias.log', show=False)
    report = json.loads((out / 'report.json').read_text())
    return {f'bias:{m["name"]}': m['values'][0]['value'] for m in report['measures']}


def read_setting(settings: Settings, args: argparse.Namespace) -> dict:
    """Return the settings of the study."""
    return dict(
        settings=dataclasses.asdict(settings),
        seeds=args.seeds,
        bias_videos=args.num_bias_videos,
        chance=1 / len(CLASSES),
        device=torch.cuda.get_device_name() if torch.cuda.is_available() else 'CPU',
        cores=len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count(),
        date=time.strftime('%Y-%m-%d'),
        versions=versions(),
    )


if __name__ == '__main__':
    try:
        with orderly_end():
            main()
    except (runs.ToolError, FolderInUseError, OSError, TypeError, ValueError) as error:
        stop(error)
