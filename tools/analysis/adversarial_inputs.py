"""Does a model look at what moves? Maps of inputs made to mislead it (BE Fig. 7, DSM Fig. 6).

Usage:
    python tools/analysis/adversarial_inputs.py --data VIDEO OTHER...
        --model NAME CONFIG CHECKPOINT [--model ...] [--masks DIR] [--out OUT.png]

Rows: a clip of the first video; one of its frames repeated; a person out of one of the others
pasted, still; a frame of one of them added. Maps of a model are on the scale of its map of the
clip, so a weaker answer is darker. Under each: the mean of the feature map against the clip's, and
the share of the map's energy inside the foreground of the clip, which an even map has the
foreground's share of.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from comparing import add_models, read_models

from mmdebias.analysis import (
    Windows,
    activation_maps,
    draw_heat_sheet,
    find_sampling,
    overlay,
    read_windows,
    window_pipeline,
)
from mmdebias.apis import Encoder
from mmdebias.cli import Parser, add_videos, output_file, read_videos, run_command
from mmdebias.ops import energy_inside, to_heat
from mmdebias.visualization.pictures import to_pictures

CLIP = 'normal clip'


def main() -> None:
    """Write how models judge misleading inputs."""
    parser = Parser(description=__doc__.splitlines()[0])
    add_videos(parser, 'the video that is shown, and those to paste and add; files or lists, *.txt')
    add_models(parser)
    parser.add_argument('--masks', type=Path, help='folder of foreground masks, VIDEO.npz')
    parser.add_argument('--share', type=float, default=0.3, help='of the added frame')
    parser.add_argument('--height', type=float, default=0.6, help='of the person, of the frame')
    parser.add_argument(
        '--position', nargs=2, type=float, default=(0.0, 1.0), metavar=('X', 'Y'),
        help='of the person: 0 is left and top, 1 is right and bottom',
    )  # fmt: skip
    parser.add_argument('--clip-len', type=int, help="instead of the config's")
    parser.add_argument('--frame-interval', type=int, help="instead of the config's")
    parser.add_argument('--frames', type=int, default=3, help='drawn of each input')
    parser.add_argument('--seed', type=int, default=0, help='of what is drawn from the others')
    parser.add_argument('--out', type=output_file, default=Path('work_dirs/adversarial_inputs.png'))
    args = parser.parse_args()
    args.video, *args.others = read_videos(args.data, args.data_root)
    if not args.others:
        parser.error(f'--data {args.video}: give another video as well, to paste and add')
    if args.frames < 1:
        parser.error(f'--frames {args.frames}: give 1 or more')

    rows, numbers, columns = {}, {}, []
    outlines: list[np.ndarray | None] = []
    for model in read_models(args):
        encoder = model.encoder(args.device)
        windows = inputs_for(encoder, args)
        moments = np.linspace(0, windows[CLIP].clips.shape[2] - 1, args.frames).round().astype(int)
        if not rows:
            columns = [f'frame {t}' for t in moments]
            rows = {n: list(to_pictures(w.clips)[0, moments]) for n, w in windows.items()}
            notes = {n: [''] * len(moments) for n in windows}
            outlines = [None] * len(moments)
            share = windows[CLIP].masks.float().mean().item()
            print(f'foreground {100 * share:.1f} % of the frame, from {windows[CLIP].masks_are}')
        maps = {n: activation_maps(encoder, w.clips) for n, w in windows.items()}
        columns.append(model.name)
        middle = moments[len(moments) // 2]
        outlines.append(windows[CLIP].masks[0, middle].numpy())
        for name, one in maps.items():
            heat = to_heat(one, reference=maps[CLIP])
            strength = (one.mean() / maps[CLIP].mean()).item()
            inside = energy_inside(to_heat(one), windows[CLIP].masks).item()
            rows[name].append(overlay(windows[name].clips, heat)[0, middle])
            notes[name].append(f'{strength:.2f} × response\n{100 * inside:.0f} % inside')
            numbers.setdefault(model.name, {})[name] = dict(
                response=round(strength, 4), inside=round(inside, 4)
            )
    print(json.dumps(numbers, indent=1))
    print(draw_heat_sheet(args.out, columns, rows, notes, dict.fromkeys(rows, outlines)))


def inputs_for(encoder: Encoder, args: argparse.Namespace) -> dict[str, Windows]:
    """Return the clip and what becomes of it, as the encoder's config reads it."""
    sampling = find_sampling(encoder.pipeline)
    if sampling.get('clip_len', 1) > 1:  # a 2D net's segments are one clip as they are
        sampling['num_clips'] = 1
    for key in ('clip_len', 'frame_interval'):
        if getattr(args, key) is not None:
            sampling[key] = getattr(args, key)
    others = [str(video) for video in args.others]
    masks = str(args.masks) if args.masks else None
    person = dict(
        type='PasteStaticPerson',
        videos=others,
        masks=masks,
        height=args.height,
        position=tuple(args.position),
    )
    noise = dict(type='AddStaticFrame', videos=others, share=args.share)
    np.random.seed(args.seed)
    how = {
        CLIP: dict(sampling=[sampling]),
        'static clip': dict(sampling=[sampling, dict(type='StaticClip', frame='middle')]),
        'static person': dict(sampling=[sampling], disturbing=[person]),
        'static frame': dict(sampling=[sampling], disturbing=[noise]),
    }
    return {
        name: read_windows(args.video, window_pipeline(encoder.pipeline, **steps), args.masks)
        for name, steps in how.items()
    }


if __name__ == '__main__':
    run_command(main)
