"""What is read from frozen features of generated videos, and what moves them."""

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from mmdebias.analysis import feel, find_sampling, read_windows, summarise, window_pipeline
from mmdebias.apis import Encoder, embed
from mmdebias.bias import Interval, bootstrap_interval
from mmdebias.datasets.toy import CLASSES, SCENES
from mmdebias.evaluation import fit_linear_classifier, nearest

# What is read: the labels of the videos, and their number.
READ = {'motion': len(CLASSES), 'scene': len(SCENES)}


def probe(
    encoder: Encoder, toy: Path, device: str | None = None, workers: int = 1
) -> dict[str, Interval]:
    """Read motion and scene from features of test videos, with what the training videos teach.

    Args:
        encoder: Of :func:`mmdebias.apis.load_encoder`.
        toy: Folder of generated videos, as tools/data/make_toy.py writes it. Motion and scene
            should be independent in it (``bias`` 1/8), or the one gives the other away.
        device: Where the encoder runs; None leaves it where it is.
        workers: Processes that read videos beside it.

    Returns:
        Shares of the test videos with their 95 % intervals over videos: ``motion_probe`` and
        ``scene_probe``, of which a linear classifier of the training videos' features names the
        motion or the scene; ``motion_retrieval`` and ``scene_retrieval``, whose nearest training
        video has the same one. Chance is 1/8.
    """
    train, test = (
        read_features(toy, split, encoder, device, workers) for split in ('train', 'test')
    )
    neighbours = nearest(train['features'], test['features'], 1)[1][:, 0]
    found = {}
    for name, classes in READ.items():
        weights, biases = fit_linear_classifier(train['features'], train[name], classes)
        scores = F.normalize(test['features'], dim=1) @ weights.T + biases
        found[f'{name}_probe'] = _share(scores.argmax(1) == test[name])
        found[f'{name}_retrieval'] = _share(train[name][neighbours] == test[name])
    return found


def read_features(
    toy: Path, split: str, encoder: Encoder, device: str | None, workers: int = 1
) -> dict[str, Tensor]:
    """Return features ``[N, C]`` of a split's videos, and their labels ``[N]``."""
    lines = [line.split() for line in (toy / f'{split}.txt').read_text().splitlines()]
    scenes = (toy / 'scene_labels' / f'{split}.txt').read_text().splitlines()
    # Videos are read beside the encoder, not in turn with it.
    videos = [toy / video for video, _ in lines]
    features = embed(videos, encoder, 64, device, num_workers=workers)
    return dict(
        features=torch.from_numpy(features),
        motion=torch.tensor([int(label) for _, label in lines]),
        scene=torch.tensor([int(line.split()[1]) for line in scenes]),
    )


def scene_against_motion(encoder: Encoder, toy: Path, videos: int = 128) -> Interval:
    """Return the one number of tools/analysis/sensitivity.py, of some test videos.

    0 says that features move with the motion alone, 1 that they move with the scene alone.

    Args:
        encoder: Of :func:`mmdebias.apis.load_encoder`; its pipeline opens videos itself.
        toy: Folder of generated videos, whose exact masks are taken.
        videos: How many of the test videos, the first ones.
    """
    lines = (toy / 'test.txt').read_text().splitlines()[:videos]
    sampling = dict(find_sampling(encoder.pipeline), num_clips=1)
    pipeline = window_pipeline(encoder.pipeline, [sampling])
    windows = [read_windows(toy / line.split()[0], pipeline) for line in lines]
    device = next(encoder.parameters()).device
    distances = feel(
        lambda clips: encoder(clips.to(device)),
        torch.cat([window.clips for window in windows]),
        torch.cat([window.masks for window in windows if window.masks is not None]),
        batch_size=64,
    )
    return bootstrap_interval(summarise(distances))


def _share(right: Tensor) -> Interval:
    return bootstrap_interval(right.double().numpy())
