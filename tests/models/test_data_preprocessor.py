import pytest
import torch
from mmaction.structures import ActionDataSample

from mmdebias.models import ClipDataPreprocessor, ViewDataPreprocessor

STATISTICS = dict(mean=[0.4, 0.5, 0.6], std=[0.2, 0.25, 0.5])
GREY = dict(type='KorniaAugment', transforms=[dict(type='RandomGrayscale', p=1.0)])


def batch(n=3, views=2, names=None):
    samples = [ActionDataSample(metainfo=dict(view_names=names) if names else {}) for _ in range(n)]
    inputs = [torch.randint(0, 256, (views, 3, 4, 8, 8), dtype=torch.uint8) for _ in range(n)]
    return dict(inputs=inputs, data_samples=samples)


def normalised(clips):
    mean, std = (torch.tensor(v).view(-1, 1, 1, 1) for v in STATISTICS.values())
    return (clips.float() / 255 - mean) / std


def test_views_are_named_and_normalised():
    data = batch()
    preprocessor = ViewDataPreprocessor(**STATISTICS, views=dict(query=[], key=[]))
    inputs = preprocessor(data, training=True)['inputs']
    for index, view in enumerate(('query', 'key')):
        expected = normalised(torch.stack([sample[index] for sample in data['inputs']]))
        torch.testing.assert_close(inputs[view], expected)


def test_each_view_has_its_own_augments_while_training_only():
    preprocessor = ViewDataPreprocessor(**STATISTICS, views=dict(query=[GREY], key=[]))
    for training in (True, False):
        inputs = preprocessor(batch(), training)['inputs']
        raw = {view: x * preprocessor.std + preprocessor.mean for view, x in inputs.items()}
        assert torch.allclose(raw['query'][:, 0], raw['query'][:, 1], atol=1e-5) == training
        assert not torch.allclose(raw['key'][:, 0], raw['key'][:, 1], atol=1e-2)


def test_other_views_than_the_sampled_ones_are_refused():
    preprocessor = ViewDataPreprocessor(**STATISTICS, views=dict(query=[], key=[]))
    with pytest.raises(ValueError, match=r"for the views \['query', 'key'\]"):
        preprocessor(batch(views=3))
    with pytest.raises(ValueError, match='same order'):
        preprocessor(batch(names=('key', 'query')))
    preprocessor(batch(names=('query', 'key')))


def test_statistics_for_values_to_255_are_refused():
    with pytest.raises(ValueError, match='divide values for 0 to 255 by 255'):
        ViewDataPreprocessor(mean=[123.0, 117, 104], std=[58, 57, 57], views=dict(query=[]))
    with pytest.raises(ValueError, match='views is empty'):
        ViewDataPreprocessor(**STATISTICS, views={})


def test_clips_of_a_recogniser_keep_their_number():
    data = batch(n=2, views=5)
    preprocessor = ClipDataPreprocessor(**STATISTICS, augments=[GREY])
    inputs = preprocessor(data, training=False)['inputs']
    assert inputs.shape == (2, 5, 3, 4, 8, 8)
    torch.testing.assert_close(inputs[1], normalised(data['inputs'][1]))
    grey = preprocessor(data, training=True)['inputs'] * preprocessor.std + preprocessor.mean
    assert torch.allclose(grey[:, :, 0], grey[:, :, 1], atol=1e-5)


def test_it_is_mmaction2s_preprocessor_without_augments():
    from mmaction.models import ActionDataPreprocessor

    theirs = ActionDataPreprocessor(
        mean=[255 * v for v in STATISTICS['mean']],
        std=[255 * v for v in STATISTICS['std']],
        format_shape='NCTHW',
    )
    data = batch(n=2, views=3)
    ours = ClipDataPreprocessor(**STATISTICS)(dict(data), training=True)['inputs']
    torch.testing.assert_close(ours, theirs(dict(data))['inputs'], atol=1e-5, rtol=1e-5)


def test_views_can_be_augmented_alike():
    jitter = dict(type='KorniaAugment', transforms=[dict(type='ColorJitter', hue=0.5, p=1.0)])
    basic = [dict(type='InnerRotation'), dict(type='OneAugment', augments=[jitter, GREY])]
    views = dict(negative=basic, key=basic, query=basic)
    preprocessor = ViewDataPreprocessor(
        **STATISTICS, views=views, same_draws=dict(negative='query')
    )
    clip = torch.randint(0, 256, (1, 3, 4, 8, 8), dtype=torch.uint8)
    inputs = [clip.expand(3, -1, -1, -1, -1) for _ in range(8)]
    found = preprocessor(dict(inputs=inputs), training=True)['inputs']
    torch.testing.assert_close(found['negative'], found['query'])
    assert not torch.allclose(found['key'], found['query'])
    with pytest.raises(ValueError, match="'ghost' is none of"):
        ViewDataPreprocessor(**STATISTICS, views=views, same_draws=dict(key='ghost'))
