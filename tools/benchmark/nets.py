"""Time a MoCo step of each pre-training net: precision, memory layout, batch, torch.compile.

Usage: python tools/benchmark/nets.py [--nets NAME...] [--device cuda] [--batch-size N] [--most N]

A JSON line a case. Of a net: float32, bfloat16 and bfloat16 with the channels last; the faster
layout of the two with the batch doubled until the memory does not suffice, --most, or
--doubling-seconds; the same compiled. All of that of the first net, then of the others one after
the other: so what is cut off by a limit of time has been measured of one net at least. A case that
fails, as by a loss that is not finite, says why, and the others follow; unless CUDA itself no
longer works in this process, as behind an illegal access: the last line says what is missing then.

A step is that of configs/moco/i3d_k400.py with another encoder, on random clips that are on the
device: augmentations, both directions of the loss with queue and key encoder, optimiser. Clips a
second count all views, as everywhere. A case's first step, in which kernels are chosen, memory is
taken and code is compiled, is not in the figures: its own time is ``first_step_s``. The clock stops
when the device is done. ``peak_mib`` is what PyTorch allocates at most, model and optimiser with
it; on a CPU what the process holds. float32 is PyTorch's own setting: convolutions may use TF32.
"""

import argparse
import gc
import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import torch
from measuring import device_name, device_peak, forget_device_peak, show, timed
from mmengine.config import Config
from mmengine.logging import MMLogger
from mmengine.registry import init_default_scope
from stepping import build_step, random_batch

import mmdebias  # noqa: F401  (registers everything)

CONFIGS = Path(__file__).resolve().parents[2] / 'configs'
ENCODERS = CONFIGS / '_base_' / 'encoders'
ALL = sorted(path.stem for path in ENCODERS.glob('*.py'))
# The others are for generated videos.
NETS = sorted(
    (name for name in ALL if not name.endswith(('_toy', '_swings'))),
    key=lambda name: name != 'i3d',  # first what the papers pre-train most
)
MODES: dict[str, dict[str, bool]] = {
    'float32': {},
    'bfloat16': dict(amp=True),
    'bfloat16, channels last': dict(amp=True, channels_last=True),
}
ITEMS = ('modes', 'doublings', 'compiled')
FULL = 'out of memory'


def main() -> None:
    """Print what a step of each net costs, a line a case."""
    args = parse_args()
    init_default_scope('mmaction')
    MMLogger.get_current_instance().setLevel('ERROR')  # MMEngine says of each weight what it was
    device = torch.device(args.device)
    show(case='setting', device=device_name(device), torch=torch.__version__)
    faster: dict[str, str] = {}
    items = plan(args.nets)
    for place, (net, item) in enumerate(items):
        try:
            time_item(args, net, item, faster)
        except LostDeviceError as error:
            missing = [f'the rest of {net} {item}', *map(' '.join, items[place + 1 :])]
            sys.exit(f'{error}; not measured therefore: {", ".join(missing)}')


def plan(nets: Sequence[str]) -> list[tuple[str, str]]:
    """Return what is measured of which net, in order: all of the first, then item by item.

    What is last is cut off by a limit of time. Compiling takes longest, so it is last of the
    others.
    """
    first, *others = nets
    return [(first, item) for item in ITEMS] + [(net, item) for item in ITEMS for net in others]


def time_item(args: argparse.Namespace, net: str, item: str, faster: dict[str, str]) -> None:
    """Measure one of ITEMS of a net."""
    if item == 'modes':
        time_modes(args, net, faster)
    elif net not in faster:
        return  # both layouts failed: larger batches and compiled code need not be tried
    elif item == 'doublings':
        time_doublings(args, net, faster[net])
    else:
        mode = faster[net]
        run(args, net, f'{mode}, compiled', args.batch_size, compiled=True, **MODES[mode])


def time_modes(args: argparse.Namespace, net: str, faster: dict[str, str]) -> None:
    """Measure a net by precision and layout, and note the faster of bfloat16's layouts."""
    rows = [run(args, net, name, args.batch_size, **mode) for name, mode in MODES.items()]
    speeds = {row['mode']: row['clips_a_second'] for row in rows[1:] if 'failed' not in row}
    if speeds:
        faster[net] = max(speeds, key=lambda mode: speeds[mode])


def time_doublings(args: argparse.Namespace, net: str, mode: str) -> None:
    """Measure a net with larger and larger batches, as far as memory and time suffice."""
    begin, last = time.monotonic(), 0.0
    for batch in doubled(args.batch_size, args.most):
        before = time.monotonic()
        # A batch takes as long as half of it did, at least.
        if before - begin + last > args.doubling_seconds:
            reason = f'the doublings of a net may take {args.doubling_seconds:g} s'
            show(case='net', net=net, mode=mode, batch_size=batch, not_tried=reason)
            break
        if 'failed' in run(args, net, mode, batch, **MODES[mode]):
            break
        last = time.monotonic() - before


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--nets', nargs='+', choices=ALL, default=NETS, metavar='NAME')
    parser.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    parser.add_argument('--batch-size', type=int, default=8, metavar='N', help='videos')
    parser.add_argument('--most', type=int, default=512, metavar='N', help='the largest batch')
    parser.add_argument(
        '--doubling-seconds', type=float, default=20.0, help='that larger batches of a net may take'
    )
    parser.add_argument('--clip-len', type=int, default=16)
    parser.add_argument('--size', type=int, help="pixels of a side; default: the encoder's own")
    parser.add_argument('--queue-size', type=int, default=65536)
    parser.add_argument('--seconds', type=float, default=1.0, help='that a case is timed for')
    parser.add_argument(
        '--backend', default='inductor', help="of torch.compile; 'eager' generates no code"
    )
    return parser.parse_args()


