"""Time loading, the training step and both together, and say which of them limits a run.

Usage: python tools/benchmark/training.py CONFIG [--data LIST] [--workers N ...] [--batch-size N]

``loading`` reads batches and drops them, for each number of workers; ``step`` trains on one batch
of random pixels of the same shape, augmentations and optimiser included; ``both`` trains on what
the most workers read, and ``waiting`` is the share of its time in which there is no batch. Clips
are those of all views, as in the log's ``clips_per_s``.

What is slower by itself limits the run. One worker is one core: the cores that feed the step are
its speed divided by that of one worker. On a CPU they come beside the step's own; where there are
fewer, ``both`` is slower than either, and ``waiting`` says whether more workers would help.

Memory is the peak of the main process, which holds the model in every case, and of all workers,
where pages that processes share count in each; on a GPU also what PyTorch allocates. The clock
stops when the GPU is done, and the loss is looked at after each step, as MMEngine does. The loop is
MMEngine's ``EpochBasedTrainLoop``: what ``AugmentAheadTrainLoop`` hides is not seen here.

Labels of --data do not matter. A short list is read again and again, from the system's memory: the
speed of a disk shows with a list that is larger.
"""

import argparse
import itertools
import math
import multiprocessing
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from measuring import forget_peak, peak_so_far, show, timed
from mmengine.config import Config, ConfigDict, DictAction
from mmengine.runner import Runner
from torch import Tensor
from torch.utils.data import DataLoader

from mmdebias import config_inheritance
from mmdebias.cli import existing_config, run_command
from mmdebias.config_arguments import keys_of
from mmdebias.config_checks import merge_options
from mmdebias.engine.epoch_seed_hook import innermost_datasets
from mmdebias.processes import orderly_end

# Steps that cuDNN tries kernels in, and that the allocator grows in.
WARM_UP = 3

# Of a row, with their titles in the table; the last is there on a GPU only.
COLUMNS = dict(
    case='case',
    workers='workers',
    clips_a_second='clips a second',
    ms_a_batch='ms a batch',
    waiting='waiting',
    main_mib='main MiB',
    workers_mib='workers MiB',
    gpu_mib='GPU MiB',
)


def main() -> None:
    """Print the speed of training, a line a case."""
    parser = make_parser()
    args = parser.parse_args()
    try:
        cfg = read_config(args)
        with tempfile.TemporaryDirectory() as folder:
            cfg.work_dir = folder
            with keys_of(cfg):
                rows = Benchmark(cfg, args.data is not None).rows(args.workers, args.steps)
            print_lines(rows) if args.json else print_table(rows)
    except FileNotFoundError as error:
        parser.exit(1, f'error: {error}\n')


def make_parser() -> argparse.ArgumentParser:
    """Return the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('config', help='a training config')
    parser.add_argument('--data', type=Path, metavar='LIST', help="videos instead of the config's")
    parser.add_argument('--data-root', type=Path, help="default: the folder of --data's list")
    parser.add_argument('--batch-size', type=positive, metavar='N', help="default: the config's")
    parser.add_argument(
        '--workers', type=int, nargs='+', default=powers_of_two(len(os.sched_getaffinity(0))),
        metavar='N', help='numbers to load with; 1 is always among them; default: %(default)s',
    )  # fmt: skip
    parser.add_argument(
        '--steps', type=positive, default=20, metavar='N',
        help='batches of a case; as many as give each worker the same number; default: %(default)s',
    )  # fmt: skip
    parser.add_argument('--json', action='store_true', help='print JSON, one line a case')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, default={})
    return parser


def positive(text: str) -> int:
    """Read a number from 1 on."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f'{number} must be 1 or more')
    return number


def powers_of_two(cores: int) -> list[int]:
    """Return 0, 1, 2, 4 and so on, up to the cores and with them."""
    return sorted({0, cores, *(2**n for n in range(cores.bit_length()))})


def read_config(args: argparse.Namespace) -> Config:
    """Read the config and change what the command line says.

    Raises:
        FileNotFoundError: there is no config, or no list of videos.
    """
    path = existing_config('CONFIG', args.config, 'name one of configs/, or your own')
    cfg = config_inheritance.read_config(path)
    merge_options(cfg, args.cfg_options)
    if cfg.get('train_dataloader') is None:
        sys.exit(f'error: {args.config} trains nothing: give a config with a train_dataloader')
    if args.batch_size is not None:
        cfg.train_dataloader.batch_size = args.batch_size
    choose_videos(cfg.train_dataloader.dataset, args.data, args.data_root)
    # The log goes to the standard output, where the figures are; hooks are not called.
    cfg.update(log_level='ERROR', visualizer=None, custom_hooks=[])
    return cfg


