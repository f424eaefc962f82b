"""What MMEngine's parser of --cfg-options does to paths is said."""

import argparse
import re

import pytest
from mmengine.config import DictAction

from mmdebias.compat.options import describe_damage


@pytest.mark.parametrize(
    ('option', 'says'),
    [
        ('load_from=/my data/a.pth', "load_from would be '/mydata/a.pth' instead of '/my data/a.p"),
        ('load_from="/my data/a.pth"', r'quoted or not.*give tools/train\.py --load-from FILE'),
        ('load_from=a,b.pth', r"would be \['a', 'b\.pth'\] instead"),
        ('load_from=a(1,b.pth', r'would be an error \(Imbalanced brackets .*\) instead'),
        ('work_dir=runs, new', 'give --work-dir DIR, or set it in a config file'),
        ('train_dataloader.dataset.ann_file=a,b.txt', 'set it in a config file that inherits'),
        ('test_dataloader.dataset.data_prefix.video=a b', "would be 'ab' instead of 'a b'"),
        ('x=[/my data/a,b]', "'/mydata/a'"),
        # The shell has split it.
        ('data/a.pth', 'is not KEY=VALUE. If it is the rest of a path with spaces: put'),
    ],
)
def test_a_path_that_would_be_another_is_refused(option, says, capsys):
    parser = argparse.ArgumentParser()
    parser.add_argument('--cfg-options', nargs='+', action=DictAction)
    with pytest.raises(SystemExit):
        parser.parse_args(['--cfg-options', 'lr=1', option])
    printed = capsys.readouterr().err
    assert 'error: argument --cfg-options: ' in printed
    assert re.search(says, describe_damage(option))


def test_a_file_that_is_there_is_a_path_whatever_the_key(tmp_path):
    path = tmp_path / 'a,b.npy'
    assert describe_damage(f'model.prior={path}') is None
    path.touch()
    assert 'instead of' in describe_damage(f'model.prior={path}')


@pytest.mark.parametrize(
    'option',
    [
        'load_from=a/b.pth', 'load_from=None', 'x=1, 2', 'x=[(1, 2), [a, b]]', "x='a'", 'x=a,b',
        'ann_file=[a.txt,b.txt]', 'train_cfg.max_epochs=3', 'x=', 'load_from=s3://a/b.pth',
        'resume=True', 'resume=False', 'model.backbone.pretrained=False', 'a.video=True',
    ],
)  # fmt: skip
def test_other_options_are_read_as_before(option):
    parser = argparse.ArgumentParser()
    parser.add_argument('--cfg-options', nargs='+', action=DictAction)
    key, _, value = option.partition('=')
    found = parser.parse_args(['--cfg-options', option]).cfg_options
    assert found == {key: DictAction._parse_iterable(value)}
