"""The report of models that are no MMAction2's: what they answer, and what is said of bad ones."""

import json

import numpy as np
import pytest
import torch
from torch import nn

from helpers.puppets import knows_the_answer, knows_the_scene, red, write_puppets
from helpers.videos import cut_video
from helpers.without_mmaction2 import run_without_mmaction2
from mmdebias.bias import ClipSpec, bias_report, from_module
from mmdebias.video import VideoReadError

CLIP = ClipSpec(frames=8, stride=2, size=32)


@pytest.fixture(scope='module')
def puppets(tmp_path_factory):
    """Paths and labels of eight videos in which the wall goes with the action; masks beside."""
    return write_puppets(tmp_path_factory.mktemp('puppets'))


@pytest.fixture(scope='module')
def masks(puppets):
    return puppets[0][0].parents[1] / 'masks' / 'puppets'


class Net(nn.Module):
    """A small random net: mean colours of four parts of the clip, and a linear layer."""

    def __init__(self, classes=2):
        super().__init__()
        self.pool, self.head = nn.AdaptiveAvgPool3d((2, 2, 2)), nn.Linear(24, classes)
        self.dropout = nn.Dropout()

    def forward(self, clips):
        return self.head(self.dropout(self.pool(clips).flatten(1)))


def test_a_model_that_knows_the_answer_and_one_that_knows_the_scene(puppets, masks):
    report = bias_report(
        [
            from_module('answer', knows_the_answer, CLIP),
            from_module('scene', knows_the_scene, CLIP),
        ],
        *puppets,
        masks,
    )
    expected = {
        'original/accuracy': (1, 1),
        # Its action is the actor's, wherever he is put; frozen, there is none.
        'scuba_videos/accuracy': (1, 0),
        'action_swap/foreground_accuracy': (1, 0),
        'action_swap/background_error': (0, 1),
        'human_only/accuracy': (1, 0.5),
        'background_only/accuracy': (0.5, 1),
        'static_frame/accuracy': (0.5, 1),
        'contrasted_videos/accuracy': (0.5, 0),
        'conflict_videos/static': (0, 1),
    }
    for measure, values in expected.items():
        assert tuple(report.value(m, measure) for m in ('answer', 'scene')) == values, measure
    # They return no features: nothing is said of these.
    with pytest.raises(KeyError):
        report.value('answer', 'sensitivity/scene_share')


def test_features_get_a_linear_layer_and_the_measures_of_features(puppets, masks, tmp_path):
    def colours(clips):
        return dict(features=clips.mean((2, 3, 4)))

    paths, labels = puppets
    scenes = dict(zip(paths, labels))
    settings = dict(masks=masks, train=paths, train_labels=labels, scenes=scenes)
    model = from_module('colours', colours, CLIP, 'features', version='1')
    report = bias_report([model], paths, labels, **settings, out=tmp_path)
    assert report.value('colours', 'original/accuracy') == 1
    assert report.value('colours', 'action_swap/background_error') == 1
    assert report.value('colours', 'scene_probe/accuracy') == 1
    assert report.value('colours', 'sensitivity/scene_share') > 0.9
    (entry,) = report.content['checkpoints']
    assert entry['kind'] == 'probe' and entry['train_videos'] == 8
    layer = torch.load(tmp_path / entry['probe'], weights_only=True)
    assert layer['weights'].shape == (2, 3)
    assert 'a linear layer was trained for this report' in report.markdown()


def test_with_a_version_what_was_measured_is_read(puppets, masks, tmp_path, capsys):
    def reuses(**options):
        bias_report(
            [from_module('net', Net(), CLIP, **options)],
            *puppets,
            masks,
            out=tmp_path,
            probes=['original'],
            overwrite=True,
        )
        return 'Reusing' in capsys.readouterr().out

    assert [reuses(), reuses()] == [False, False]
    assert [reuses(version='a'), reuses(version='a'), reuses(version='b')] == [False, True, False]


