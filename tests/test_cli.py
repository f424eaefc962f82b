import pytest

from helpers.running import ROOT
from mmdebias.cli import work_dir_arguments

CONFIG = str(ROOT / 'configs' / 'finetune' / 'r3d_toy.py')


def test_configs_of_one_name_get_folders_of_their_own():
    assert work_dir_arguments([CONFIG, '--resume']) == ['--work-dir', 'work_dirs/finetune/r3d_toy']
    other = CONFIG.replace('finetune', 'fame')
    assert work_dir_arguments([other, 'a.pth'])[1] == 'work_dirs/fame/r3d_toy'


@pytest.mark.parametrize(
    'arguments',
    [
        [CONFIG, '--work-dir', 'here'],
        [CONFIG, '--work-dir=here'],
        [CONFIG, '--cfg-options', 'work_dir=here'],
        ['--help'],
        ['configs/missing.py'],
    ],
)
def test_what_the_user_chose_stays(arguments):
    assert work_dir_arguments(arguments) == []


def test_configs_elsewhere_and_those_that_name_a_folder_stay(tmp_path):
    elsewhere = tmp_path / 'mine.py'
    elsewhere.write_text('lr = 1')
    named = tmp_path / 'configs' / 'named.py'
    named.parent.mkdir()
    named.write_text("work_dir = 'runs'")
    assert work_dir_arguments([str(elsewhere)]) == work_dir_arguments([str(named)]) == []
