"""Class-balanced subsets: balance, nesting, seeds, errors, the command."""

import importlib.util
from collections import Counter
from itertools import pairwise

import pytest
from mmengine.config import Config

from helpers.running import ROOT
from mmdebias.datasets.label_subset import balanced_subset, parse_list


@pytest.fixture
def command():
    spec = importlib.util.spec_from_file_location('subset', ROOT / 'tools/data/subset.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.main


def files(data, out):
    return ['--data', str(data), '--out', str(out)]


def videos(counts):
    """``counts[label]`` videos of each class, classes mixed."""
    listed = [(f'{label}/v{i}.mp4', label) for label, n in enumerate(counts) for i in range(n)]
    return sorted(listed, key=lambda video: video[0][::-1])


def count_labels(listed, chosen):
    return Counter(listed[index][1] for index in chosen)


@pytest.mark.parametrize('percent', [1, 10, 33.3])
def test_classes_give_the_same_number(percent):
    listed = videos([100] * 20)
    counts = count_labels(listed, balanced_subset(listed, percent, seed=0))
    assert sum(counts.values()) == round(20 * percent)
    assert len(counts) == 20 and max(counts.values()) - min(counts.values()) <= 1


def test_small_classes_give_what_they_have():
    listed = videos([1000, 2, 1000, 1])
    counts = count_labels(listed, balanced_subset(listed, 10, seed=0))
    # 200 videos: 1 and 2 from the small classes, the rest evenly from the others.
    assert sum(counts.values()) == 200
    assert (counts[1], counts[3]) == (2, 1) and {counts[0], counts[2]} == {98, 99}


def test_every_class_gives_one_even_if_that_is_more_than_the_share():
    listed = videos([3] * 30)
    counts = count_labels(listed, balanced_subset(listed, 1, seed=0))
    assert counts == dict.fromkeys(range(30), 1)


def test_classes_can_give_the_same_share():
    listed = videos([1000, 200, 3])
    small, large = (balanced_subset(listed, percent, 0, 'shares') for percent in (1, 10))
    assert count_labels(listed, large) == {0: 100, 1: 20, 2: 1}
    assert count_labels(listed, small) == {0: 10, 1: 2, 2: 1}
    assert set(small) <= set(large)
    with pytest.raises(ValueError, match="equal='halves'"):
        balanced_subset(listed, 1, 0, 'halves')


def test_the_low_shot_configs_read_what_their_readme_writes():
    shown = (ROOT / 'configs/low_shot/README.md').read_text()
    for percent in (1, 10):
        cfg = Config.fromfile(ROOT / f'configs/low_shot/i3d_k400_{percent}percent.py')
        assert cfg.train_dataloader.dataset.ann_file == f'kinetics400_train_{percent}percent.txt'
    assert 'kinetics400_train_${percent}percent.txt' in shown
    for page in ('tools/data/README.md', 'tools/data/subset.py'):
        assert 'kinetics400_train_1percent.txt' in (ROOT / page).read_text()


def test_all_is_all():
    listed = videos([5, 9, 1])
    assert balanced_subset(listed, 100, seed=3) == list(range(15))


@pytest.mark.parametrize('seed', range(5))
def test_smaller_subsets_are_part_of_larger_ones(seed):
    listed = videos([50, 7, 120, 30])
    chosen = [set(balanced_subset(listed, p, seed)) for p in (1, 5, 10, 20, 50, 90, 100)]
    assert all(small <= large for small, large in pairwise(chosen))


def test_seeds_decide():
    listed = videos([100] * 5)
    assert balanced_subset(listed, 10, 1) == balanced_subset(listed, 10, 1)
    assert balanced_subset(listed, 10, 1) != balanced_subset(listed, 10, 2)


def test_order_of_the_list_and_missing_videos_do_not_matter():
    listed = videos([40] * 4)
    names = {listed[i][0] for i in balanced_subset(listed, 10, 0)}
    backwards = listed[::-1]
    assert {backwards[i][0] for i in balanced_subset(backwards, 10, 0)} == names
    # Without a video that was not chosen, and another share of the same size: the same videos.
    spare = next(video for video in listed if video[0] not in names)
    fewer = [video for video in listed if video != spare]
    assert {fewer[i][0] for i in balanced_subset(fewer, 100 * 16 / 159, 0)} == names


def test_choice_is_spread_over_the_class():
    """Every video is chosen by some seed about as often as any other."""
    listed = videos([10, 10])
    times = Counter(i for seed in range(400) for i in balanced_subset(listed, 30, seed))
    # 400 draws of 3 in 10: 120 times, with a standard deviation of 9.
    assert all(80 < times[i] < 160 for i in range(20))


@pytest.mark.parametrize(
    ('percent', 'listed', 'message'),
    [
        (0, [('a', 0)], 'percent=0: give a number above 0'),
        (101, [('a', 0)], 'percent=101'),
        (float('nan'), [('a', 0)], 'percent=nan'),
        (10, [('a', 0), ('b', 1), ('a', 1)], 'a is listed twice'),
    ],
)
def test_bad_arguments(percent, listed, message):
    with pytest.raises(ValueError, match=message):
        balanced_subset(listed, percent, 0)


def test_lists():
    assert parse_list(['a b.mp4 3\n', '\n', 'c.mp4 0']) == [('a b.mp4', 3), ('c.mp4', 0)]
    with pytest.raises(ValueError, match=r"train\.txt, line 2: 'b\.mp4' is not"):
        parse_list(['a.mp4 1', 'b.mp4'], 'train.txt')
    with pytest.raises(ValueError, match='lists no videos'):
        parse_list(['\n'])


def test_command(command, tmp_path, capsys):
    listed = videos([100] * 3)
    source = tmp_path / 'train.txt'
    source.write_text(''.join(f'{path} {label}\n' for path, label in listed))
    small, large = tmp_path / 'train_1.txt', tmp_path / 'train_10.txt'
    assert command([*files(source, large), '--percent', '10', '--seed', '4']) == 0
    assert '30 of 300 videos (10.00 %), 3 classes of 10 to 10' in capsys.readouterr().out
    assert command([*files(source, small), '--percent', '1', '--seed', '4']) == 0
    lines = source.read_text().splitlines()
    kept = large.read_text().splitlines()
    assert kept == [line for line in lines if line in kept]
    assert set(small.read_text().splitlines()) <= set(kept)
    shares = tmp_path / 'shares.txt'
    assert command([*files(source, shares), '--percent', '10', '--equal', 'shares']) == 0
    assert len(shares.read_text().splitlines()) == 30
    capsys.readouterr()
    # The same again is fine, another choice under the same name is not.
    assert command([*files(source, large), '--percent', '10', '--seed', '4']) == 0
    capsys.readouterr()
    assert command([*files(source, large), '--percent', '10', '--seed', '5']) == 2
    assert 'train_10.txt is there and differs' in capsys.readouterr().err
    assert large.read_text().splitlines() == kept


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        ([*files('no.txt', 'out.txt'), '--percent', '1'], '--data: there is no file no.txt; give'),
        ([*files('train.txt', 'train.txt'), '--percent', '1'], '--out is --data'),
        ([*files('train.txt', 'out.txt'), '--percent', '0'], 'percent=0'),
    ],
)
def test_command_errors(command, tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'train.txt').write_text('a.mp4 0\n')
    assert command(arguments) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / 'out.txt').exists()
