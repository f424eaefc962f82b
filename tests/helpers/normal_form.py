"""A config in the form in which two ways of writing it are equal, and its digest."""

import hashlib
import json

from mmengine.config import Config

from mmdebias.datasets import ordered_steps

# What a run reads. Other keys are helpers of the config files.
KEYS = (
    *('default_scope', 'custom_imports', 'default_hooks', 'custom_hooks', 'env_cfg'),
    *('randomness', 'log_processor', 'visualizer', 'log_level', 'load_from', 'resume', 'model'),
    *(f'{split}_{part}' for split in ('train', 'val', 'test') for part in ('dataloader', 'cfg')),
    *('val_evaluator', 'test_evaluator', 'optim_wrapper', 'param_scheduler', 'auto_scale_lr'),
)


def normal_form(cfg: Config) -> dict:
    """Return what a run reads of a config: pipelines as lists, a list of steps for each view."""
    content = cfg.to_dict()
    return {key: _normal(content[key]) for key in KEYS if content.get(key) is not None}


def digest(cfg: Config) -> str:
    """Return a short digest of the normal form; the order of the views counts."""
    text = json.dumps(normal_form(cfg), sort_keys=True, default=repr)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _normal(part):
    if isinstance(part, dict):
        # MMEngine notes the scope where a config is inherited from a package.
        part = {key: _normal(value) for key, value in part.items() if key != '_scope_'}
        if 'views' in part and isinstance(part['views'], dict):
            part['views'] = list(part['views'].items())
        if 'pipeline' in part:
            part['pipeline'] = _steps(part['pipeline'])
        return part
    if isinstance(part, (list, tuple)):
        return [_normal(value) for value in part]
    return part


def _steps(pipeline):
    steps = []
    for step in ordered_steps(pipeline):
        if step['type'] != 'PerView':
            steps.append(step)
            continue
        (sample,) = (step for step in steps if step['type'] == 'SampleViews')
        if steps[-1]['type'] != 'PerView':
            views = {view: [] for view, _ in sample['views']}
            steps.append(dict(type='PerView', transforms=views))
        named = {name: s for name, s in step.items() if name not in ('type', 'views', 'same_draws')}
        for view in step.get('views') or steps[-1]['transforms']:
            steps[-1]['transforms'][view] += ordered_steps(named)
        if step.get('same_draws'):
            steps[-1]['same_draws'] = step['same_draws']
    return steps
