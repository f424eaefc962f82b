import numpy as np
import pytest

from mmdebias.datasets import PerView, SampleViews

RESIZE = dict(type='Resize', scale=(8, 8), keep_ratio=False)


def decoded(views, total=20, size=16):
    """A sample as it comes from a decoder; every pixel of frame t is t."""
    results = SampleViews(4, 2, views)(dict(total_frames=total, modality='RGB'))
    results['imgs'] = [np.full((size, size, 3), t, np.uint8) for t in results['frame_inds']]
    results['img_shape'] = (size, size)
    return results


def test_each_view_gets_its_own_frames_one_view_after_another():
    results = decoded(dict(query=dict(), key=dict()))
    expected = results['frame_inds'][results['view_positions']].ravel()
    results = PerView([RESIZE])(results)
    assert [img[0, 0, 0] for img in results['imgs']] == expected.tolist()
    assert {img.shape for img in results['imgs']} == {(8, 8, 3)}
    assert results['num_clips'] == 2


def test_views_are_cropped_apart_and_their_frames_alike():
    results = decoded(dict(anchor=dict(), positive=dict(same_as='anchor')), size=64)
    ramp = np.arange(64, dtype=np.uint8)[None, :, None].repeat(64, 0).repeat(3, 2)
    results['imgs'] = [ramp.copy() for _ in results['imgs']]
    crop = dict(type='RandomCrop', size=8)
    clips = np.array(PerView([crop])(results)['imgs']).reshape(2, 4, 8, 8, 3)
    assert (clips == clips[:, :1]).all()
    assert (clips[0] != clips[1]).any()


@pytest.mark.parametrize('shared', [('query', 'background'), ('background', 'query')])
def test_views_with_the_same_draws_are_cropped_and_flipped_alike_and_the_others_apart(shared):
    # MMEngine may have sorted the views: none of the two need come first.
    names = {key: {} for key in (shared[0], 'key', shared[1])}
    steps = dict(crop=dict(type='RandomCrop', size=8), flip=dict(type='Flip', flip_ratio=0.5))
    ramp = np.arange(64, dtype=np.uint8)[None, :, None].repeat(64, 0).repeat(3, 2)
    apart, flips = 0, 0
    for _ in range(20):
        results = decoded(names, size=64)
        results['imgs'] = [ramp.copy() for _ in results['imgs']]
        results = PerView(same_draws={shared[1]: shared[0]}, **steps)(results)
        first, key, last = np.array(results['imgs']).reshape(3, 4, 8, 8, 3)
        assert (first == last).all()
        apart += (first != key).any()
        flips += first[0, 0, 0, 0] > first[0, 0, -1, 0]
    assert apart > 15 and 2 < flips < 18


def test_a_view_to_draw_alike_that_is_not_sampled_is_refused():
    with pytest.raises(ValueError, match=r"the views \['background'\]"):
        PerView([RESIZE], same_draws=dict(background='query'))(decoded(dict(query=dict())))


def test_frames_shared_by_views_are_flipped_once():
    # MMAction2 flips in place; twice would be not at all.
    results = decoded(dict(anchor=dict(), positive=dict(same_as='anchor')))
    ramp = np.arange(16, dtype=np.uint8)[None, :, None].repeat(16, 0).repeat(3, 2)
    results['imgs'] = [ramp.copy() for _ in results['imgs']]
    flipped = PerView([dict(type='Flip', flip_ratio=1)])(results)['imgs']
    assert all((img == ramp[:, ::-1]).all() for img in flipped)


def test_frames_that_a_loop_repeats_are_flipped_once():
    results = decoded(dict(query=dict()), total=2)
    ramp = np.arange(16, dtype=np.uint8)[None, :, None].repeat(16, 0).repeat(3, 2)
    results['imgs'] = [ramp.copy() for _ in results['imgs']]
    flipped = PerView([dict(type='Flip', flip_ratio=1)])(results)['imgs']
    assert all((img == ramp[:, ::-1]).all() for img in flipped)


def test_steps_run_in_the_order_of_their_names():
    results = decoded(dict(query=dict()), size=64)
    # Cropped to the left half first: resizing first would leave nothing to crop.
    view = PerView(resize=RESIZE, crop=dict(type='RandomCrop', size=32), flip=None)
    assert [type(step).__name__ for step in view.transforms] == ['RandomCrop', 'Resize']
    assert {img.shape for img in view(results)['imgs']} == {(8, 8, 3)}


def test_some_views_may_be_transformed_further():
    flip = dict(type='Flip', flip_ratio=1)
    results = decoded(dict(query=dict(), key=dict(same_as='query')))
    ramp = np.arange(16, dtype=np.uint8)[None, :, None].repeat(16, 0).repeat(3, 2)
    results['imgs'] = [ramp.copy() for _ in results['imgs']]
    results = PerView([flip], views=['key'])(PerView()(results))
    imgs = results['imgs']
    assert (imgs[0] == ramp).all() and (imgs[-1] == ramp[:, ::-1]).all()
    assert len(results['frame_inds']) == len(imgs) == results['view_positions'].size
    assert 'flip' in results  # for transforms that must not come behind one


def test_views_of_different_sizes_are_refused():
    with pytest.raises(ValueError, match='resize all to one size'):
        PerView([RESIZE], views=['query'])(decoded(dict(query=dict(), key=dict())))


def test_other_views_than_the_sampled_ones_are_refused():
    with pytest.raises(ValueError, match='name views that are sampled'):
        PerView(views=['anchor'])(decoded(dict(query=dict(), key=dict())))


def test_steps_are_named_or_listed():
    with pytest.raises(ValueError, match="has transforms and the steps \\['flip'\\]"):
        PerView([RESIZE], flip=dict(type='Flip'))
    with pytest.raises(ValueError, match="has steps \\['shear'\\]"):
        PerView(shear=dict(type='Flip'))


@pytest.mark.parametrize('names', [('query', 'negative'), ('negative', 'query')])
def test_views_can_be_cropped_and_flipped_alike(names):
    views = dict(query=dict(), negative=dict(other_than='query'), key=dict(same_as='query'))
    views = {name: views[name] for name in (*names, 'key')}
    ramp = np.arange(64, dtype=np.uint8)[None, :, None].repeat(64, 0).repeat(3, 2)
    steps = dict(crop=dict(type='RandomResizedCrop'), resize=RESIZE, flip=dict(type='Flip'))
    alike = PerView(same_draws=dict(negative='query'), **steps)
    apart = 0
    for _ in range(10):
        results = decoded(views, size=64)
        results['imgs'] = [ramp.copy() for _ in results['imgs']]
        clips = np.array(alike(results)['imgs']).reshape(3, 4, 8, 8, 3)
        assert (clips[0] == clips[1]).all()
        apart += (clips[0] != clips[2]).any()
    assert apart > 5
    with pytest.raises(ValueError, match='ghost'):
        PerView([RESIZE], same_draws=dict(query='ghost'))(decoded(views))
