"""The protocols of a checkpoint's table, and the config of each for any encoder and data set."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from mmdebias.config_checks import nearest

# Of each protocol: its file in configs/_base_/protocols, and the leaf in configs/.
PROTOCOLS = dict(
    finetune=('finetune', 'finetune/{net}_{data}'),
    finetune_be=('finetune_be', 'finetune/{net}_{data}_be'),
    finetune_dsm=('finetune_dsm', 'finetune/{net}_{data}_dsm'),
    linear=('linear_probe', 'linear_probe/{net}_{data}'),
    knn=('retrieval', 'retrieval/{net}_{data}'),
    retrieval=('retrieval', 'retrieval/{net}_{data}'),
    clips=('clip_retrieval', 'retrieval/{net}_{data}_clips'),
    low_shot_1=('finetune_dsm', 'low_shot/{net}_{data}_1percent'),
    low_shot_10=('finetune_dsm', 'low_shot/{net}_{data}_10percent'),
)
BASES = """# {protocol} of {net} on {data}, written by tools/evaluate.py.
_base_ = [
    'mmdebias::_base_/encoders/{net}.py',
    'mmdebias::_base_/datasets/{data}.py',
    'mmdebias::_base_/protocols/{protocol}.py',
]
"""
TRAINED = """\
head = dict(in_channels=_base_.channels, num_classes=_base_.num_classes{dropout})
model = dict(backbone=_base_.encoder, cls_head=head)
clip = dict(resize=_base_.resize, flip=_base_.flip)
train_dataloader = dict(dataset=dict(pipeline=clip, **{labels}))
val_dataloader = dict(dataset=dict(pipeline=_base_.middle, **_base_.test_set))
test_dataloader = dict(dataset=dict(pipeline=_base_.middle, **_base_.test_set))
"""
COMPARED = """\
model = dict(backbone=_base_.encoder)
sides = dict(gallery=_base_.train_set, query=_base_.test_set)
test_dataloader = dict(dataset=dict(pipeline=_base_.middle, **sides))
"""
# The labels of low-shot, see configs/low_shot/README.md.
FEW = 'dict(_base_.train_set, ann_file={name!r})'
SEARCHED = ('knn', 'retrieval', 'clips')  # the others train first


def new_config(protocol: str, net: str, data: str, train_list: str) -> str:
    """Return the text of a protocol's config for any encoder and data set.

    Args:
        protocol: A key of ``PROTOCOLS``.
        net: A file of configs/_base_/encoders, without its ending.
        data: A file of configs/_base_/datasets, likewise.
        train_list: The name of the data set's training list.
    """
    # FAME, appendix A.3: .7 on UCF101, .5 elsewhere.
    dropout = ', dropout_ratio=0.7' if (protocol, data) == ('finetune', 'ucf101') else ''
    text = BASES.format(protocol=PROTOCOLS[protocol][0], net=net, data=data)
    if protocol in SEARCHED:
        return text + COMPARED
    labels = '_base_.train_set'
    if percent := share_of_labels(protocol):
        labels = FEW.format(name=few_labels(train_list, percent))
    return text + TRAINED.format(dropout=dropout, labels=labels)


def share_of_labels(protocol: str) -> int | None:
    """Return the percent of the labels that a low-shot protocol trains on, None for the others."""
    return int(protocol.removeprefix('low_shot_')) if protocol.startswith('low_shot_') else None


def few_labels(ann_file: str, percent: int) -> str:
    """Return the name that a part of a list has beside it, as in configs/low_shot/README.md."""
    stem = Path(ann_file).stem.removesuffix('_videos').removesuffix('_list')
    return f'{stem}_{percent}percent.txt'


def check_protocols(protocols: Sequence[str], options: Iterable[str]) -> list[str]:
    """Return a line for each option that is for another protocol than those asked for.

    Args:
        protocols: Those asked for.
        options: ``key=value`` for all of them, or ``protocol:key=value`` for one.

    Raises:
        ValueError: there is no such protocol; names the nearest.
    """
    for name in protocols:
        _check_name(f'--protocols {name}', name)
    idle = []
    for option in options:
        name, colon, _ = option.partition('=')[0].partition(':')
        if colon:
            _check_name(f'--cfg-options {option}', name)
            if name not in protocols:
                given = ','.join(protocols)
                idle.append(f'--cfg-options {option} changes nothing: --protocols are {given}')
    return idle


def _check_name(argument: str, name: str) -> None:
    if name not in PROTOCOLS:
        near = nearest(name, PROTOCOLS, 0.6)
        hint = f'{near!r} is meant?' if near else f'there are {", ".join(PROTOCOLS)}'
        raise ValueError(f'{argument}: {name!r} is no protocol; {hint}')