def test_models_of_one_class_and_version_are_not_taken_for_each_other(puppets, masks, tmp_path):
    nets = {'one': Net(), 'other': Net()}
    for net, sign in zip(nets.values(), (1, -1)):
        nn.init.zeros_(net.head.weight)
        net.head.bias.data = torch.tensor([sign, -sign]).float()
    models = [from_module(name, net, CLIP, version='1') for name, net in nets.items()]
    report = bias_report(
        models, puppets[0], [0] * 6 + [1] * 2, masks, probes=['original'], out=tmp_path
    )
    assert [report.value(name, 'original/accuracy') for name in nets] == [0.75, 0.25]
    # The version is no digest of files.
    assert [entry['sha256'] for entry in report.content['checkpoints']] == ['', '']
    assert 'version 1; clips' in report.markdown()


def test_a_model_that_returns_features_by_now_is_asked_again(puppets, masks, tmp_path):
    def both(clips):
        return dict(scores=knows_the_scene(clips), features=clips.mean((2, 3, 4)))

    for has_features in (False, True):
        model = from_module('both', both, CLIP, has_features=has_features, version='1')
        report = bias_report([model], *puppets, masks, out=tmp_path)
    assert report.value('both', 'sensitivity/scene_share') > 0.9


def test_labels_of_train_that_were_mended_count(puppets, masks, tmp_path):
    paths, labels = puppets
    model = from_module(
        'colours', lambda clips: clips.mean((2, 3, 4)), CLIP, 'features', version='1'
    )
    settings = dict(masks=masks, train=paths, probes=['original'], out=tmp_path)
    wrong = bias_report([model], paths, labels, **settings, train_labels=[1 - n for n in labels])
    right = bias_report([model], paths, labels, **settings, train_labels=labels)
    values = [report.value('colours', 'original/accuracy') for report in (wrong, right)]
    assert values == [0, 1]


def test_the_clips_of_a_video_are_averaged_whatever_the_batches(puppets, masks):
    spec = ClipSpec(frames=2, stride=2, size=32, clips=3)

    def values(batch_size):
        seen = []

        def has_gone_right(clips):
            # Of three clips the first begins where all actors do: alone it would be wrong.
            seen.append(len(clips))
            columns = torch.arange(32.0)
            place = (red(clips).sum(2) * columns).sum((1, 2)) / red(clips).sum((1, 2, 3)).clamp(1)
            return torch.stack([place - 12, torch.zeros(len(clips))], 1)

        model = from_module('net', has_gone_right, spec, batch_size=batch_size)
        report = bias_report([model], *puppets, masks, probes=['original', 'scuba_videos'])
        assert report.value('net', 'original/accuracy') == 1
        return report.content['measures'], max(seen)

    one, several = values(2), values(7)
    assert (one[1], several[1]) == (2, 6) and one[0] == several[0]


def test_one_video_of_each_class_gives_all_measures(puppets, masks):
    paths, labels = puppets
    model = from_module('answer', knows_the_answer, CLIP)
    report = bias_report([model], paths[:2], labels[:2], masks)
    assert len(report.content['measures']) == 18
    assert report.value('answer', 'action_swap/foreground_accuracy') == 1
    some = bias_report([model], paths, labels, masks, max_videos=2, probes=['action_swap'])
    assert some.content['setting']['classes'] == 2
    with pytest.raises(ValueError, match=r'are of class 0: .* list two or more'):
        bias_report([model], paths[::2], labels[::2], masks)


def test_videos_shorter_than_a_clip_are_told_of_once(puppets, masks, capsys):
    for spec, told in ((ClipSpec(8, 4, 32), 1), (ClipSpec(8, 2, 32), 0)):
        model = from_module('scene', knows_the_scene, spec)
        report = bias_report([model], *puppets, masks, probes=['original', 'static_frame'])
        assert capsys.readouterr().out.count('a clip of scene spans 29 frames, and 8 of 8') == told
        assert report.markdown().count('; 8 of the videos are shorter than its clips') == told


def test_a_module_is_left_in_the_mode_it_was_in(puppets, masks):
    net = Net()
    net.pool.eval()
    bias_report([from_module('net', net, CLIP)], *puppets, masks, probes=['original'])
    assert net.training and net.dropout.training and not net.pool.training


