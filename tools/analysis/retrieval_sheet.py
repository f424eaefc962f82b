"""Draw queries and the videos nearest to them, as in FAME's Figure 8.

Usage:
    python tools/analysis/retrieval_sheet.py --model NAME CONFIG CHECKPOINT [--model ...]
        [--out DIR] [--queries N] [--nearest K]

CONFIG is one of configs/retrieval at video level. A row is a query, its middle frame first; the
frame of a neighbour is green where its class is right and red where it is not. Below each frame is
its class: a line of --classes, or of the classes.txt beside the list, which prepare.py writes.
"""

from pathlib import Path

import torch
from comparing import add_models, read_models
from mmengine.config import Config

from mmdebias.apis import embed
from mmdebias.cli import Parser, output_folder, run_command
from mmdebias.datasets import TolerantVideoDataset
from mmdebias.datasets.labels import check_labels
from mmdebias.evaluation import nearest
from mmdebias.files import existing_file
from mmdebias.visualization import draw_retrieval_sheet


def main() -> None:
    """Draw queries beside the videos that each model finds."""
    parser = Parser(description=__doc__.splitlines()[0])
    add_models(parser)
    parser.add_argument('--out', type=output_folder, default=Path('work_dirs/retrieval_sheets'))
    parser.add_argument('--queries', type=int, default=8, help='evenly spread over the test list')
    parser.add_argument('--nearest', type=int, default=3)
    parser.add_argument('--classes', type=Path, help='names of the classes, one a line')
    args = parser.parse_args()
    if args.classes:
        existing_file('--classes', args.classes, 'give the names of the classes, one a line')
    for model in read_models(args):
        sides = [list_videos(model.cfg, side) for side in ('gallery', 'query')]
        chosen = torch.linspace(0, len(sides[1]) - 1, min(args.queries, len(sides[1]))).long()
        sides[1] = [sides[1][i] for i in chosen]
        encoder = model.encoder(args.device)
        gallery, query = (
            torch.from_numpy(embed([path for path, _ in side], encoder, device=args.device))
            for side in sides
        )
        indices = nearest(gallery, query, args.nearest)[1]
        neighbours = [[sides[0][i] for i in row] for row in indices.tolist()]
        classes = names_of_classes(model.cfg, args.classes)
        out = args.out / f'{model.name}.png'
        print(draw_retrieval_sheet(out, sides[1], neighbours, classes=classes))


def names_of_classes(cfg: Config, path: Path | None) -> list[str]:
    """Return the lines of a file, or of the classes.txt beside the list of queries; none without
    one."""
    if path is None:
        side = cfg.test_dataloader.dataset.query
        path = Path(side.get('data_root') or '', side.ann_file).with_name('classes.txt')
        if not path.exists():
            return []
    return path.read_text(encoding='utf-8').splitlines()


def list_videos(cfg: Config, side: str) -> list[tuple[str, int]]:
    """Return paths and labels of one side; raises LabelError where there are none."""
    arguments = cfg.test_dataloader.dataset[side].to_dict()
    dataset = TolerantVideoDataset(pipeline=[], test_mode=True, **arguments)
    check_labels(dataset)  # without any, all neighbours would be right
    return [(info['filename'], info['label']) for info in dataset.load_data_list()]


if __name__ == '__main__':
    run_command(main)
