"""The report on a generated set, of a model that knows the answer and one that knows the scene."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from mmdebias.bias import ClipSpec, bias_report, from_module, read_manifest
from mmdebias.bias.backgrounds import clean_plate_of_video
from mmdebias.bias.clips import clip_indices
from mmdebias.bias.masks import build_masks
from mmdebias.datasets.stored_masks import read_masks
from mmdebias.datasets.toy import ToyConfig, make_toy
from mmdebias.video import read_frames

CLIP = ClipSpec(frames=6, stride=2, size=32, values='uint8')
CLASSES, NOTHING = 8, 8


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    """Generated videos; three of four show the scene of their class."""
    folder = tmp_path_factory.mktemp('report') / 'toy'
    make_toy(
        folder,
        ToyConfig(
            videos=8, test_videos=24, size=(32, 32), frames=12, bias=0.7, lighting=0, shake=0
        ),
        workers=1,
    )
    return folder


def numbers(file):
    return {line.split()[0]: int(line.split()[1]) for line in file.read_text().splitlines()}


class KnowsTheAnswer:
    """Names the class of the video whose actor, frame by frame, is in the clip; else nothing."""

    def __init__(self, toy):
        chosen = clip_indices(CLIP, 12)
        self.labels, self.frames, self.masks = [], [], []
        for video, label in numbers(toy / 'test.txt').items():
            masks = toy / 'masks' / Path(video).relative_to('videos').with_suffix('.npz')
            self.labels.append(label)
            self.frames.append(read_frames(toy / video, chosen))
            self.masks.append(read_masks(masks)[chosen])

    def says(self, clip):
        for label, frames, masks in zip(self.labels, self.frames, self.masks):
            if (clip[masks] == frames[masks]).all():
                return label
        return NOTHING

    def __call__(self, clips):
        shown = clips.permute(0, 2, 3, 4, 1).numpy()
        said = torch.tensor([self.says(clip) for clip in shown])
        return torch.nn.functional.one_hot(said, CLASSES + 1).float()


class KnowsTheScene(KnowsTheAnswer):
    """Names the class whose scene is behind the actor, if any of the set's is."""

    def __init__(self, toy):
        masks = build_masks(dict(type='files', folder=str(toy / 'masks')), toy)
        self.scenes = list(numbers(toy / 'scene_labels' / 'test.txt').values())
        self.plates = np.stack(
            [clean_plate_of_video(str(toy), v, masks) for v in numbers(toy / 'test.txt')]
        ).astype(int)

    def says(self, clip):
        # Of most pixels a plate is what they are in the middle of the times.
        apart = np.abs(np.median(clip, 0) - self.plates).max(3)
        off = np.median(apart, (1, 2))
        return self.scenes[off.argmin()] if off.min() < 12 else NOTHING


@pytest.fixture(scope='module')
def report(toy, tmp_path_factory):
    out = tmp_path_factory.mktemp('out')
    known = dict(answer=KnowsTheAnswer(toy), scene=KnowsTheScene(toy))
    models = [from_module(name, model, CLIP) for name, model in known.items()]
    return bias_report(models, toy / 'test.txt', out=out), read_manifest(out / 'manifest.jsonl')


def test_masks_that_are_mended_between_two_calls_count(toy, tmp_path):
    """In one process, as in a notebook; named, as a program has it, by whole paths."""
    videos = [toy / video for video in numbers(toy / 'test.txt')]
    given = dict(labels=list(numbers(toy / 'test.txt').values()), masks=tmp_path / 'boxes.json')
    model = from_module('sum', lambda clips: clips.float().mean((2, 3, 4)).repeat(1, 3), CLIP)

    def stripes(box):
        boxes = {str(video): [[[*box, 1.0]]] for video in videos}
        (tmp_path / 'boxes.json').write_text(json.dumps(boxes))
        out = tmp_path / f'out{len(list(tmp_path.iterdir()))}'
        bias_report([model], videos, probes=['original', 'scuba_stripes'], out=out, **given)
        (scores,) = (out / 'scores').glob('*.npz')
        return np.load(scores)['scores'].tolist()

    small, large, again = stripes([8, 8, 16, 16]), stripes([4, 4, 28, 28]), stripes([8, 8, 16, 16])
    assert small == again != large


def test_who_knows_the_answer_is_right_wherever_the_actor_moves(report):
    report, _ = report
    expected = {measure['name']: 1 for measure in report.content['measures']}
    for frozen in ('scufo_stripes', 'scufo_videos', 'static_frame', 'background_only'):
        expected[f'{frozen}/accuracy'] = 0
    for other in ('action_swap/background_error', 'conflict_stripes/static'):
        expected[other] = 0
    expected['conflict_videos/static'] = 0
    found = {name: report.value('answer', name) for name in expected}
    assert found == expected and len(found) == 18
    assert '**answer** keeps 100\xa0% (' in report.markdown()


def test_who_knows_the_scene_is_right_as_often_as_the_set_is_biased(report, toy):
    report, rows = report
    scenes = numbers(toy / 'scene_labels' / 'test.txt')
    bias = np.mean([scenes[video] == label for video, label in numbers(toy / 'test.txt').items()])
    assert 0.6 < bias < 0.9
    for measure in ('original', 'static_frame', 'background_only'):
        assert report.value('scene', f'{measure}/accuracy') == bias
    # Nothing of a scene is left, or that of another video.
    for measure in ('human_only', 'scuba_stripes', 'scufo_stripes'):
        assert report.value('scene', f'{measure}/accuracy') == 0

    def share(probe, video, label):
        asked = [row for row in rows if row.probe == probe]
        return np.mean([scenes[getattr(row, video)] == getattr(row, label) for row in asked])

    for measure, expected in {
        'scuba_videos/accuracy': share('scuba_videos', 'background', 'label'),
        'action_swap/foreground_accuracy': share('action_swap', 'partner', 'label'),
        'action_swap/background_error': share('action_swap', 'partner', 'partner_label'),
    }.items():
        assert report.value('scene', measure) == expected, measure
