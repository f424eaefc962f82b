"""Where encoders and classifiers look: activation maps over videos, and their share of foreground.

Usage:
    python tools/analysis/activation_maps.py VIDEO... --model NAME CONFIG CHECKPOINT [--model ...]
        [--map caam|cam] [--masks DIR] [--out DIR]

`--map caam` (FAME Fig. 1, BE Fig. 6, DSM Fig. 5) works for any encoder; `--map cam` (FAME Fig. 7)
is MMAction2's Grad-CAM of a classifier for the class that it names. Writes a sheet, a film of each
video that is drawn, and the share of each map's energy inside the foreground as maps.json; an even
map has the foreground's share of the frame. The clip is the middle one, as the config's tests
sample it. Foreground: masks of generated videos or of --masks; else FAME's motion mask.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from comparing import Model, add_models, check_files, models_of, run
from torch import Tensor

from mmdebias.datasets import Windows, read_windows, sampling_of, window_pipeline
from mmdebias.evaluation import ClassMaps, activation_maps, load_classifier
from mmdebias.ops import energy_inside, to_heat
from mmdebias.visualization import draw_heat_sheet, overlay, write_heat_film
from mmdebias.visualization.pictures import to_pictures


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('videos', nargs='+', type=Path)
    add_models(parser)
    parser.add_argument('--map', choices=('caam', 'cam'), default='caam', dest='kind')
    parser.add_argument('--reduce', choices=('mean', 'norm'), default='mean', help='of caam')
    parser.add_argument('--layer', help="of the backbone, 'layer3' for example; default its output")
    parser.add_argument('--clip-len', type=int, help="instead of the config's")
    parser.add_argument('--frame-interval', type=int, help="instead of the config's")
    parser.add_argument('--masks', type=Path, help='folder of foreground masks, VIDEO.npz')
    parser.add_argument('--drawn', type=int, default=6, help='videos that are drawn; all count')
    parser.add_argument('--out', type=Path, default=Path('work_dirs/activation_maps'))
    args = parser.parse_args()
    check_files(args.videos)
    models = models_of(args)

    found = {model.name: maps_of(model, args) for model in models}
    reports = [report(video, i, found) for i, video in enumerate(args.videos)]
    args.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(dict(map=args.kind, videos=reports), indent=1)
    (args.out / 'maps.json').write_text(text + '\n')
    print_table(reports, list(found))
    drawn = range(min(args.drawn, len(args.videos)))
    if drawn:
        print(draw(args.out / f'{args.kind}.png', args.videos, found, reports, drawn))
    for i in drawn:
        heats = {name: heats[i][0] for name, (_, heats) in found.items()}
        windows = found[models[0].name][0]
        film = args.out / f'{i:02}_{args.videos[i].stem}_{args.kind}.mp4'
        print(write_heat_film(film, windows[i].clips[0], heats))


def maps_of(model: Model, args: argparse.Namespace) -> tuple[list[Windows], list[Tensor]]:
    """The middle clip of each video and its heat, ``[1, T, H, W]`` in [0, 1]."""
    encoder = model.encoder(args.device)
    sampling = sampling_of(encoder.pipeline)
    if sampling.get('clip_len', 1) > 1:  # a 2D net's segments are one clip as they are
        sampling['num_clips'] = 1
    for key in ('clip_len', 'frame_interval'):
        if getattr(args, key) is not None:
            sampling[key] = getattr(args, key)
    pipeline = window_pipeline(encoder.pipeline, [sampling])
    windows = [read_windows(video, pipeline, args.masks) for video in args.videos]
    if args.kind == 'caam':
        maps = [activation_maps(encoder, w.clips, args.reduce, args.layer) for w in windows]
        return windows, [to_heat(one) for one in maps]
    layer = f'backbone/{args.layer}'.replace('.', '/') if args.layer else 'backbone'
    class_maps = ClassMaps(load_classifier(model.cfg, model.checkpoint).to(args.device), layer)
    return windows, [class_maps(w.clips)[0].cpu() for w in windows]


def report(video: Path, index: int, found: dict) -> dict:
    """The figures of one video."""
    (windows, _), *_ = found.values()
    inside = {
        name: round(energy_inside(heats[index], of_model[index].masks).item(), 4)
        for name, (of_model, heats) in found.items()
    }
    area = round(windows[index].masks.float().mean().item(), 4)
    return dict(video=str(video), masks=windows[index].masks_are, foreground=area, inside=inside)


def print_table(reports: list[dict], names: list[str]) -> None:
    """Means over the videos, with the standard error."""
    sources = sorted({row['masks'] for row in reports})
    print(f'{len(reports)} video(s); foreground from {" and ".join(sources)}')
    print('| | energy inside the foreground, % | times the share of an even map |')
    print('|---|---|---|')
    for name in names:
        inside = np.array([row['inside'][name] for row in reports])
        times = np.array([row['inside'][name] / max(row['foreground'], 1e-9) for row in reports])
        cells = [
            f'{scale * values.mean():.{digits}f}'
            + (
                f' ± {scale * values.std(ddof=1) / len(values) ** 0.5:.{digits}f}'
                if len(values) > 1
                else ''
            )
            for values, scale, digits in ((inside, 100, 1), (times, 1, 2))
        ]
        print(f'| {name} | {" | ".join(cells)} |')
    print(f'| an even map | {100 * np.mean([r["foreground"] for r in reports]):.1f} | 1 |')


def draw(path: Path, videos: list[Path], found: dict, reports: list[dict], drawn: range) -> Path:
    """The sheet: the middle frame of each video, and each model's map over it."""
    (windows, _), *_ = found.values()
    middle = [windows[i].clips.shape[2] // 2 for i in drawn]
    frames = [to_pictures(windows[i].clips)[0, middle[i]] for i in drawn]
    rows, notes = {'frame': frames}, {}
    notes['frame'] = [f'foreground {100 * reports[i]["foreground"]:.0f} %' for i in drawn]
    for name, (of_model, heats) in found.items():
        rows[name] = [overlay(of_model[i].clips, heats[i])[0, middle[i]] for i in drawn]
        notes[name] = [f'{100 * reports[i]["inside"][name]:.0f} % inside' for i in drawn]
    outlines = [windows[i].masks[0, middle[i]].numpy() for i in drawn]
    return draw_heat_sheet(path, [videos[i].stem for i in drawn], rows, notes, outlines)


if __name__ == '__main__':
    run(main)