def test_what_a_model_is_shown_stands_in_the_report(puppets, masks, tmp_path):
    spec = ClipSpec(8, 2, 32, mean=(0.5, 0.5, 0.5), std=(0.2, 0.2, 0.2), layout='NTCHW')
    report = bias_report(
        [from_module('net', lambda clips: clips.mean((1, 3, 4))[:, :2], spec)],
        *puppets,
        masks,
        probes=['original'],
        out=tmp_path,
    )
    (entry,) = json.loads((tmp_path / 'report.json').read_text())['checkpoints']
    clip = '[NTCHW] 8 frames, every 2, 32x32 pixels, mean 0.5, 0.5, 0.5, std 0.2, 0.2, 0.2'
    assert entry['clip'] == clip and clip in report.markdown()
    assert report.content['setting']['data'] == 'videos of a program'


@pytest.mark.parametrize(
    ('model', 'message'),
    [
        (Net(classes=1), r'net has 1 classes, and the list has labels up to 1'),
        (nn.Conv3d(4, 2, 1), r'net does not take clips \[1, 3, 8, 32, 32\] of torch.float32: '),
        (lambda clips: clips, r"scores of shape \[1, 3, 8, 32, 32\] .* say output='features'"),
        (lambda clips: dict(features=clips), 'returns dict of features, which has no scores'),
        (lambda clips: torch.zeros(2, 2), r'scores of shape \[2, 2\] for 1 clips'),
    ],
)
def test_models_that_do_not_fit_are_errors_before_anything_runs(
    puppets, masks, tmp_path, model, message
):
    with pytest.raises(ValueError, match=message):
        bias_report([from_module('net', model, CLIP)], *puppets, masks, out=tmp_path / 'out')
    assert not (tmp_path / 'out').exists()


@pytest.mark.parametrize('output', ['scores', 'features'])
def test_what_is_not_finite_is_named_with_its_video(puppets, masks, output):
    def of_light_clips(clips):
        return clips.mean((2, 3, 4)) / clips.mean((2, 3, 4)).round()

    paths, labels = puppets
    with pytest.raises(ValueError, match=rf'net returns {output} with inf for .*0[01].mp4: does'):
        bias_report(
            [from_module('net', of_light_clips, CLIP, output)],
            paths,
            labels,
            masks,
            train=paths,
            train_labels=labels,
            probes=['original'],
        )


def test_features_need_videos_to_train_on(puppets, masks):
    model = from_module('net', lambda clips: clips, CLIP, 'features')
    with pytest.raises(ValueError, match=r'net has no classes \(it returns features\): give train'):
        bias_report([model], *puppets, masks)


def test_a_damaged_video_is_named(puppets, masks, tmp_path):
    paths, labels = puppets
    broken = tmp_path / '00.mp4'
    broken.write_bytes(paths[0].read_bytes()[:400])
    model = from_module('net', knows_the_scene, CLIP)
    with pytest.raises(RuntimeError, match=r'00\.mp4'):
        bias_report([model], [broken, *paths[1:]], labels, 'motion', probes=['original'])


def test_a_torch_module_is_reported_on_without_mmaction2(puppets, masks):
    paths, _ = puppets
    printed = run_without_mmaction2(
        """
        import sys, torch
        from torch import nn
        from mmdebias.bias import ClipSpec, Model, bias_report, from_module

        masks, *paths = sys.argv[1:]
        net = nn.Sequential(nn.AdaptiveAvgPool3d(1), nn.Flatten(), nn.Linear(3, 2))
        nn.init.zeros_(net[2].bias)
        net[2].weight.data = torch.tensor([[0.0, 1, -1], [0, -1, 1]])
        labels = [number % 2 for number in range(len(paths))]
        report = bias_report([from_module('net', net, ClipSpec(8, 2, 32))], paths, labels, masks)
        print('scene', report.value('net', 'action_swap/background_error'))
        try:
            bias_report([Model('stock', 'config.py', 'last.pth')], paths, labels, masks)
        except ImportError as error:
            print(error)
        """,
        masks,
        *paths,
    )
    assert 'scene 1.0' in printed
    assert 'The model stock, of a config and a checkpoint, needs MMAction2' in printed


