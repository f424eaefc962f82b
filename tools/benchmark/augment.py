"""Time the batch augmentations: one JSON line a case, ratios from one run.

Usage: python tools/benchmark/augment.py [CASE...] [--threads N]

Cases: fame (mask and merge against a straightforward float implementation), memory, masks, growth,
photometric (Kornia through the adapter, eager and compiled), gpu (on a GPU only: frames a second,
share of a training step, and how much of that AugmentAhead hides beside the step); of DSM: warping
(against Kornia, frame by frame), flow (estimating and scaling, on one thread).
"""

import argparse
import platform
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import kornia
import numpy as np
import torch
from measuring import best_times, peak_mebibytes, show
from mmengine.registry import init_default_scope

from mmdebias.datasets import ScaleOpticalFlow
from mmdebias.engine import AugmentAhead
from mmdebias.models import FAME, InceptionI3D, KorniaAugment, SpatialWarping
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
    args = parser.parse_args()
    unknown = [case for case in args.cases if case not in CASES]
    if unknown:
        parser.error(f'{unknown} are no cases; there are {list(CASES)}')
    init_default_scope('mmaction')
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else platform.machine()
    show(device=device, threads=args.threads, torch=torch.__version__, kornia=kornia.__version__)
    for case in args.cases:
        CASES[case]()


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


def gpu(n: int = 64) -> None:
    """Time frames a second, nothing waited for, and the share of a bfloat16 I3D training step."""
    if not torch.cuda.is_available():
        show(case='gpu', skipped='there is no GPU here')
        return
    clips = random_clips(n, device='cuda')
    augment = FAME()
    augment(clips)  # constants are made once
    torch.cuda.set_sync_debug_mode('error')
    augment(clips)
    torch.cuda.set_sync_debug_mode('default')
    colour = KorniaAugment(PHOTOMETRIC).cuda()
    net = InceptionI3D().cuda()

    def step() -> None:
        with torch.autocast('cuda', dtype=torch.bfloat16):
            net(clips.float() / 255).float().mean().backward()

    seconds = best_times(
        dict(fame=partial(augment, clips), all=lambda: colour(augment(clips)), step=step)
    )
    show(
        case=f'FAME on a GPU, {n} clips of 16x224x224',
        frames_a_second=16 * n / seconds['fame'],
        share_of_i3d_step=seconds['fame'] / seconds['step'],
        all_augments_share_of_i3d_step=seconds['all'] / seconds['step'],
    )
    _show_ahead(
        lambda batch: dict(inputs=colour(augment(batch['inputs'].cuda(non_blocking=True)))), n
    )


def _show_ahead(prepare: Callable[[dict], dict], n: int, batches: int = 8) -> None:
    """Copy, augments and steps of some batches: in turn, beside each other, and the steps alone."""
    net = InceptionI3D().cuda()
    host = random_clips(n).pin_memory()

    def step(batch: PreparedBatch) -> None:
        with torch.autocast('cuda', dtype=torch.bfloat16):
            loss = net(batch.prepared['inputs']).float().mean()
        loss.backward()
        loss.item()  # MMEngine looks at the loss after each step

    def in_turn() -> None:
        for _ in range(batches):
            batch = PreparedBatch(inputs=host)
            batch.prepared = prepare(batch)
            step(batch)

    def ahead() -> None:
        side = AugmentAhead(prepare)
        side.queue(batch := PreparedBatch(inputs=host))
        for _ in range(batches):
            # One batch more is prepared than is used: all that is measured is on the safe side.
            side.queue(following := PreparedBatch(inputs=host))
            side.take(batch)
            step(batch)
            batch = following

    ready = PreparedBatch(inputs=host)
    ready.prepared = prepare(ready)
    seconds = best_times(
        dict(in_turn=in_turn, ahead=ahead, steps=lambda: [step(ready) for _ in range(batches)]), 5
    )
    show(
        case=f'copy, augments and I3D steps, {n} clips of 16x224x224',
        **{f'{name}_ms_a_batch': 1e3 * time / batches for name, time in seconds.items()},
        share_hidden=(seconds['in_turn'] - seconds['ahead'])
        / (seconds['in_turn'] - seconds['steps']),
    )


def _copied(batch: dict) -> torch.Tensor:
    return batch['inputs'].cuda(non_blocking=True)


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


CASES = dict(
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
