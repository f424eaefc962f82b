"""How strongly models respond to each moment of a video (DSM, Fig. 5).

Usage:
    python tools/analysis/response_curve.py --data VIDEO... --model NAME CONFIG CHECKPOINT
        [--model ...] [--clip-len 16] [--stride 4] [--out DIR]

A window slides over the video. Its response is its feature map, averaged over channels, time and
space; a video's responses are scaled to [0, 1] by the smallest and largest. Grey is what moves: the
mean absolute difference of the window's frames one after the other, scaled alike. The legend gives
its Pearson correlation with each curve (windows overlap, so there is no p-value).
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from comparing import add_models, read_models
from torch import Tensor

from mmdebias.analysis import (
    correlate,
    draw_response_curve,
    feature_maps,
    overlay,
    read_windows,
    window_pipeline,
)
from mmdebias.apis import Encoder
from mmdebias.cli import Parser, add_videos, output_folder, read_videos, run_command
from mmdebias.files import write_text
from mmdebias.ops import channel_map, responses, stretch_maps, to_heat
from mmdebias.visualization.pictures import to_pictures


def main() -> None:
    """Draw how features of each model change along shuffled or moved frames."""
    parser = Parser(description=__doc__.splitlines()[0])
    add_videos(parser)
    add_models(parser)
    parser.add_argument('--clip-len', type=int, default=16, help='frames of the window')
    parser.add_argument('--stride', type=int, default=4, help='frames that it moves on by')
    parser.add_argument('--frame-interval', type=int, default=1, help='between its frames')
    parser.add_argument('--pictures', type=int, default=10, help='of the video')
    parser.add_argument('--out', type=output_folder, default=Path('work_dirs/response_curve'))
    args = parser.parse_args()
    videos = read_videos(args.data, args.data_root)
    encoders = {model.name: model.encoder(args.device) for model in read_models(args)}
    for video in videos:
        picture, row = analyse(video, encoders, args)
        print(json.dumps(row))
        print(picture)


def analyse(
    video: Path, encoders: dict[str, Encoder], args: argparse.Namespace
) -> tuple[Path, dict]:
    """Draw the curves of one video and write their numbers."""
    sliding = dict(
        type='SlidingClips',
        clip_len=args.clip_len,
        stride=args.stride,
        frame_interval=args.frame_interval,
    )
    found, strips = {}, {}
    row: dict[str, Any] = dict(video=str(video))
    for name, encoder in encoders.items():
        pipeline = window_pipeline(encoder.pipeline, [sliding])
        windows = read_windows(video, pipeline, foreground=False)
        if len(windows.clips) < 2:
            raise ValueError(
                f'{video} has room for one window only, and a curve needs two: lower --stride or '
                '--clip-len'
            )
        shown = spread(len(windows.clips), args.pictures)
        features = feature_maps(encoder, windows.clips)
        found[name] = responses(features).double().numpy()
        if not strips:
            middle = windows.clips.shape[2] // 2
            moments, motion = windows.frame_inds[:, middle], measure_motion(windows.clips)
            strips['video'] = list(to_pictures(windows.clips[shown, :, middle : middle + 1])[:, 0])
        clips = windows.clips[shown]
        frames, height, width = clips.shape[2:]
        maps = stretch_maps(channel_map(features[shown]), (frames, height, width))
        # One scale for the whole video: windows that get little response stay dark.
        heat = to_heat(maps[None].flatten(1, 2)).view_as(maps)
        strips[name] = list(overlay(clips, heat)[:, middle])
    curves = {}
    for name, values in found.items():
        with_motion = correlate(values, motion).rho
        row[name] = dict(responses=values.round(5).tolist(), with_motion=round(with_motion, 3))
        curves[f'{name} (r = {with_motion:.2f} with motion)'] = scaled(values)
    row |= dict(frames=moments.tolist(), motion=motion.round(3).tolist())
    args.out.mkdir(parents=True, exist_ok=True)
    write_text(args.out / f'{video.stem}.json', json.dumps(row) + '\n')
    path = args.out / f'{video.stem}.png'
    return draw_response_curve(path, moments, curves, scaled(motion), strips), dict(
        video=video.name,
        windows=len(moments),
        **{name: row[name]['with_motion'] for name in encoders},
    )


def spread(windows: int, pictures: int) -> Tensor:
    """Return which windows to show: those in the middle of equal shares of the axis."""
    pictures = min(pictures, windows)
    return ((torch.arange(pictures) + 0.5) * (windows - 1) / pictures).round().long()


def measure_motion(clips: Tensor) -> np.ndarray:
    """Return mean absolute difference of neighbouring frames of each clip, in grey levels."""
    moved = [clip.int().diff(dim=1).abs().double().mean() for clip in clips]
    return torch.stack(moved).numpy()


def scaled(values: np.ndarray) -> np.ndarray:
    """Scale to [0, 1]; equal values become 0."""
    span = np.ptp(values)
    return (values - values.min()) / (span if span > 0 else 1)


if __name__ == '__main__':
    run_command(main)