def test_an_interrupted_report_goes_on_with_the_row_it_was_at(puppets, masks, tmp_path):
    seen = []

    def report(net, out):
        model = from_module('net', net, CLIP, version='1', batch_size=1)
        probes = ['original', 'action_swap']
        return bias_report([model], *puppets, masks, probes=probes, out=out)

    def is_stopped(clips):
        seen.append(clips)
        if len(seen) == 7:  # the first is the check, the black clip
            raise KeyboardInterrupt
        return knows_the_scene(clips)

    with pytest.raises(KeyboardInterrupt):
        report(is_stopped, tmp_path / 'a')
    assert len(list((tmp_path / 'a' / 'parts').glob('*/00000000.npz'))) == 1
    seen[:] = [None] * 10  # and is not stopped again
    found = report(is_stopped, tmp_path / 'a')
    assert len(seen) - 10 == 1 + 16 - 5
    assert not list((tmp_path / 'a' / 'parts').iterdir())
    assert found.content['measures'] == report(knows_the_scene, tmp_path / 'b').content['measures']


def test_what_a_kill_left_of_an_answer_that_is_whole_is_removed(puppets, masks, tmp_path):
    model = from_module('net', knows_the_scene, CLIP, version='1')

    def report():
        bias_report([model], *puppets, masks, probes=['original'], out=tmp_path)

    report()
    (scores,) = (tmp_path / 'scores').glob('*.npz')
    left = tmp_path / 'parts' / scores.stem
    left.mkdir(parents=True)
    (left / '00000000.npz').write_bytes(b'half')
    report()
    assert not left.exists()


@pytest.mark.parametrize(('of', 'first'), [('scores', 2), ('features', 3)])
def test_another_number_of_scores_or_features_is_named(puppets, masks, of, first):
    seen = []

    def grows(clips):
        seen.append(clips)
        return torch.rand(len(clips), first + (len(seen) > 3))

    paths, labels = puppets
    train = dict(train=paths, train_labels=labels) if of == 'features' else {}
    model = from_module('net', grows, CLIP, of, batch_size=2)
    message = rf'net returns {first + 1} {of} for some clips, and returned {first} for others'
    with pytest.raises(ValueError, match=message):
        bias_report([model], paths, labels, masks, probes=['original', 'action_swap'], **train)
    assert len(seen) == 4


def test_a_model_may_have_another_head_in_the_next_report(puppets, masks):
    classes = [2]
    model = from_module('net', lambda clips: torch.rand(len(clips), classes[0]), CLIP)
    for classes[0] in (2, 3):
        bias_report([model], *puppets, masks, probes=['original'])


@pytest.mark.parametrize('fault', ['frames', 'shape', 'empty', 'full', 'damaged', 'video', 'train'])
def test_no_model_is_asked_where_the_last_file_is_wrong(tmp_path, fault):
    """Eight videos, of which the clips of three are shown: another is wrong."""
    paths, labels = write_puppets(tmp_path, per_class=4)
    file = tmp_path / 'masks/puppets/06.npz'
    (masks,) = np.load(file).values()
    changed = dict(
        frames=masks[:5], shape=masks[:, :16], empty=masks & False, full=masks | True
    )  # fmt: skip
    train = []
    if fault in changed:
        np.savez(file, changed[fault])
    elif fault == 'damaged':
        file.write_bytes(file.read_bytes()[:200])
    elif fault == 'video':
        paths[6].write_bytes(b'no video' * 20)
    else:
        train = [cut_video(paths[6], tmp_path / 'cut.mp4'), paths[0], paths[1]]
    seen = []

    def asked(clips):
        seen.append(clips)
        return torch.zeros(len(clips), 2)

    models = [from_module('net', asked, CLIP)]
    options = dict(train=train, train_labels=[0, 0, 1]) if train else {}
    with pytest.raises((ValueError, VideoReadError), match=r'06\.|cut\.mp4'):
        bias_report(models, paths, labels, tmp_path / 'masks/puppets', **options)
    assert len(seen) == 1  # the black clip
