"""From a benchmark's files to a report: the commands of docs/mask_formats.md on miniatures."""

import json
import sys

import numpy as np
import pytest
from PIL import Image

from helpers.puppets import knows_the_answer, write_puppets
from helpers.running import ROOT, run
from mmdebias.bias import ClipSpec, bias_report, from_module
from mmdebias.video import read_frames

MASKS = [sys.executable, ROOT / 'tools' / 'data' / 'convert_masks.py']
FRAMES = [sys.executable, ROOT / 'tools' / 'data' / 'videos_of_frames.py']
CLIP = ClipSpec(frames=8, stride=2, size=32)


@pytest.fixture
def puppets(tmp_path):
    """The folder of a list with eight videos and their masks."""
    paths, labels = write_puppets(tmp_path)
    lines = [f'{path.relative_to(tmp_path)} {label}\n' for path, label in zip(paths, labels)]
    (tmp_path / 'test.txt').write_text(''.join(lines))
    return tmp_path


def test_masks_of_hat_make_a_report(puppets):
    with_masks = sorted((puppets / 'masks/puppets').glob('*.npz'))
    for file in with_masks:
        (masks,) = np.load(file).values()
        (puppets / 'HAT/seg/puppets' / file.stem).mkdir(parents=True)
        for number, mask in enumerate(masks, 1):
            grey = np.where(mask, 240, 40).astype(np.uint8)
            Image.fromarray(grey).save(puppets / f'HAT/seg/puppets/{file.stem}/{number:06}.png')
        file.unlink()
    out = puppets / 'from_hat'

    printed = run([*MASKS, '--hat', puppets / 'HAT', '--out', out, '--data', puppets / 'test.txt'])

    assert f'{out}: 8 of 8 videos' in printed
    report = bias_report(
        [from_module('follows the actor', knows_the_answer, CLIP)],
        puppets / 'test.txt',
        masks=out,
        out=puppets / 'report',
        probes=['original', 'scuba_stripes'],
    )
    assert report.value('follows the actor', 'scuba_stripes/accuracy') == 1


def test_videos_without_masks_are_named(puppets):
    masks = {'puppets/00': [None] * 15 + [dict(size=[32, 32], counts=[500, 524])]}
    (puppets / 'masks.json').write_text(json.dumps(masks))
    command = [*MASKS, '--coco', puppets / 'masks.json', '--out', puppets / 'out']
    printed = run([*command, '--data', puppets / 'test.txt'], check=False)
    assert 'puppets/01.mp4 is left out: the source has none of this name' in printed
    assert 'out: 1 of 8 videos' in printed
    assert (puppets / 'out/puppets/00.npz').is_file()


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (['--class-maps', 'x'], '--values belongs to --class-maps, which needs it'),
        (['--davis', 'x', '--values', '3'], '--values belongs to --class-maps'),
        (['--davis', 'x', '--categories', 'person'], '--categories belongs to --coco'),
        ([], 'one of the arguments --davis --hat --class-maps --coco --ucf101-24 is required'),
        (['--ucf101-24', 'x.pkl'], 'error: there is no file x.pkl'),
    ],
)
def test_what_cannot_be_converted(tmp_path, options, message):
    assert message in run([*MASKS, *options, '--out', tmp_path], check=False)


def test_a_set_of_composed_videos_makes_a_report(puppets):
    """SCUBA's frames and list, as StillMix writes them."""
    lines = []
    for line in (puppets / 'test.txt').read_text().splitlines():
        path, label = line.split()
        name = f'{path[8:10]}__0'
        (puppets / 'scuba' / name).mkdir(parents=True)
        for number, frame in enumerate(read_frames(puppets / path, range(16)), 1):
            Image.fromarray(frame).save(puppets / f'scuba/{name}/frame{number:06}.jpg', quality=95)
        lines.append(f'{name} 16 {label}\n')
    (puppets / 'testlist01.txt').write_text(''.join(lines))
    out = puppets / 'videos_of_scuba'

    printed = run(
        [*FRAMES, '--data', puppets / 'testlist01.txt', '--frames', puppets / 'scuba', '--out', out]
    )

    assert f'{out / "testlist01.txt"}: 8 of 8 videos' in printed
    report = bias_report(
        [from_module('follows the actor', knows_the_answer, CLIP)],
        out / 'testlist01.txt',
        out=puppets / 'report',
        probes=['original', 'static_frame'],
    )
    assert report.value('follows the actor', 'original/accuracy') == 1
    assert report.value('follows the actor', 'static_frame/accuracy') == 0.5
    assert 'No actor was cut out' in report.markdown()
