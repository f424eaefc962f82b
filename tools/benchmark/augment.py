"""Time the batch augmentations: one JSON line a case, ratios from one run.

Usage: python tools/benchmark/augment.py [CASE...] [--threads N]

Cases: fame (mask and merge against a straightforward float implementation), memory, masks, growth,
photometric (Kornia through the adapter, eager and compiled), gpu (on a GPU: FAME's frames a second,
all augments of FAME's config beside a bfloat16 step of it, and how much of them and of the copy
AugmentAhead hides beside the step); of DSM: warping
(against Kornia, frame by frame), flow (estimating and scaling, on one thread).
"""

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import kornia
import numpy as np
import torch
from measuring import best_times, device_name, peak_mebibytes, show
from mmengine.logging import MMLogger
from mmengine.registry import init_default_scope
from nets import ALL, read_config
from stepping import build_step, random_batch

from mmdebias.datasets import ScaleOpticalFlow
from mmdebias.engine import AugmentAhead
from mmdebias.models import FAME, KorniaAugment, SpatialWarping
from mmdebias.models.data_preprocessor import PreparedBatch
from mmdebias.ops import flow_to_previous

sys.path.insert(0, str(Path(__file__).parents[2] / 'tests'))
from helpers.straightforward_fame import straightforward_fame

PHOTOMETRIC: list[dict[str, Any]] = [
    dict(type='RandomGrayscale', p=0.2),
    dict(type='ColorJitter', brightness=0.4, contrast=0.4, saturation=0.4, hue=0.1, p=0.8),
    dict(type='RandomGaussianBlur', kernel_size=(23, 23), sigma=(0.1, 2.0), p=0.5),
]


