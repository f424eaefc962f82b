"""Nets of other libraries, written out as sums of operations over the names of their files."""

import torch.nn.functional as F


def conv(state, name, x, **options):
    return F.conv3d(x, state[f'{name}.weight'], **options)


def norm(state, name, x):
    parts = [state[f'{name}.{part}'] for part in ('running_mean', 'running_var', 'weight', 'bias')]
    return F.batch_norm(x, *parts, eps=1e-5)


def torchvision_r3d_features(state, x):
    """torchvision's r3d_18: a 3x7x7 stem, no pooling, four stages of two basic blocks."""
    x = conv(state, 'stem.0', x, stride=(1, 2, 2), padding=(1, 3, 3))
    x = norm(state, 'stem.1', x).relu()
    for stage in (1, 2, 3, 4):
        for number in (0, 1):
            name, stride = f'layer{stage}.{number}', 2 if stage > 1 and number == 0 else 1
            y = conv(state, f'{name}.conv1.0', x, stride=stride, padding=1)
            y = norm(state, f'{name}.conv1.1', y).relu()
            y = norm(state, f'{name}.conv2.1', conv(state, f'{name}.conv2.0', y, padding=1))
            if stride == 2:
                x = conv(state, f'{name}.downsample.0', x, stride=2)
                x = norm(state, f'{name}.downsample.1', x)
            x = (x + y).relu()
    return x


def slowfast_features(state, x):
    """SlowFast's SlowOnly-50: temporal kernels of 3 in the first convolution of s4 and s5."""
    state = {k.removeprefix('backbone.'): v for k, v in state.items() if k.startswith('backbone.')}
    x = conv(state, 's1.pathway0_stem.conv', x, stride=(1, 2, 2), padding=(0, 3, 3))
    x = norm(state, 's1.pathway0_stem.bn', x).relu()
    x = F.max_pool3d(x, (1, 3, 3), (1, 2, 2), padding=(0, 1, 1))
    for stage, depth in zip((2, 3, 4, 5), (3, 4, 6, 3)):
        for number in range(depth):
            name = f's{stage}.pathway0_res{number}'
            stride = (1, 2, 2) if stage > 2 and number == 0 else 1
            y = conv(state, f'{name}.branch2.a', x, padding=(int(stage > 3), 0, 0))
            y = norm(state, f'{name}.branch2.a_bn', y).relu()
            y = conv(state, f'{name}.branch2.b', y, stride=stride, padding=(0, 1, 1))
            y = norm(state, f'{name}.branch2.b_bn', y).relu()
            y = norm(state, f'{name}.branch2.c_bn', conv(state, f'{name}.branch2.c', y))
            if number == 0:
                x = conv(state, f'{name}.branch1', x, stride=stride)
                x = norm(state, f'{name}.branch1_bn', x)
            x = (x + y).relu()
    return x