def choose_videos(data: ConfigDict, listed: Path | None, root: Path | None) -> None:
    """Put a list in the place of a data set's own, if there is one, and look whether it is there.

    Raises:
        FileNotFoundError: it is not.
    """
    while 'dataset' in data:  # below wrappers such as RepeatDataset
        data = data.dataset
    if listed is not None:
        data.update(
            data_root=str(root or listed.parent),
            ann_file=str(listed.resolve()),
            data_prefix=dict(video=''),
        )
    file = Path(data.get('data_root') or '', data.ann_file)
    if not file.is_file():
        raise FileNotFoundError(
            f'there is no list {file}: give one by --data LIST (lines "path" or "path label"), '
            "or set MMDEBIAS_DATA to the folder that the config's data set is in"
        )


class Benchmark:
    """A run's parts, built by MMEngine from a config.

    Args:
        cfg: The config, with a work directory.
        any_label: Take labels to be class 0, whatever the list says.
    """

    def __init__(self, cfg: Config, any_label: bool) -> None:
        self.cfg = cfg
        self.any_label = any_label
        self.runner = Runner.from_cfg(cfg)
        self.model = self.runner.model.train()
        self.optim_wrapper = self.runner.build_optim_wrapper(cfg.optim_wrapper)
        self.gpu = next(self.model.parameters()).device.type == 'cuda'
        self.batch = self.with_random_pixels(next(iter(self.build_loader(workers=0))))
        self.clips = sum(map(len, self.batch['inputs']))  # a sample is [V, C, T, H, W]

    def rows(self, workers: list[int], steps: int) -> Iterator[dict]:
        """Yield the setting, the cases and the verdict."""
        yield self.setting()
        loading = {}
        for number in sorted({1, *workers}):
            row = self.time_loading(number, steps)
            loading[number] = row['clips_a_second']
            yield row
        most = max(workers)
        yield (step := self.time_step(steps))
        yield (both := self.time_both(most, steps))
        yield verdict(loading, step['clips_a_second'], most) | dict(waiting=both['waiting'])

    def setting(self) -> dict:
        """Return what the figures depend on."""
        clip = self.batch['inputs'][0]
        return dict(
            case='setting',
            config=str(self.cfg.filename),
            device=torch.cuda.get_device_name() if self.gpu else f'CPU, {platform.machine()}',
            cores=len(os.sched_getaffinity(0)),
            threads=torch.get_num_threads(),
            torch=torch.__version__,
            batch_size=len(self.batch['inputs']),
            clips_a_video=len(clip),
            clip='x'.join(map(str, clip.shape[1:])),
        )

    def time_loading(self, workers: int, steps: int) -> dict:
        """Time reading batches, with workers that run already."""
        self.forget_peaks()
        loader = self.build_loader(workers)
        batches = started(loader)
        count = whole_rounds(steps, workers)
        seconds = timed(lambda: [next(batches) for _ in range(count)])
        return self.row('loading', seconds / count, workers)

    def time_step(self, steps: int) -> dict:
        """Time training on batches that are there."""
        self.forget_peaks()
        for _ in range(WARM_UP):
            self.train(self.batch)
        seconds = timed(lambda: [self.train(self.batch) for _ in range(steps)])
        return self.row('step', seconds / steps)

    def time_both(self, workers: int, steps: int) -> dict:
        """Time training on batches that are read meanwhile; the step has warmed up before."""
        self.forget_peaks()
        loader = self.build_loader(workers)
        batches = started(loader)
        self.train(next(batches))
        waits = []

        def wait_and_train() -> None:
            begin = time.perf_counter()
            batch = next(batches)
            waits.append(time.perf_counter() - begin)
            self.train(batch)

        count = whole_rounds(steps, workers)
        seconds = timed(lambda: [wait_and_train() for _ in range(count)])
        return self.row('both', seconds / count, workers, waiting=sum(waits) / seconds)

    def train(self, batch: dict) -> None:
        """Make a training step."""
        if self.any_label:
            for sample in batch['data_samples']:
                sample.set_gt_label(0)
        losses = self.model.train_step(batch, optim_wrapper=self.optim_wrapper)
        losses['loss'].item()  # MMEngine looks at it after each step

    def build_loader(self, workers: int) -> DataLoader:
        """Build the config's loader, endless, with the same samples for any number of workers."""
        config = ConfigDict(
            self.cfg.train_dataloader,
            num_workers=workers,
            persistent_workers=workers > 0,
            sampler=dict(type='InfiniteSampler', shuffle=True),
        )
        if workers == 0:  # nothing can be read ahead
            config.pop('prefetch_factor', None)
        loader = self.runner.build_dataloader(config, seed=0)
        for dataset in innermost_datasets(loader.dataset):
            if hasattr(dataset, 'set_draw'):
                dataset.set_draw(seed=0, epoch=0)
        return loader

    def with_random_pixels(self, batch: dict) -> dict:
        """Return a batch with other inputs of the same shape, where the loader would leave it."""
        pinned = self.gpu and self.cfg.train_dataloader.get('pin_memory', False)

        def random(clips: Tensor) -> Tensor:
            pixels = torch.randint(0, 256, clips.shape).to(clips.dtype)
            return pixels.pin_memory() if pinned else pixels

        return dict(batch, inputs=[random(clips) for clips in batch['inputs']])

    def forget_peaks(self) -> None:
        """Begin to look for the peak of the memory."""
        forget_peak()
        if self.gpu:
            torch.cuda.reset_peak_memory_stats()

    def row(self, case: str, seconds: float, workers: int | None = None, **more: float) -> dict:
        """Return a case, from the seconds of a batch; its workers are still running."""
        running = [child.pid for child in multiprocessing.active_children()]
        values = dict(
            case=case,
            workers=workers,
            clips_a_second=self.clips / seconds,
            ms_a_batch=1e3 * seconds,
            **more,
            main_mib=peak_so_far(),
            workers_mib=sum(map(peak_so_far, running)),
        )
        if self.gpu:
            values['gpu_mib'] = torch.cuda.max_memory_allocated() / 2**20
        return values