def main() -> None:
    """Print the speed of augments, a line a case."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('cases', nargs='*', default=list(CASES), metavar='CASE')
    parser.add_argument('--threads', type=int, default=torch.get_num_threads())
    of_gpu = parser.add_argument_group('of the case gpu')
    of_gpu.add_argument('--device', choices=('cuda', 'cpu'), default='cuda')
    of_gpu.add_argument('--net', choices=ALL, default='i3d')
    of_gpu.add_argument('--clips', type=int, default=32, metavar='N', help='of a view: videos')
    of_gpu.add_argument('--clip-len', type=int, default=16)
    of_gpu.add_argument('--size', type=int, help="pixels of a side; default: the encoder's own")
    of_gpu.add_argument('--repeats', type=int, default=10)
    of_gpu.add_argument('--batches', type=int, default=8, help='in turn and ahead')
    args = parser.parse_args()
    unknown = [case for case in args.cases if case not in CASES]
    if unknown:
        parser.error(f'{unknown} are no cases; there are {list(CASES)}')
    init_default_scope('mmaction')
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    show(
        device=device_name(),
        threads=args.threads,
        torch=torch.__version__,
        kornia=kornia.__version__,
    )
    for case in args.cases:
        CASES[case](args) if case == 'gpu' else CASES[case]()


def random_clips(n: int, frames: int = 16, size: int = 224, device: str = 'cpu') -> torch.Tensor:
    """Return uint8 ``[n, 3, frames, size, size]``."""
    return torch.randint(0, 256, (n, 3, frames, size, size), dtype=torch.uint8, device=device)


def fame(n: int = 4) -> None:
    """Time mask and merge of bytes, as a ratio to floats written down first."""
    for size in (112, 224):
        clips = random_clips(n, size=size)
        seconds = best_times(
            dict(
                ours=partial(FAME(), clips),
                reference=partial(straightforward_fame, clips, torch.arange(n).roll(1)),
            )
        )
        show(
            case=f'FAME, 16x{size}x{size}',
            ours_ms_a_clip=1e3 * seconds['ours'] / n,
            reference_ms_a_clip=1e3 * seconds['reference'] / n,
            times_as_fast=seconds['reference'] / seconds['ours'],
        )


def memory() -> None:
    """Measure the peak memory of the same, each in a process of its own."""
    ours, reference = peak_mebibytes(_prepare_ours), peak_mebibytes(_prepare_reference)
    show(
        case='peak memory of FAME, 8 clips of 16x224x224',
        ours_mib=ours,
        reference_mib=reference,
        share=ours / reference,
    )


def masks(n: int = 4, size: int = 224) -> None:
    """Time each mask and each remedy."""
    clips = random_clips(n, size=size)
    settings: dict[str, dict] = {
        'fame': {},
        'seed': dict(mask='seed'),
        'grid': dict(mask='grid'),
        'gauss': dict(mask='gauss'),
        'fame, adaptive': dict(beta='adaptive'),
        'fame, noise floor': dict(noise_floor=2),
        'fame, following the camera': dict(follow_camera=True),
    }
    seconds = best_times({name: partial(FAME(**s), clips) for name, s in settings.items()}, 5)
    for name, time in seconds.items():
        show(case=f'{name}, 16x{size}x{size}', ms_a_clip=1e3 * time / n)


def growth() -> None:
    """Time by clips, frames and pixels: twice as much should take twice as long."""
    base: dict[str, Any] = dict(n=4, frames=8, size=112)
    for name, values in (('n', (4, 8, 16)), ('frames', (8, 16, 32)), ('size', (112, 160, 224))):
        ways = {value: partial(FAME(), random_clips(**(base | {name: value}))) for value in values}
        seconds = best_times(ways)
        for value in values:
            work = (value / values[0]) ** (2 if name == 'size' else 1)
            show(
                case=f'FAME, {base | {name: value}}',
                ms=1e3 * seconds[value],
                time_by_work=seconds[value] / seconds[values[0]] / work,
            )


def photometric(n: int = 4) -> None:
    """Time Kornia through the adapter against Kornia by hand, eager and compiled."""
    by_hand = kornia.augmentation.VideoSequential(
        *[getattr(kornia.augmentation, t['type'])(**_without_type(t)) for t in PHOTOMETRIC],
        data_format='BCTHW',
        same_on_frame=True,
    )
    adapter = KorniaAugment(PHOTOMETRIC)
    for size in (112, 224):
        clips = random_clips(n, size=size)
        ways = dict(
            adapter=partial(_same_draw, adapter, clips),
            kornia=partial(_same_draw, lambda x: by_hand(x.float() / 255), clips),
            compiled=partial(_same_draw, torch.compile(adapter), clips),
        )
        seconds = best_times(ways, repeats=5)
        show(
            case=f'grey, jitter, blur, 16x{size}x{size}',
            **{f'{name}_ms_a_clip': 1e3 * time / n for name, time in seconds.items()},
            adapter_by_kornia=seconds['adapter'] / seconds['kornia'],
            compiled_by_kornia=seconds['compiled'] / seconds['kornia'],
        )


def gpu(args: argparse.Namespace) -> None:
    """Time FAME in frames a second, all augments beside a step, and what AugmentAhead hides."""
    if args.device == 'cuda' and not torch.cuda.is_available():
        show(case='gpu', skipped='there is no GPU here')
        return
    MMLogger.get_current_instance().setLevel('ERROR')  # MMEngine says of each weight what it was
    cfg, size = read_config(args.net, queue_size=1024, recipe='fame/i3d_k400.py')
    size = args.size or size
    clip = (args.clip_len, size, size)
    model, optimizer = build_step(cfg, args.device)
    host = random_batch(cfg, args.clips, clip)
    if args.device == 'cuda':
        host['inputs'] = [clips.pin_memory() for clips in host['inputs']]
    model.data_preprocessor._non_blocking = True
    on_device = model.data_preprocessor.cast_data(host)
    views = torch.stack(on_device['inputs'])[:, 0]

    def prepare(batch: dict) -> dict:
        with torch.autocast(args.device, torch.bfloat16):
            return model.data_preprocessor.prepare(batch, training=True)

    ready = prepare(on_device)

    def step(prepared: dict) -> None:
        with torch.autocast(args.device, torch.bfloat16):
            loss, _ = model.parse_losses(model(**prepared, mode='loss'))
        optimizer.update_params(loss)
        loss.item()  # MMEngine looks at the loss after each step

    seconds = best_times(
        dict(
            fame=partial(FAME(), views),
            augments=partial(_same_draw, prepare, on_device),
            step=partial(step, ready),
        ),
        args.repeats,
    )
    show(
        case='gpu',
        net=args.net,
        videos=args.clips,
        clip='x'.join(map(str, clip)),
        fame_frames_a_second=args.clip_len * args.clips / seconds['fame'],
        fame_ms=1e3 * seconds['fame'],
        augments_ms=1e3 * seconds['augments'],
        step_ms=1e3 * seconds['step'],
        augments_share_of_the_step=seconds['augments'] / (seconds['augments'] + seconds['step']),
    )
    _show_ahead(args, prepare, step, host)


def _show_ahead(
    args: argparse.Namespace,
    prepare: Callable[[dict], dict],
    step: Callable[[dict], None],
    host: dict,
) -> None:
    """Copy, augments and steps of some batches: in turn, beside each other, and the steps alone."""
    batches = args.batches

    def in_turn() -> None:
        for _ in range(batches):
            step(prepare(host))

    def ahead() -> None:
        # torch.cpu has the names of torch.cuda's streams, and does one thing after the other.
        side = AugmentAhead(prepare, getattr(torch, args.device))
        side.queue(batch := PreparedBatch(host))
        for _ in range(batches):
            # One batch more is prepared than is used: all that is measured is on the safe side.
            side.queue(following := PreparedBatch(host))
            side.take(batch)
            step(batch.prepared)
            batch = following

    ready = prepare(host)
    seconds = best_times(
        dict(in_turn=in_turn, ahead=ahead, steps=lambda: [step(ready) for _ in range(batches)]),
        min(args.repeats, 3),
    )
    beside = seconds['in_turn'] - seconds['steps']
    show(
        case='gpu, copy, augments and steps',
        **{f'{name}_ms_a_batch': 1e3 * time / batches for name, time in seconds.items()},
        # Below zero where it makes all slower. Nothing beside the steps: nothing to hide.
        share_hidden=(seconds['in_turn'] - seconds['ahead']) / beside if beside > 0 else 0.0,
    )


def warping(n: int = 4) -> None:
    """Time a spline a clip, as a ratio to Kornia's: a call a frame, and a call a clip."""
    spline = kornia.augmentation.RandomThinPlateSpline(p=1.0, same_on_batch=True)
    for size in (112, 224):
        clips = random_clips(n, size=size).float() / 255
        of_clips = clips.transpose(1, 2)
        frames = of_clips.flatten(0, 1)[:, None]
        seconds = best_times(
            dict(
                ours=partial(SpatialWarping(), clips),
                frame_by_frame=lambda f=frames: [spline(frame) for frame in f],
                clip_by_clip=lambda f=of_clips: [spline(clip) for clip in f],
            )
        )
        show(
            case=f'spatial warping, 16x{size}x{size}',
            **{f'{name}_ms_a_clip': 1e3 * time / n for name, time in seconds.items()},
            times_as_fast_as_frame_by_frame=seconds['frame_by_frame'] / seconds['ours'],
            times_as_fast_as_clip_by_clip=seconds['clip_by_clip'] / seconds['ours'],
        )


