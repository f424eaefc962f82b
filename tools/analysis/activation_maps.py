"""Where encoders and classifiers look: activation maps over videos, and their share of foreground.

Usage:
    python tools/analysis/activation_maps.py --data VIDEO... --model NAME CONFIG CHECKPOINT
        [--model ...] [--map caam|cam] [--masks DIR] [--out DIR]

`--map caam` (FAME Fig. 1, BE Fig. 6, DSM Fig. 5) works for any encoder; `--map cam` (FAME Fig. 7)
is MMAction2's Grad-CAM of a classifier for the class that it names. Writes a sheet, a film of each
video that is drawn, and the share of each map's energy inside the foreground as maps.json; an even
map has the foreground's share of the frame. The clip is the middle one, as the config's tests
sample it. Foreground: masks of generated videos or of --masks; else FAME's motion mask.
"""

import argparse
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
from comparing import Model, add_models, read_models
from torch import Tensor

from mmdebias.analysis import (
    ClassMaps,
    Windows,
    activation_maps,
    classifier_with_gradients,
    draw_heat_sheet,
    find_sampling,
    overlay,
    read_windows,
    window_pipeline,
    write_heat_film,
)
from mmdebias.cli import Parser, add_videos, output_folder, read_videos, run_command
from mmdebias.files import write_text
from mmdebias.ops import energy_inside, to_heat
from mmdebias.visualization.pictures import to_pictures


def main() -> None:
    """Draw where in their frames the models look."""
    parser = Parser(description=__doc__.splitlines()[0])
    add_videos(parser)
    add_models(parser)
    parser.add_argument('--map', choices=('caam', 'cam'), default='caam', dest='kind')
    parser.add_argument('--reduce', choices=('mean', 'norm'), default='mean', help='of caam')
    parser.add_argument('--layer', help="of the backbone, 'layer3' for example; default its output")
    parser.add_argument('--clip-len', type=int, help="instead of the config's")
    parser.add_argument('--frame-interval', type=int, help="instead of the config's")
    parser.add_argument('--masks', type=Path, help='folder of foreground masks, VIDEO.npz')
    parser.add_argument('--drawn', type=int, default=6, help='videos that are drawn; all count')
    parser.add_argument('--out', type=output_folder, default=Path('work_dirs/activation_maps'))
    args = parser.parse_args()
    args.videos = read_videos(args.data, args.data_root)
    models = read_models(args)

    seen = {model.name: look(model, args) for model in models}
    reports = [report(video, i, seen) for i, video in enumerate(args.videos)]
    args.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(dict(map=args.kind, videos=reports), indent=1)
    write_text(args.out / 'maps.json', text + '\n')
    print_table(reports, list(seen))
    drawn = args.videos[: args.drawn]
    if drawn:
        print(draw(args.out / f'{args.kind}.png', drawn, seen))
    for i, video in enumerate(drawn):
        heats = {name: views[i].heat[0] for name, views in seen.items()}
        clip = seen[models[0].name][i].windows.clips[0]
        film = args.out / f'{i:02}_{video.stem}_{args.kind}.mp4'
        print(write_heat_film(film, clip, heats))


class View(NamedTuple):
    """The maps of a video by a model."""

    inside: float
    foreground: float
    masks_are: str
    windows: Windows | None
    """The clip, of a video that is drawn."""
    heat: Tensor | None
    """``[1, T, H, W]`` in [0, 1], of a video that is drawn."""


def look(model: Model, args: argparse.Namespace) -> list[View]:
    """Return the map of the middle clip of each video."""
    encoder = model.encoder(args.device)
    sampling = find_sampling(encoder.pipeline)
    if sampling.get('clip_len', 1) > 1:  # a 2D net's segments are one clip as they are
        sampling['num_clips'] = 1
    for key in ('clip_len', 'frame_interval'):
        if getattr(args, key) is not None:
            sampling[key] = getattr(args, key)
    pipeline = window_pipeline(encoder.pipeline, [sampling])
    if args.kind == 'cam':
        layer = f'backbone/{args.layer}'.replace('.', '/') if args.layer else 'backbone'
        class_maps = ClassMaps(
            classifier_with_gradients(model.cfg, model.checkpoint).to(args.device), layer
        )
    views = []
    for i, video in enumerate(args.videos):
        windows = read_windows(video, pipeline, args.masks)
        if args.kind == 'cam':
            heat = class_maps(windows.clips)[0].cpu()
        else:
            heat = to_heat(activation_maps(encoder, windows.clips, args.reduce, args.layer))
        inside = energy_inside(heat, windows.masks).item()
        area = windows.masks.float().mean().item()
        kept = (windows, heat) if i < args.drawn else (None, None)
        views.append(View(inside, area, windows.masks_are, *kept))
    return views


def report(video: Path, index: int, seen: dict[str, list[View]]) -> dict:
    """Return the figures of one video."""
    first = next(iter(seen.values()))[index]
    of = {
        name: dict(
            inside=round(views[index].inside, 4), foreground=round(views[index].foreground, 4)
        )
        for name, views in seen.items()
    }
    return dict(video=str(video), masks=first.masks_are, models=of)


def print_table(reports: list[dict], names: list[str]) -> None:
    """Print means over the videos, with the standard error."""
    sources = sorted({row['masks'] for row in reports})
    print(f'{len(reports)} video(s); foreground from {" and ".join(sources)}')
    print('| | energy inside the foreground, % | of an even map, % | the former / the latter |')
    print('|---|---|---|---|')
    for name in names:
        inside, even = (
            np.array([row['models'][name][key] for row in reports])
            for key in ('inside', 'foreground')
        )
        cells = [
            f'{scale * values.mean():.{digits}f}'
            + (
                f' ± {scale * values.std(ddof=1) / len(values) ** 0.5:.{digits}f}'
                if len(values) > 1
                else ''
            )
            for values, scale, digits in (
                (inside, 100, 1),
                (even, 100, 1),
                (inside / np.maximum(even, 1e-9), 1, 2),
            )
        ]
        print(f'| {name} | {" | ".join(cells)} |')


def draw(path: Path, videos: list[Path], seen: dict[str, list[View]]) -> Path:
    """Return the sheet: the middle frame of each video, and each model's map over it."""
    rows, notes, outlines = {}, {}, {}
    for name, views in seen.items():
        views = views[: len(videos)]
        middle = [view.windows.clips.shape[2] // 2 for view in views]
        # Configs crop differently: each row has the outline of its own frames.
        outlines[name] = [view.windows.masks[0, t].numpy() for view, t in zip(views, middle)]
        if not rows:
            rows['frame'] = [
                to_pictures(view.windows.clips)[0, t] for view, t in zip(views, middle)
            ]
            notes['frame'] = [f'foreground {100 * view.foreground:.0f} %' for view in views]
            outlines['frame'] = outlines[name]
        rows[name] = [
            overlay(view.windows.clips, view.heat)[0, t] for view, t in zip(views, middle)
        ]
        notes[name] = [f'{100 * view.inside:.0f} % inside' for view in views]
    return draw_heat_sheet(path, [video.stem for video in videos], rows, notes, outlines)


if __name__ == '__main__':
    run_command(main)
