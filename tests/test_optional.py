"""What is there without MMAction2 or decord, and what the rest says."""

import pytest

from helpers.running import PRETRAIN, ROOT, losses
from helpers.without_mmaction2 import run_without, run_without_mmaction2
from mmdebias.optional import MissingPackageError, import_optional, names_of_mmaction2


def test_the_report_the_mathematics_and_the_reader_need_no_mmaction2():
    run_without_mmaction2("""
        import mmdebias, mmdebias.bias, mmdebias.ops, mmdebias.video
        import mmdebias.datasets.toy, mmdebias.datasets.mask_files

        for package in (mmdebias.ops, mmdebias.video):
            for name in package.__all__:
                getattr(package, name)
    """)


def test_all_of_a_package_is_all_that_is_there():
    run_without_mmaction2("""
        from mmdebias import *
        from mmdebias.bias import *
        from mmdebias.datasets import *

        bias_report, find_masks, video
        assert not {'ComposeProbe', 'TolerantVideoDataset', 'models'} & set(globals())
    """)


def test_what_needs_mmaction2_says_so_where_it_is_asked_for():
    printed = run_without_mmaction2("""
        import mmdebias, mmdebias.datasets

        for asking in (
            'mmdebias.models',
            'import mmdebias.models',
            'import mmdebias.evaluation',
            'import mmdebias.apis',
            'mmdebias.datasets.TolerantVideoDataset',
            'from mmdebias.bias import ComposeProbe',
        ):
            try:
                exec(asking)
            except ImportError as error:
                print(error)
    """)
    says = 'needs MMAction2, which is not installed: pip install "mmdebias[mmaction2]"'
    assert printed.count(says) == 6


def test_mmaction2_without_mmengine_is_none():
    run_without(
        ('mmengine',),
        """
        import mmdebias
        from mmdebias.optional import MissingPackageError

        try:
            mmdebias.models
        except MissingPackageError as error:
            assert 'pip install "mmdebias[mmaction2]"' in str(error)
    """,
    )


def test_a_name_that_is_nowhere_is_no_attribute():
    with pytest.raises(AttributeError, match="'mmdebias' has no attribute 'nothing'"):
        names_of_mmaction2('mmdebias', ['models'])('nothing')


def test_a_missing_package_is_named_with_its_command():
    with pytest.raises(
        MissingPackageError, match=r'a\.onnx needs nowhere, .* installed: pip install'
    ):
        import_optional('nowhere', 'a.onnx', 'pip install nowhere')


@pytest.mark.slow
def test_training_needs_no_decord(train_options, tmp_path):
    # There are no wheels of it for Arm and macOS.
    program = """
        import runpy

        train = sys.argv[1]
        sys.argv[:2] = [train]
        runpy.run_path(train, run_name='__main__')

        from mmdebias.datasets import VideoDecode
        try:
            VideoDecode(reader='decord')
        except ImportError as error:
            print(error)
    """
    train, config = ROOT / 'tools' / 'train.py', ROOT / 'configs' / 'fame' / 'r3d_toy.py'
    options = [*train_options, 'train_cfg.max_epochs=1', *PRETRAIN]
    arguments = [train, config, '--work-dir', tmp_path, *options]
    printed = run_without(('decord',), program, *arguments)
    assert len(losses(printed)) == 2 and (tmp_path / 'epoch_1.pth').exists()
    assert "reader='decord': decord is not installed (pip install decord" in printed
