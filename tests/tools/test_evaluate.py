"""The whole table of a checkpoint with one command."""

import json
import sys

import torch
from mmaction.registry import MODELS
from mmengine.config import Config

from running import ROOT, run

EVALUATE = [sys.executable, ROOT / 'tools' / 'evaluate.py']


def test_table_is_whole_and_made_once(tmp_path, few_videos):
    data = tmp_path / 'data'
    data.mkdir()
    (data / 'toy').symlink_to(few_videos)
    cfg = Config.fromfile(ROOT / 'configs/finetune/r3d_toy.py')
    cfg.model.backbone.base_channels = 4
    backbone = MODELS.build(cfg.model.backbone)
    state = {f'backbone.{name}': tensor for name, tensor in backbone.state_dict().items()}
    torch.save(dict(state_dict=state), tmp_path / 'pretrained.pth')

    command = [
        *EVALUATE, tmp_path / 'pretrained.pth', '--dataset', 'toy', '--work-dir', tmp_path / 'out',
        '--protocols', 'linear,knn,retrieval,clips',
        '--cfg-options', 'model.backbone.base_channels=4',
        'linear:train_cfg.max_epochs=1', 'linear:model.cls_head.in_channels=32',
    ]  # fmt: skip
    env = dict(MMDEBIAS_DATA=str(data))
    first = run(command, env=env)
    assert first.count('$ python tools/train.py') == 1
    assert first.count('$ python tools/test.py') == 4
    (folder,) = (path.parent.parent for path in (tmp_path / 'out').glob('*/retrieval/split1'))
    table = json.loads((folder / 'table.json').read_text())
    metrics = [row['metric'] for row in table['rows']]
    assert {'acc/top1', 'knn/top1', 'retrieval/R@50', 'clip_retrieval/R@1'} <= set(metrics)
    assert table['setting']['seed'] == 0 and 'torch' in table['setting']['versions']
    for row in table['rows']:
        assert 0 <= row['low'] <= row['value'] <= row['high'] <= 1 and row['videos'] == 4
    assert '| retrieval | retrieval/R@1 |' in (folder / 'table.md').read_text()

    # Nothing runs a second time, and the table is the same.
    again = run(command, env=env)
    assert again.count('Reusing') == 4 and '$ python' not in again
    assert json.loads((folder / 'table.json').read_text()) == table


def test_what_cannot_be_evaluated_is_named(tmp_path):
    (tmp_path / 'a.pth').touch()
    command = [*EVALUATE, tmp_path / 'a.pth', '--dataset', 'toy']
    assert "['svm'] are no protocols" in run([*command, '--protocols', 'svm'], check=False)
    assert 'vgg_toy.py' in run([*command, '--encoder', 'vgg'], check=False)
    assert 'no checkpoint' in run([*EVALUATE, 'none.pth', '--dataset', 'toy'], check=False)
