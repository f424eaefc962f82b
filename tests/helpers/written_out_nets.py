"""The papers' encoders, written out as sums of operations over the names of their weights.

What runs where the outputs of the authors' code are missing: the layers of the papers' tables, one
after the other, with nothing of the package in them.
"""

import torch
import torch.nn.functional as F

from helpers.source_nets import norm


def conv(state, name, x, stride=1):
    """A convolution that pads by half its kernel."""
    weight = state[f'{name}.weight']
    padding = [size // 2 for size in weight.shape[2:]]
    return F.conv3d(x, weight, state.get(f'{name}.bias'), stride, padding)


def c3d(state, x):
    """C3D (Tran et al., ICCV 2015, figure 3) with batch normalisation, pools as in Caffe."""
    pool = {'2': (1, 2, 2), '3a': (2, 2, 2), '4a': (2, 2, 2), '5a': (2, 2, 2)}
    for number in ('1', '2', '3a', '3b', '4a', '4b', '5a', '5b'):
        if number in pool:
            x = F.max_pool3d(x, pool[number], ceil_mode=True)
        x = norm(state, f'bn{number}', conv(state, f'conv{number}', x)).relu()
    return x


def r3d(state, x, pool=True):
    """R3D (Hara et al., CVPR 2018, table 2); torchvision's has no pooling after the stem."""
    x = norm(state, 'bn1', conv(state, 'conv1', x, (1, 2, 2))).relu()
    x = F.max_pool3d(x, 3, 2, padding=1) if pool else x
    for block, stride in residual_blocks(state):
        y = norm(state, f'{block}.bn1', conv(state, f'{block}.conv1', x, stride)).relu()
        y = norm(state, f'{block}.bn2', conv(state, f'{block}.conv2', y))
        x = (shortcut(state, block, x, stride) + y).relu()
    return x


def r2plus1d(state, x):
    """R(2+1)D (Tran et al., CVPR 2018, table 1): space first, then time."""
    x = norm(state, 'stem.1', conv(state, 'stem.0', x, (1, 2, 2))).relu()
    x = norm(state, 'stem.4', conv(state, 'stem.3', x)).relu()
    for block, stride in residual_blocks(state):
        y = x
        for number, step in ((1, stride), (2, 1)):
            pair = f'{block}.conv{number}'
            y = norm(state, f'{pair}.0.1', conv(state, f'{pair}.0.0', y, (1, step, step))).relu()
            y = norm(state, f'{pair}.1', conv(state, f'{pair}.0.3', y, (step, 1, 1)))
            y = y.relu() if number == 1 else y
        x = (shortcut(state, block, x, stride) + y).relu()
    return x


def residual_blocks(state):
    """Name and stride of each block of a residual net."""
    names = sorted({'.'.join(key.split('.')[:2]) for key in state if key.startswith('layer')})
    return [(name, 2 if name.endswith('.0') and name != 'layer1.0' else 1) for name in names]


def shortcut(state, block, x, stride):
    if f'{block}.downsample.0.weight' not in state:
        return x
    return norm(state, f'{block}.downsample.1', conv(state, f'{block}.downsample.0', x, stride))


def i3d(state, x):
    """I3D (Carreira and Zisserman, CVPR 2017, figure 3), zeros around as TensorFlow pads."""
    x = i3d_unit(state, 'conv3d_1a_7x7', F.pad(x, (2, 3) * 3), stride=2)
    x = i3d_unit(state, 'conv3d_2b_1x1', i3d_pool(x, (1, 3, 3), (1, 2, 2)))
    x = i3d_unit(state, 'conv3d_2c_3x3', F.pad(x, (1, 1) * 3))
    x = i3d_pool(x, (1, 3, 3), (1, 2, 2))
    for name in ('3b', '3c', '4b', '4c', '4d', '4e', '4f', '5b', '5c'):
        if name == '4b':
            x = i3d_pool(x, (3, 3, 3), (2, 2, 2))
        if name == '5b':
            x = i3d_pool(x, (2, 2, 2), (2, 2, 2))
        block = f'mixed_{name}'
        branches = [i3d_unit(state, f'{block}.branch_0', x)]
        for branch in ('branch_1', 'branch_2'):
            reduced = i3d_unit(state, f'{block}.{branch}.0', x)
            branches.append(i3d_unit(state, f'{block}.{branch}.1', F.pad(reduced, (1, 1) * 3)))
        pooled = i3d_pool(x, (3, 3, 3), (1, 1, 1))
        x = torch.cat([*branches, i3d_unit(state, f'{block}.branch_3.1', pooled)], dim=1)
    return x


def i3d_unit(state, name, x, stride=1):
    x = F.conv3d(x, state[f'{name}.conv3d.weight'], stride=stride)
    return norm(state, f'{name}.batch3d', x).relu()


def i3d_pool(x, kernel, stride):
    total = [size - step for size, step in zip(kernel, stride)]
    pads = [(zeros // 2, zeros - zeros // 2) for zeros in reversed(total)]
    return F.max_pool3d(F.pad(x, sum(pads, ())), kernel, stride, ceil_mode=True)
