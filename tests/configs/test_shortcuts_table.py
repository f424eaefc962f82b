"""Every pre-training config stands in the table of shortcuts, in a row of configs like it."""

import json
import re

from mmengine.config import Config

from helpers.running import ROOT
from mmdebias.analysis.config_views import smaller
from mmdebias.analysis.questions import disturbed_alike, questions
from mmdebias.config_checks import typed

FOLDER = ROOT / 'configs'
# To be looked at, not to be trained.
OTHERS = {'be/table_4_toy.py', 'fame/ablations_toy.py'}


def rows():
    """The configs of each row, as the table of configs/README.md names them."""
    section = (FOLDER / 'README.md').read_text().partition('\n## Shortcuts\n')[2]
    first = section.partition('|---')[2].partition('\n\n')[0]
    table = [line for line in first.splitlines() if line.startswith('| `')]
    return [re.findall(r'`([^`]+\.py)`', line.split(' | ')[0]) for line in table]


def pre_training():
    return {
        str(path.relative_to(FOLDER)): cfg
        for path in sorted(FOLDER.glob('*/*.py'))
        if path.parent.name != '_base_'
        for cfg in [Config.fromfile(path)]
        if cfg.model.type in ('MoCoRecognizer', 'TripletRecognizer', 'PretextRecognizer')
    }


def fed(cfg):
    """What the detector feeds of a config and asks, whatever its size: views and augments."""
    small = smaller(cfg, 32, 3)
    asked = questions(small)
    small = disturbed_alike(small, asked)
    task = small.model.get('task')
    views = small.model.data_preprocessor['views']
    sampled = small.train_dataloader.dataset.pipeline
    if task is not None:  # BE's disturbed view is not asked about
        views = dict(query=views['query'])
        for step in typed(sampled):
            if step['type'] == 'SampleViews':
                step['views'] = dict(query=step['views']['query'])
    for step in typed(views):
        if step['type'] == 'RandomGaussianBlur':  # to the frame's scale, in whole pixels
            step['kernel_size'] = step['sigma'] = None
    return json.dumps([[dict(s) for s in sampled], views, task], default=str, sort_keys=True)


def test_every_pre_training_config_has_one_row_and_shares_it_with_its_like():
    known = pre_training()
    listed = [name for row in rows() for name in row]
    # Of those that are shipped, which have a digest: one that was added shall train before that.
    shipped = json.loads((FOLDER.parent / 'tests/configs/digests.json').read_text())
    assert len(set(listed)) == len(listed)
    assert known.keys() & shipped.keys() <= set(listed) | OTHERS
    assert set(listed) <= known.keys() - OTHERS
    for row in rows():
        assert len({fed(known[name]) for name in row}) == 1, row
