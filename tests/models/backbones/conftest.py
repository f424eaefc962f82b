from types import SimpleNamespace

import numpy as np
import pytest
import torch


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


@pytest.fixture
def authors_net(oracle):
    """The authors' weights (without the head), clip and feature map: `authors_net(file, net)`."""

    def load(file, net, head):
        recorded = oracle(file)
        shapes = {
            str(key): tuple(int(size) for size in shape.strip('(),').split(',') if size)
            for key, shape in zip(recorded[f'{net}_keys'], recorded[f'{net}_shapes'])
        }
        weights = {key: weight_by_rule(key, shapes) for key in shapes if not key.startswith(head)}
        clip = np.random.default_rng(99).standard_normal((1, 3, 16, 112, 112))
        return SimpleNamespace(
            weights=weights,
            clip=torch.from_numpy(clip.astype('float32')),
            features=torch.from_numpy(recorded[f'{net}_feat']),
        )

    return load


def weight_by_rule(key, shapes):
    # The rule of shared/oracles/README.md: the seed is the place of the key among all, sorted.
    shape = shapes[key]
    rng, count = np.random.default_rng(sorted(shapes).index(key)), int(np.prod(shape))
    if key.endswith('num_batches_tracked'):
        return torch.tensor(0)
    if key.endswith('running_var'):
        values = 1 + 0.2 * rng.random(count)
    elif key.endswith('running_mean'):
        values = 0.05 * rng.standard_normal(count)
    elif len(shape) == 1:
        values = float(key.endswith('weight')) + 0.05 * rng.standard_normal(count)
    else:
        values = rng.standard_normal(count) * np.sqrt(2 / np.prod(shape[1:]))
    return torch.from_numpy(values.astype('float32')).reshape(shape)
