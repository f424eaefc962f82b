"""Draw queries and the videos nearest to them, as in FAME's Figure 8.

Usage:
    python tools/analysis/retrieval_sheet.py CONFIG CHECKPOINT OUT.png [--queries N] [--nearest K]

CONFIG is one of configs/retrieval at video level. A row is a query, its middle frame first; the
frame of a neighbour is green where its class is right and red where it is not, and titles give the
numbers of the classes.
"""

import argparse
from pathlib import Path

import torch
from mmengine.config import Config, DictAction

from mmdebias.apis import embed, load_encoder
from mmdebias.datasets import TolerantVideoDataset
from mmdebias.evaluation import nearest
from mmdebias.visualization import draw_retrieval_sheet


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('config')
    parser.add_argument('checkpoint')
    parser.add_argument('out', type=Path)
    parser.add_argument('--queries', type=int, default=8, help='evenly spread over the test list')
    parser.add_argument('--nearest', type=int, default=3)
    parser.add_argument('--device', default='cpu')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, default={})
    args = parser.parse_args()
    cfg = Config.fromfile(args.config)
    cfg.merge_from_dict(args.cfg_options)
    sides = [videos_of(cfg, side) for side in ('gallery', 'query')]
    chosen = torch.linspace(0, len(sides[1]) - 1, min(args.queries, len(sides[1]))).long()
    sides[1] = [sides[1][i] for i in chosen]
    encoder = load_encoder(cfg, args.checkpoint)
    features = [
        torch.from_numpy(embed([path for path, _ in side], encoder, device=args.device))
        for side in sides
    ]
    indices = nearest(*features, args.nearest)[1]
    neighbours = [[sides[0][i] for i in row] for row in indices.tolist()]
    print(draw_retrieval_sheet(args.out, sides[1], neighbours))


def videos_of(cfg: Config, side: str) -> list[tuple[str, int]]:
    """Paths and labels of one side."""
    arguments = cfg.test_dataloader.dataset[side].to_dict()
    dataset = TolerantVideoDataset(pipeline=[], test_mode=True, **arguments)
    return [(info['filename'], info['label']) for info in dataset.load_data_list()]


if __name__ == '__main__':
    main()
