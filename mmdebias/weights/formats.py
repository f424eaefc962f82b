"""The layouts of released checkpoints: which keys are the encoder's, and what the others are.

Each function takes the dict of a file and returns its keys, or None where the file has another
layout. Nothing is checked here: :mod:`.importing` compares the encoder with the net.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from torch import Tensor


class Layout(NamedTuple):
    """The weights in a released file, and where each of its keys goes."""

    title: str
    weights: Mapping[str, Tensor]
    """The state dict in the file, with its own names."""
    encoder: dict[str, str]
    """The encoder's keys: name in the file to name in MMAction2."""
    aside: dict[str, str]
    """The other keys, and what each is."""


def fame(checkpoint: Mapping) -> Layout | None:
    """Read FAME's: ``{epoch, arch, state_dict, optimizer}``.

    Pre-training has ``module.encoder_q.``, ``module.encoder_k.`` and ``module.queue``; fine-tuning
    has the net under ``module.``. The heads are ``id_head`` (I3D) and ``fc`` (R(2+1)D).
    """
    weights = checkpoint.get('state_dict')
    # MMEngine's checkpoints have a state_dict too.
    if not _is_state_dict(weights) or 'meta' in checkpoint:
        return None
    pretraining = any(key.startswith('module.encoder_q.') for key in weights)
    if not pretraining and not all(key.startswith('module.') for key in weights):
        return None
    query = 'module.encoder_q.' if pretraining else 'module.'
    return _sort(
        f'checkpoint of {"pre-training" if pretraining else "fine-tuning"} in the layout of FAME',
        weights,
        prefix=query,
        aside=(
            ('module.encoder_k.', 'momentum encoder'),
            ('module.queue', 'queue of keys'),
            (f'{query}id_head.', 'head'),
            (f'{query}fc.', 'head'),
        ),
    )


def be(checkpoint: Mapping) -> Layout | None:
    """Read BE's and DSM's: ``{opt, model, contrast, optimizer, epoch}``.

    Pre-training has the net under ``module.``, its head ``id_head`` included; fine-tuning has it
    under ``module.base_model.``, beside the classifier.
    """
    weights = checkpoint.get('model')
    if not _is_state_dict(weights) or not all(key.startswith('module.') for key in weights):
        return None
    finetuning = any(key.startswith('module.base_model.') for key in weights)
    prefix = 'module.base_model.' if finetuning else 'module.'
    return _sort(
        f'checkpoint of {"fine-tuning" if finetuning else "pre-training"} in the layout of BE and '
        'DSM',
        weights,
        prefix=prefix,
        aside=((f'{prefix}id_head.', 'head'),),
        outside='classifier' if finetuning else None,
    )


def torchvision(checkpoint: Mapping) -> Layout | None:
    """Read torchvision's ``r2plus1d_18`` and ``r3d_18``: the state dict itself, classifier ``fc``.

    The first has our names. Of the second the stem is ``stem.{0,1}``, and a block's convolutions
    are ``conv{1,2}.0`` with their normalisation in ``conv{1,2}.1``.
    """
    if not _is_state_dict(checkpoint) or 'stem.0.weight' not in checkpoint:
        return None
    rename = _keep if 'stem.3.weight' in checkpoint else torchvision_r3d_name
    title = "state dict in the layout of torchvision's video ResNets"
    return _sort(title, checkpoint, aside=(('fc.', 'head'),), rename=rename)


def moco_video(checkpoint: Mapping) -> Layout | None:
    """Return the SlowOnly-50 of SlowFast's self-supervised models (MoCo, BYOL, …) and of
    PyTorchVideo.

    Feichtenhofer et al., "A Large-Scale Study on Unsupervised Spatiotemporal Representation
    Learning", CVPR 2021. A file is ``{epoch, model_state, optimizer_state, cfg}``. SlowFast has the
    encoder under ``backbone.``, its moving average under ``backbone_hist.``, and ``queue_x``,
    ``ptr``, ``iter``, ``knn_mem.``, ``swav_prototypes.``; names are ``s1.pathway0_stem`` and ``s2``
    to ``s5`` with ``pathway0_res0``. PyTorchVideo's are ``blocks.0`` to ``blocks.4`` with
    ``res_blocks.0``; its head is ``blocks.5``.
    """
    weights = checkpoint.get('model_state')
    if not _is_state_dict(weights):
        return None
    # Supervised files of the same nets have no such prefix.
    prefix = next((p for p in ('module.backbone.', 'backbone.', 'module.') if _has(weights, p)), '')
    outer = prefix.removesuffix('backbone.')
    if _has(weights, f'{prefix}s1.pathway0_stem.'):
        rename, head, title = slowfast_name, 'head.', 'SlowFast'
    elif _has(weights, f'{prefix}blocks.0.conv.'):
        rename, head, title = pytorchvideo_name, 'blocks.5.', 'PyTorchVideo'
    else:
        return None
    return _sort(
        f"checkpoint in the layout of {title}'s SlowOnly",
        weights,
        prefix=prefix,
        aside=(
            (f'{outer}backbone_hist.', 'momentum encoder'),
            *((f'{outer}{name}', 'queue of keys') for name in ('queue', 'ptr', 'iter', 'knn_mem')),
            (f'{outer}swav_prototypes.', 'head'),
            (f'{prefix}{head}', 'head'),
        ),
        rename=rename,
    )