def flow() -> None:
    """Time scaling a clip's flow in a worker, which has one thread, and its flow alone."""
    cv2.setNumThreads(0)
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    ground = cv2.resize(noise, (320, 320)).astype(np.uint8)
    for size in (112, 128, 224):
        clip = [np.ascontiguousarray(ground[t : t + size, t : t + size]) for t in range(16)]
        for method in ('dis_ultrafast', 'dis_fast', 'dis_medium'):
            scaling = ScaleOpticalFlow(method=method)
            seconds = best_times(
                dict(
                    flow=partial(flow_to_previous, clip, method),
                    scaling=lambda s=scaling, c=clip: s(dict(imgs=c, num_clips=1)),
                )
            )
            show(
                case=f'flow scaling, {method}, 16x{size}x{size}',
                flow_ms_a_clip=1e3 * seconds['flow'],
                flow_and_scaling_ms_a_clip=1e3 * seconds['scaling'],
            )


def _same_draw(augment: Callable, clips: torch.Tensor) -> torch.Tensor:
    # The time depends on which augmentations the draw switches on: the same ones for all ways.
    torch.manual_seed(0)
    return augment(clips)


def _without_type(transform: dict) -> dict:
    return {name: value for name, value in transform.items() if name != 'type'}


def _prepare_ours() -> partial:
    return partial(FAME(), random_clips(8))


def _prepare_reference() -> partial:
    return partial(straightforward_fame, random_clips(8), torch.arange(8).roll(1))


CASES: dict[str, Callable[..., None]] = dict(
    fame=fame,
    memory=memory,
    masks=masks,
    growth=growth,
    photometric=photometric,
    gpu=gpu,
    warping=warping,
    flow=flow,
)

if __name__ == '__main__':
    main()
