"""Draw what the model of a config sees of some videos: each view as a sheet and as a film.

Usage: python tools/analysis/show_augment.py --config CONFIG --data VIDEO... [--out DIR]

The videos go through the config's training pipeline as one batch, so methods that exchange
something between the videos of a batch want two or more.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from mmaction.registry import MODELS
from mmengine.config import Config, DictAction
from mmengine.dataset import Compose, pseudo_collate
from mmengine.registry import init_default_scope
from torch import Tensor

import mmdebias  # noqa: F401  (registers everything)
from mmdebias.cli import add_videos, existing_config, output_folder, read_videos, run_command
from mmdebias.config_arguments import keys_of
from mmdebias.config_checks import merge_options
from mmdebias.config_inheritance import read_config
from mmdebias.datasets.reading_steps import run_steps
from mmdebias.ops.clips import pixel_range
from mmdebias.visualization import draw_view_sheet, write_view_film

REMEDY = 'give a training config, such as configs/fame/i3d_k400.py'


def main() -> None:
    """Draw the views of each video."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--config', required=True, help='a training config')
    add_videos(parser)
    parser.add_argument(
        '--out', type=output_folder, default=Path('work_dirs/views'), help='folder to write to'
    )
    parser.add_argument('--frames', type=int, default=4, help='frames of a view on the sheet')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, default={})
    args = parser.parse_args()
    videos = read_videos(args.data, args.data_root)
    config = read_config(existing_config('--config', args.config, REMEDY))
    merge_options(config, args.cfg_options)
    init_default_scope(config.get('default_scope', 'mmaction'))
    np.random.seed(args.seed)
    torch.manual_seed(args.seed)

    with keys_of(config):
        views = seen(config, videos)
    names = [video.stem for video in videos]
    print(draw_view_sheet(args.out / 'views.png', views, names, args.frames))
    for index, name in enumerate(names):
        of_one = {view: clips[index] for view, clips in views.items()}
        print(write_view_film(args.out / f'{index:02}_{name}.mp4', of_one))


def seen(config: Config, videos: list[Path]) -> dict[str, Tensor]:
    """Return each video's views as the model gets them, in [0, 1]: ``{view: [N, 3, T, H, W]}``."""
    steps = Compose(config.train_dataloader.dataset.pipeline).transforms
    samples = [
        run_steps(steps, dict(filename=str(video), label=0, start_index=0, modality='RGB'))
        for video in videos
    ]
    preprocessor = MODELS.build(config.model.data_preprocessor)
    inputs = preprocessor(pseudo_collate(samples), training=True)['inputs']
    if isinstance(inputs, Tensor):  # a classifier's clips have no names
        inputs = {f'clip {v}': inputs[:, v] for v in range(inputs.shape[1])}
    # Ours count colours from 0 to 1, MMAction2's own preprocessor from 0 to 255.
    scale = pixel_range(preprocessor.mean.flatten().tolist())
    return {
        view: ((clips * preprocessor.std + preprocessor.mean) / scale).clamp(0, 1)
        for view, clips in inputs.items()
    }


if __name__ == '__main__':
    run_command(main)
