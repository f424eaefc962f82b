"""The configs that configs/README.md shows are whole, and equal to those that are shipped."""

import re

import pytest
from mmaction.registry import MODELS, TRANSFORMS
from mmengine.config import Config

from helpers.normal_form import digest
from helpers.running import ROOT
from mmdebias.datasets import STEPS, ordered_steps

README = (ROOT / 'configs' / 'README.md').read_text()
BLOCKS = dict(re.findall(r'```python\n# mine/(\w+)\.py\n(.*?)```', README, re.DOTALL))
SHIPPED = {
    'be_c3d_hmdb51': 'be/c3d_ucf101.py',
    'finetune_r3d_18_hmdb51': 'finetune/i3d_hmdb51.py',
    'retrieval_r3d_18_hmdb51': 'retrieval/r2plus1d_18_ucf101.py',
}


def written(text, folder):
    (folder / 'mine.py').write_text(text)
    return Config.fromfile(folder / 'mine.py')


@pytest.mark.parametrize('name', BLOCKS)
def test_it_builds_anywhere(name, tmp_path):
    cfg = written(BLOCKS[name], tmp_path)
    MODELS.build(cfg.model)
    for loader in ('train_dataloader', 'test_dataloader'):
        if cfg.get(loader) is not None:
            for step in ordered_steps(cfg[loader].dataset.pipeline):
                TRANSFORMS.build(step)


@pytest.mark.parametrize('name', SHIPPED)
def test_with_a_shipped_encoder_and_data_set_it_is_the_shipped_config(name, tmp_path):
    method = name.split('_')[0]
    encoder, data = re.fullmatch(r'\w+/([a-z0-9_]+)_(\w+?)\.py', SHIPPED[name]).groups()
    text = re.sub(r'encoders/\w+', f'encoders/{encoder}', BLOCKS[name])
    text = re.sub(r'datasets/\w+', f'datasets/{data}', text)
    assert method in text

    assert digest(written(text, tmp_path)) == digest(
        Config.fromfile(ROOT / 'configs' / SHIPPED[name])
    )


def test_steps_change_by_their_names(tmp_path):
    cfg = written(BLOCKS['fame_stride_4'], tmp_path)
    steps = cfg.train_dataloader.dataset.pipeline
    assert steps.sample.frame_interval == 4 and steps.sample.clip_len == 16
    assert steps.per_view.flip is None and steps.per_view.crop.type == 'RandomResizedCrop'


def test_the_order_of_steps_is_told():
    told = README[README.index('The steps run in the order') : README.index('whatever their order')]
    assert re.findall(r'`(\w+)`', told) == list(STEPS)