def started(loader: DataLoader) -> Iterator[dict]:
    """Return the batches of a loader from where they come as fast as they are read.

    What workers prepare while they start, or while nobody asks, would seem to cost nothing.
    """
    batches = iter(loader)
    ahead = loader.num_workers * (loader.prefetch_factor or 0)
    for _ in itertools.islice(batches, max(1, ahead)):
        pass
    return batches


def whole_rounds(steps: int, workers: int) -> int:
    """Return the steps, or some more: workers that began together also finish together."""
    return math.ceil(steps / max(1, workers)) * max(1, workers)


def verdict(loading: dict[int, float], step: float, workers: int) -> dict:
    """Return what limits a run with some workers.

    Args:
        loading: Clips a second by number of workers.
        step: Clips a second.
        workers: Of the run.
    """
    return dict(
        case='verdict',
        workers=workers,
        limits='loading' if loading[workers] < step else 'step',
        loading_by_step=loading[workers] / step,
        cores_to_feed_the_step=step / loading[1],
    )


def print_lines(rows: Iterator[dict]) -> None:
    """Print JSON, one line a case."""
    for row in rows:
        show(**row)


def print_table(rows: Iterator[dict]) -> None:
    """Print a Markdown table between the setting and the verdict."""
    setting = next(rows)
    print(
        '{config}: {batch_size} videos a batch, {clips_a_video} clips of {clip} each; {device}; '
        '{cores} CPU cores, {threads} threads, torch {torch}\n'.format(**setting)
    )
    first = next(rows)
    columns = {key: title for key, title in COLUMNS.items() if key != 'gpu_mib' or key in first}
    print(f'| {" | ".join(columns.values())} |')
    print('|---' * len(columns) + '|')
    for row in itertools.chain([first], rows):
        if row['case'] == 'verdict':
            print(
                '\nLimited by: {limits}. With {workers} workers loading is {loading_by_step:.2f} '
                'times as fast as the step; to feed the step takes {cores_to_feed_the_step:.2f} '
                'CPU cores. Together, the step waits for {waiting:.0%} of the time{shared}.'.format(
                    **row, shared='' if 'gpu_mib' in columns else ', and both share the CPU cores'
                )
            )
        else:
            print(f'| {" | ".join(cell(key, row.get(key)) for key in columns)} |', flush=True)


def cell(key: str, value: str | float | None) -> str:
    """Write a value of a row."""
    if not isinstance(value, float):
        return '' if value is None else str(value)
    if key == 'waiting':
        return f'{value:.0%}'
    return f'{value:.2f}' if key == 'clips_a_second' else f'{value:.0f}'


if __name__ == '__main__':
    with orderly_end():
        run_command(main)