def doubled(batch: int, most: int) -> Iterator[int]:
    """Yield the double, the fourfold and so on, up to the most."""
    while (batch := 2 * batch) <= most:
        yield batch


def run(args: argparse.Namespace, net: str, mode: str, batch: int, **how: bool) -> dict:
    """Measure a case and print it; one that fails says why.

    Raises:
        LostDeviceError: it has left a device that nothing can be computed on.
    """
    found = attempt(partial(measure, args, net, batch, **how))
    row = dict(case='net', net=net, mode=mode, batch_size=batch) | found
    show(**row)
    # What failed is free only now: the error held it. Code of earlier nets would count towards the
    # number of versions of a function, after which torch.compile gives up without a word.
    torch.compiler.reset()
    gc.collect()
    if 'failed' in found and not found['failed'].startswith(FULL):
        check_device(torch.device(args.device))
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    return row


class LostDeviceError(RuntimeError):
    """An error of a GPU that each later call of CUDA in this process reports again."""


def check_device(device: torch.device) -> None:
    """Look whether a GPU still computes.

    Raises:
        LostDeviceError: it does not, in this process.
    """
    if device.type != 'cuda':
        return
    try:
        torch.cuda.synchronize(device)
    except Exception as error:  # torch.AcceleratorError, or RuntimeError by its version
        message = f'CUDA no longer works in this process ({first_line(error)[:60]})'
        raise LostDeviceError(message) from error


def attempt(call: Callable[[], dict]) -> dict:
    """Return what a case found, or why it failed."""
    try:
        return call()
    except Exception as error:  # whatever it is, the cases that follow are worth having
        kind = FULL if is_out_of_memory(error) else type(error).__name__
        return dict(failed=f'{kind}: {first_line(error)}')


def is_out_of_memory(error: Exception) -> bool:
    """Say whether memory did not suffice: cuBLAS, cuDNN and compilers have errors of their own."""
    text = str(error).lower()
    return isinstance(error, torch.cuda.OutOfMemoryError) or any(
        words in text for words in ('out of memory', 'alloc_failed', 'allocation_failed')
    )


def first_line(error: Exception) -> str:
    """Return how an error's message begins."""
    return next(iter(str(error).splitlines()), '')[:200]


def measure(
    args: argparse.Namespace,
    net: str,
    batch: int,
    amp: bool = False,
    channels_last: bool = False,
    compiled: bool = False,
) -> dict:
    """Return the clips a second of a step, and its memory."""
    device = torch.device(args.device)
    cfg, size = read_config(net, args.queue_size)
    size = args.size or size
    model, optimizer = build_step(cfg, device)
    for encoder in (model.backbone, model.momentum_encoder.module.backbone):
        if channels_last:  # the maps follow the weights
            encoder.to(memory_format=torch.channels_last_3d)
        if compiled:
            encoder.compile(backend=args.backend)
    clips = random_batch(cfg, batch, (args.clip_len, size, size), device)

    def step() -> None:
        nonlocal last
        # As AmpOptimWrapper has it; bfloat16 needs no scaled losses.
        with torch.autocast(device.type, torch.bfloat16, enabled=amp):
            data = model.data_preprocessor(clips, training=True)
            loss, _ = model.parse_losses(model(**data, mode='loss'))
        optimizer.update_params(loss)
        last = loss.detach()

    last = torch.zeros(())
    first = timed(step)
    check_loss(last)
    forget_device_peak(device)
    seconds, steps = timed(step), 1
    if seconds < args.seconds:
        steps = min(int(args.seconds / seconds), 20)
        seconds = timed(lambda: [step() for _ in range(steps)]) / steps
    check_loss(last)
    views = len(cfg.model.data_preprocessor.views)
    return dict(
        clip=f'{args.clip_len}x{size}x{size}',
        clips_a_second=views * batch / seconds,
        ms_a_step=1e3 * seconds,
        steps=steps,
        peak_mib=device_peak(device),
        first_step_s=first,
    )


def check_loss(loss: torch.Tensor) -> None:
    """Look at the last step's loss: a net that computes nonsense may do so fast.

    Raises:
        FloatingPointError: it is not finite.
    """
    if not math.isfinite(loss.item()):
        raise FloatingPointError(f'the loss is {loss.item()}')


def read_config(net: str, queue_size: int, recipe: str = 'moco/i3d_k400.py') -> tuple[Config, int]:
    """Return a config below configs/ with another encoder, and the side of that one's frames."""
    cfg = Config.fromfile(CONFIGS / recipe)
    base = Config.fromfile(ENCODERS / f'{net}.py')
    cfg.model.update(backbone=base.encoder, queue_size=queue_size)
    cfg.model.neck.in_channels = base.channels
    return cfg, base.resize.scale[0]


if __name__ == '__main__':
    main()