FORMATS: dict[str, Callable[[Mapping], Layout | None]] = {
    'fame': fame,
    'be': be,
    'dsm': be,
    'torchvision': torchvision,
    'moco_video': moco_video,
}


def torchvision_r3d_name(name: str) -> str:
    """Rename ``stem.0.weight`` to ``conv1.weight``, ``conv2.1.bias`` to ``bn2.bias``."""
    name = name.replace('stem.0.', 'conv1.').replace('stem.1.', 'bn1.')
    name = re.sub(r'\.conv([12])\.1\.', r'.bn\1.', name)
    return re.sub(r'\.conv([12])\.0\.', r'.conv\1.', name)


def name_of_torchvision_r3d(name: str) -> str:
    """Return the inverse of :func:`torchvision_r3d_name`."""
    name = re.sub(r'^conv1\.', 'stem.0.', name)
    name = re.sub(r'^bn1\.', 'stem.1.', name)
    name = re.sub(r'\.conv([12])\.', r'.conv\1.0.', name)
    return re.sub(r'\.bn([12])\.', r'.conv\1.1.', name)


def slowfast_name(name: str) -> str:
    """Rename ``s2.pathway0_res0.branch2.a_bn.bias`` to MMAction2's ``layer1.0.conv1.bn.bias``."""
    name = re.sub(r'^s1\.pathway0_stem\.', 'conv1.', name)
    name = re.sub(
        r'^s([2-5])\.pathway0_res(\d+)\.', lambda m: f'layer{int(m[1]) - 1}.{m[2]}.', name
    )
    name = name.replace('.branch1_bn.', '.downsample.bn.').replace('.branch1.', '.downsample.conv.')
    return re.sub(
        r'\.branch2\.([abc])(_bn)?\.', lambda m: _bottleneck(m[1], 'bn' if m[2] else 'conv'), name
    )


def pytorchvideo_name(name: str) -> str:
    """Rename ``blocks.1.res_blocks.0.branch2.norm_a.bias`` to ``layer1.0.conv1.bn.bias``."""
    name = re.sub(r'^blocks\.0\.conv\.', 'conv1.conv.', name)
    name = re.sub(r'^blocks\.0\.norm\.', 'conv1.bn.', name)
    name = re.sub(r'^blocks\.([1-4])\.res_blocks\.(\d+)\.', r'layer\1.\2.', name)
    name = name.replace('.branch1_norm.', '.downsample.bn.')
    name = name.replace('.branch1_conv.', '.downsample.conv.')
    return re.sub(
        r'\.branch2\.(conv|norm)_([abc])\.',
        lambda m: _bottleneck(m[2], m[1].replace('norm', 'bn')),
        name,
    )


def _bottleneck(letter: str, kind: str) -> str:
    return f'.conv{"abc".index(letter) + 1}.{kind}.'


def _keep(name: str) -> str:
    return name


def _has(weights: Mapping, prefix: str) -> bool:
    return any(key.startswith(prefix) for key in weights)


def _is_state_dict(weights: object) -> bool:
    return (
        isinstance(weights, Mapping)
        and bool(weights)
        and all(isinstance(k, str) and isinstance(v, Tensor) for k, v in weights.items())
    )


def _sort(
    title: str,
    weights: Mapping[str, Tensor],
    prefix: str = '',
    aside: Iterable[tuple[str, str]] = (),
    outside: str | None = None,
    rename: Callable[[str], str] = _keep,
) -> Layout:
    """Part the keys.

    Args:
        title: Of the layout.
        weights: The state dict.
        prefix: Of the encoder's keys.
        aside: Prefixes of other keys, and what those are.
        outside: What keys without ``prefix`` are; None leaves them with the encoder, to be
            reported.
        rename: From the encoder's names without prefix to MMAction2's.
    """
    encoder, others = {}, {}
    for key in weights:
        kind = next((kind for start, kind in aside if key.startswith(start)), None)
        if kind is None and not key.startswith(prefix):
            kind = outside
        if kind is None:
            encoder[key] = rename(key.removeprefix(prefix))
        else:
            others[key] = kind
    return Layout(title, weights, encoder, others)
