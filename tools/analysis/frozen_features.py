"""Read motion and scene from frozen features of generated videos.

Usage:
    python tools/analysis/frozen_features.py --toy data/toy --model NAME CONFIG CHECKPOINT
        [--model ...] [--clips 2] [--out DIR]

What does an encoder know of a video: what moves, or where? Features of the training videos teach
a linear classifier, which is asked about the test videos; and of each test video the nearest
training video is looked at. Both for the motion and for the scene, with 95 % intervals over the
test videos. Motion and scene are to be independent in the videos (make_toy.py --bias 0.125).
Written and drawn to OUT/frozen_features.json and .png.
"""

import argparse
import dataclasses
import json
from pathlib import Path

from comparing import add_models, read_models

from mmdebias.analysis import find_sampling, window_pipeline
from mmdebias.bias import Interval
from mmdebias.cli import Parser, output_folder, run_command
from mmdebias.files import read_json, write_text
from mmdebias.study import COLUMNS, draw_probes, probe


def main() -> None:
    """Run the command."""
    parser = Parser(description=__doc__.splitlines()[0])
    parser.add_argument('--toy', type=toy_folder, required=True, help='what make_toy.py wrote')
    add_models(parser)
    parser.add_argument(
        '--clips', type=int, default=2, help='of a video, whose features are averaged'
    )
    parser.add_argument('--out', type=output_folder, default=Path('work_dirs/frozen_features'))
    args = parser.parse_args()
    if args.clips < 1:
        raise ValueError(f'--clips {args.clips}: give 1 or more')
    read = {}
    for model in read_models(args):
        encoder = model.encoder(args.device)
        sampling = find_sampling(encoder.pipeline) | dict(num_clips=args.clips)
        encoder.pipeline = window_pipeline(encoder.pipeline, [sampling])
        read[model.name] = probe(encoder, args.toy, args.device)
    print_table(read)
    written = {
        name: {key: dataclasses.asdict(value) for key, value in found.items()}
        for name, found in read.items()
    }
    write_text(args.out / 'frozen_features.json', json.dumps(written, indent=1) + '\n')
    print(draw_probes(args.out / 'frozen_features.png', read))


def toy_folder(text: str) -> Path:
    """Return a folder of generated videos."""
    path = Path(text)
    meta = read_json(path / 'meta.json')
    if meta is None:
        raise argparse.ArgumentTypeError(f'{text} has no meta.json: give what make_toy.py wrote')
    bias = meta['arguments']['bias']
    if bias != 1 / len(meta['classes']):
        raise argparse.ArgumentTypeError(
            f'{text} was made with --bias {bias}: there the scene tells the motion. Make videos '
            f'with --bias {1 / len(meta["classes"]):g}'
        )
    return path


def print_table(read: dict[str, dict[str, Interval]]) -> None:
    """Print a row a model, shares in % with their intervals."""
    width = max(len(name) for name in read)
    names = {name: column[0] for name, column in COLUMNS.items()}
    print(' ' * width + ''.join(f'{name:>22}' for name in names.values()))
    for model, found in read.items():
        cells = [found[name] for name in names]
        texts = [f'{100 * c.value:.1f} [{100 * c.low:.0f}, {100 * c.high:.0f}]' for c in cells]
        print(f'{model:<{width}}' + ''.join(f'{text:>22}' for text in texts))


if __name__ == '__main__':
    run_command(main)
