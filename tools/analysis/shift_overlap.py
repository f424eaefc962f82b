"""How much a negative shares with its anchor, by simulation: one JSON line a length of video.

Usage: python tools/analysis/shift_overlap.py --config configs/dsm/i3d_k400.py --frames 180 300
           [--anchor anchor] [--negative negative] [--draws 10000] [--cfg-options KEY=VALUE...]

Draws the views of the config's SampleViews for videos of so many frames. ``shared_frames`` is the
mean share of the anchor's frames that the negative shows as well, ``mostly_shared`` the share of
negatives that show two thirds of them or more (11 of 16), ``shared_time`` the mean share of the
time from the anchor's first frame to its last that the negative spans as well, ``wraps`` the share
of negatives that go on at the beginning of the video, which puts a cut into them, and
``wraps_anchor`` that of anchors.
"""

import argparse
import json

import numpy as np
from mmengine.config import DictAction

from mmdebias.cli import existing_config, run_command
from mmdebias.config_checks import merge_options
from mmdebias.config_inheritance import read_config
from mmdebias.datasets import SampleViews


def main() -> None:
    """Simulate each length."""
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument('--config', required=True, help='of a pre-training')
    parser.add_argument('--frames', type=int, nargs='+', required=True, help='of a video')
    parser.add_argument('--anchor', default='anchor', help='name of its view')
    parser.add_argument('--negative', default='negative', help='name of its view')
    parser.add_argument('--draws', type=int, default=10000, help='for each length')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, default={})
    args = parser.parse_args()
    cfg = read_config(existing_config('--config', args.config, 'give a config of pre-training'))
    merge_options(cfg, args.cfg_options)
    sample = dict(cfg.train_dataloader.dataset.pipeline['sample'])
    sample.pop('type')
    sampling = SampleViews(**sample)
    for view in (args.anchor, args.negative):
        if view not in sampling.views:
            raise ValueError(f'{args.config} samples {list(sampling.views)} and not {view!r}')
    np.random.seed(0)
    for frames in args.frames:
        print(json.dumps(dict(frames=frames, **simulate(sampling, frames, args))))


def simulate(sampling: SampleViews, frames: int, args: argparse.Namespace) -> dict[str, float]:
    """Return the means over many draws for a video of ``frames`` frames."""
    rows = []
    for _ in range(args.draws):
        drawn = sampling.transform(dict(total_frames=frames))
        shown = drawn['frame_inds'][drawn['view_positions']]
        anchor, negative = (
            shown[drawn['view_names'].index(view)] for view in (args.anchor, args.negative)
        )
        stride = sampling.frame_interval
        anchored, shifted = (between(clip, stride, frames) for clip in (anchor, negative))
        shared = np.isin(anchor, negative).mean()
        rows.append(
            (
                shared,
                shared >= 2 / 3,
                np.isin(anchored, shifted).mean(),
                (np.diff(negative) < 0).any(),
                (np.diff(anchor) < 0).any(),
            )
        )
    names = ('shared_frames', 'mostly_shared', 'shared_time', 'wraps', 'wraps_anchor')
    return dict(zip(names, np.mean(rows, axis=0).round(3).tolist()))


def between(clip: np.ndarray, interval: int, frames: int) -> np.ndarray:
    """Return all frames of the video from a clip's first to its last, in the loop."""
    return (clip[0] + np.arange((len(clip) - 1) * interval + 1)) % frames


if __name__ == '__main__':
    run_command(main)
