"""Small files in the layouts of the released ones, and what their nets return."""

from argparse import Namespace
from collections.abc import Callable
from typing import NamedTuple

import pytest
import torch

from helpers.source_nets import slowfast_features, torchvision_r3d_features
from mmdebias.weights import NETS

NET = {net.name: net for net in NETS}


def make_weights(net, seed=0):
    """A state dict for a net: varied values in a few numbers a tensor, so that files are small."""
    generator = torch.Generator().manual_seed(seed)
    weights = {}
    for key, shape in NET[net].shapes().items():
        if key.endswith('num_batches_tracked'):
            weights[key] = torch.tensor(7)
            continue
        # Element (i, j, ...) is number i + j + ... of the values.
        values = torch.randn(sum(shape), generator=generator)
        if len(shape) > 1:
            values = values / (shape[1:].numel() / 2) ** 0.5
        else:
            values = 1 + 0.1 * values.clamp(-3, 3)
        weights[key] = values.as_strided(shape, (1,) * len(shape))
    return weights


def prefixed(prefix, weights):
    return {prefix + key: value for key, value in weights.items()}


def fame_pretraining():
    net = make_weights('i3d')
    head = {'id_head.2.weight': torch.randn(128, 1024), 'id_head.2.bias': torch.randn(128)}
    state = prefixed('module.encoder_q.', net | head)
    state |= prefixed('module.encoder_k.', make_weights('i3d', seed=1) | head)
    state |= {'module.queue': torch.randn(128, 8), 'module.queue_ptr': torch.zeros(1)}
    return dict(epoch=199, arch='I3D', state_dict=state, optimizer=dict(state={}, param_groups=[]))


def fame_finetuned():
    state = prefixed('module.', make_weights('r2plus1d_18') | {'fc.weight': torch.randn(101, 512)})
    return dict(epoch=149, arch='r2plus1d_18', state_dict=state, optimizer={})


def be_pretraining(net='c3d'):
    state = prefixed('module.', make_weights(net) | {'id_head.2.weight': torch.randn(128, 512)})
    options = Namespace(lr=0.003, moco=True)
    return dict(opt=options, model=state, contrast=dict(memory=torch.randn(8, 128)), epoch=200)


def be_finetuned():
    state = prefixed('module.base_model.', make_weights('r3d_34'))
    return dict(opt=Namespace(), model=state | {'module.fc.weight': torch.randn(101, 512)})


def torchvision_r2plus1d():
    return make_weights('r2plus1d_18') | {'fc.weight': torch.randn(400, 512)}


def torchvision_r3d():
    """Keys as in torchvision's documentation of VideoResNet."""
    state = {}
    for key, value in make_weights('r3d_18_torchvision').items():
        parts = key.split('.')
        if key.startswith(('conv1.', 'bn1.')):
            parts[0] = {'conv1': 'stem.0', 'bn1': 'stem.1'}[parts[0]]
        elif parts[2] != 'downsample':
            kind, number = parts[2][:-1], parts[2][-1]
            parts[2] = f'conv{number}.{dict(conv=0, bn=1)[kind]}'
        state['.'.join(parts)] = value
    return state | {'fc.weight': torch.randn(400, 512), 'fc.bias': torch.randn(400)}


def slowonly(stem, block, shortcut, layer):
    """The weights of SlowOnly-50 under other names, each given for 'conv' and 'bn'."""
    state = {}
    for key, value in make_weights('slowonly_r50').items():
        parts = key.split('.')
        if parts[0] == 'conv1':
            name = stem[parts[1]]
        else:
            stage, number = int(parts[0][-1]), parts[1]
            inner = shortcut if parts[2] == 'downsample' else layer['abc'[int(parts[2][-1]) - 1]]
            name = block(stage, number) + inner[parts[3]]
        state[f'{name}.{parts[-1]}'] = value
    return state


def slowfast_moco():
    """Keys as SlowFast's `ContrastiveModel` over a `ResNet` names them."""
    net = slowonly(
        stem=dict(conv='s1.pathway0_stem.conv', bn='s1.pathway0_stem.bn'),
        block=lambda stage, number: f's{stage + 1}.pathway0_res{number}.',
        shortcut=dict(conv='branch1', bn='branch1_bn'),
        layer={x: dict(conv=f'branch2.{x}', bn=f'branch2.{x}_bn') for x in 'abc'},
    )
    net['head.projection.0.weight'] = torch.randn(8, 2048)
    state = prefixed('backbone.', net) | prefixed('backbone_hist.', net)
    state |= dict(queue_x=torch.randn(8, 128), ptr=torch.zeros(1), iter=torch.zeros(1))
    state['knn_mem.memory'] = torch.randn(8, 1, 128)
    return dict(epoch=199, model_state=state, optimizer_state={}, cfg='TASK: ssl')


def pytorchvideo_slow():
    """Keys as PyTorchVideo's `create_resnet` names them."""
    net = slowonly(
        stem=dict(conv='blocks.0.conv', bn='blocks.0.norm'),
        block=lambda stage, number: f'blocks.{stage}.res_blocks.{number}.',
        shortcut=dict(conv='branch1_conv', bn='branch1_norm'),
        layer={x: dict(conv=f'branch2.conv_{x}', bn=f'branch2.norm_{x}') for x in 'abc'},
    )
    return dict(model_state=net | {'blocks.5.proj.weight': torch.randn(400, 2048)})


def same_names(net, where, prefix):
    """Features by the net itself, of a file that has its names under a prefix."""

    def features(checkpoint, clip):
        state = checkpoint[where] if where else checkpoint
        backbone = NET[net].build().eval()
        backbone.load_state_dict({key: state[prefix + key] for key in backbone.state_dict()})
        return backbone(clip)

    return features


def slowfast(checkpoint, clip):
    return slowfast_features(checkpoint['model_state'], clip)


class Released(NamedTuple):
    """A layout: its name in --from, its net, how to make a file's dict, features of that dict."""

    source: str
    net: str
    make: Callable
    features: Callable


def be_of_r3d_18():
    return be_pretraining('r3d_18')


query = 'module.encoder_q.'
RELEASED = {
    'FAME, pre-training': Released(
        'fame', 'i3d', fame_pretraining, same_names('i3d', 'state_dict', query)
    ),
    'FAME, fine-tuned': Released(
        'fame', 'r2plus1d_18', fame_finetuned, same_names('r2plus1d_18', 'state_dict', 'module.')
    ),
    'BE, pre-training': Released(
        'be', 'c3d', be_pretraining, same_names('c3d', 'model', 'module.')
    ),
    'BE, fine-tuned': Released(
        'be', 'r3d_34', be_finetuned, same_names('r3d_34', 'model', 'module.base_model.')
    ),
    'DSM, pre-training': Released(
        'dsm', 'r3d_18', be_of_r3d_18, same_names('r3d_18', 'model', 'module.')
    ),
    'torchvision, r2plus1d_18': Released(
        'torchvision', 'r2plus1d_18', torchvision_r2plus1d, same_names('r2plus1d_18', '', '')
    ),
    'torchvision, r3d_18': Released(
        'torchvision', 'r3d_18_torchvision', torchvision_r3d, torchvision_r3d_features
    ),
    'SlowFast, MoCo': Released('moco_video', 'slowonly_r50', slowfast_moco, slowfast),
}
every_layout = pytest.mark.parametrize('released', RELEASED.values(), ids=list(RELEASED))
