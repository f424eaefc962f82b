import pytest
import torch
from torch._subclasses.fake_tensor import DataDependentOutputException, FakeTensorMode

from helpers.two_ranks import on_two_ranks
from mmdebias.models import FAME, ViewDataPreprocessor
from mmdebias.ops import fame_mask, gauss_mask, grid_mask, merge, pixel_maps, seed_mask


def clips(n=6, dtype=torch.uint8):
    values = torch.randint(0, 256, (n, 3, 4, 32, 32), dtype=torch.uint8)
    return values if dtype == torch.uint8 else values.to(dtype) / 255


@pytest.mark.parametrize('dtype', [torch.uint8, torch.float32])
def test_foreground_stays_and_background_is_another_clips(dtype):
    batch = clips(dtype=dtype)
    fame = FAME(beta=0.3)
    torch.manual_seed(1)
    merged = fame(batch)
    torch.manual_seed(1)
    order = fame.background_order(len(batch), batch.device)
    for i, mask in enumerate(fame_mask(batch, 0.3)):
        assert torch.equal(merged[i][..., mask], batch[i][..., mask])
        assert torch.equal(merged[i][..., ~mask], batch[order[i]][..., ~mask])
    assert merged.dtype == dtype


def test_derangement_never_gives_a_clip_its_own_background():
    fame = FAME()
    for n in (2, 3, 7):
        for _ in range(50):
            order = fame.background_order(n, torch.device('cpu'))
            assert sorted(order.tolist()) == list(range(n))
            assert (order != torch.arange(n)).all()


def test_released_permutation_has_fixed_points_sometimes():
    fame = FAME(shuffle='permutation')
    orders = [fame.background_order(3, torch.device('cpu')) for _ in range(100)]
    assert any((order == torch.arange(3)).any() for order in orders)


@pytest.mark.parametrize('shuffle', ['derangement', 'permutation'])
def test_a_batch_of_one_is_refused(shuffle):
    says = 'FAME takes pixels of another video, and the batch holds 1 clip: .*drop_last=True'
    with pytest.raises(ValueError, match=says):
        FAME(shuffle=shuffle)(clips(1))
    one, other = clips(1), clips(1)
    assert not torch.equal(FAME(background='intra')(one, other), one)


def test_full_share_changes_nothing():
    for batch in (clips(1), clips(4)):
        assert torch.equal(FAME(beta=1)(batch), batch)


def test_doing_nothing_draws_no_random_numbers():
    batch, before = clips(4), torch.get_rng_state()
    for off in (FAME(beta=1), FAME(p=0), FAME(background='none')):
        assert off(batch) is batch
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    ('name', 'options', 'expected'),
    [
        ('fame', dict(official_hue=False, noise_floor=3), fame_mask),
        ('seed', dict(noise_floor=3), seed_mask),
        ('grid', dict(follow_camera=True), grid_mask),
        ('fame', dict(smooth=False), fame_mask),
        ('gauss', dict(), gauss_mask),
    ],
)
def test_masks_are_those_of_the_operations(name, options, expected):
    batch = clips()
    mask = FAME(beta=0.3, mask=name, **options).mask(batch)
    assert torch.equal(mask, expected(batch, beta=0.3, **options))


def test_adaptive_share_reaches_the_mask():
    batch = clips()
    assert torch.equal(FAME(beta='adaptive').mask(batch), fame_mask(batch, 'adaptive'))


def test_each_clip_is_merged_with_the_probability_asked_for():
    batch = clips(400)[..., :8, :8]
    merged = FAME(p=0.3)(batch)
    changed = (merged != batch).flatten(1).any(1).float().mean()
    assert 0.2 < changed < 0.4


def test_intra_video_background_is_the_view_of_that_name():
    preprocessor = ViewDataPreprocessor(
        mean=[0.5] * 3,
        std=[0.5] * 3,
        views=dict(query=[dict(type='FAME', background='intra')], background=[]),
    )
    inputs = torch.stack([clips(), clips()], 1)
    query, other = inputs.unbind(1)
    out = preprocessor(dict(inputs=inputs), training=True)['inputs']['query']
    expected = preprocessor.normalise(merge(query, other, fame_mask(query)))
    torch.testing.assert_close(out, expected)


def test_backgrounds_follow_clips_that_are_floats_already():
    batch, other = clips(dtype=torch.float32), clips()
    merged = FAME(background='intra')(batch, other)
    expected = merge(batch, other.float() / 255, fame_mask(batch))
    torch.testing.assert_close(merged, expected)


def check_backgrounds_come_from_both_ranks(rank):
    # Clips of one colour each tell where a background came from: 10 x rank + index.
    colours = torch.arange(2 + rank, dtype=torch.uint8) + 10 * rank
    batch = colours.view(-1, 1, 1, 1, 1).expand(-1, 3, 2, 8, 8).contiguous()
    fame = FAME(beta=0, across_ranks=True)
    met = set()
    for _ in range(30):
        backgrounds = fame(batch)[:, 0, 0, 0, 0].tolist()
        assert len(backgrounds) == len(colours)
        assert all(b != own for b, own in zip(backgrounds, colours.tolist()))
        met.update(backgrounds)
    assert met == {0, 1, 10, 11, 12}


def test_backgrounds_can_come_from_all_ranks():
    on_two_ranks(check_backgrounds_come_from_both_ranks)


@pytest.mark.parametrize(
    ('arguments', 'says'),
    [
        (dict(beta=-0.5), 'beta=-0.5'),
        (dict(beta='adaptive', mask='grid'), "beta='adaptive'"),
        (dict(shuffle='random'), "shuffle='random'"),
        (dict(mask='flow'), "mask='flow'"),
        (dict(background='black'), "background='black'"),
        (dict(p=1.5), 'p=1.5'),
        (dict(background='intra', across_ranks=True), 'across_ranks'),
        (dict(mask='seed', official_hue=False), "no options .*'official_hue'"),
        (dict(mask='gauss', noise_floor=2), "no options .*'noise_floor'"),
        (dict(noise_floor=300), 'noise_floor=300'),
    ],
)
def test_bad_arguments_are_refused_when_built(arguments, says):
    with pytest.raises(ValueError, match=says):
        FAME(**arguments)


def test_a_background_view_that_nobody_gives_is_refused_when_built():
    with pytest.raises(ValueError, match=r'background=\[\] to the views'):
        ViewDataPreprocessor(
            mean=[0.5] * 3,
            std=[0.5] * 3,
            views=dict(query=[dict(type='FAME', background='intra')], key=[]),
        )


@pytest.fixture
def fake_tensors():
    """Tensors without values: whatever looks at a value, as a wait for the device does, fails."""
    caches = (pixel_maps._nearness, pixel_maps._blur_matrix)
    for cache in caches:
        cache.cache_clear()
    with FakeTensorMode():
        yield
    for cache in caches:
        cache.cache_clear()


@pytest.mark.parametrize(
    'arguments',
    [
        dict(),
        dict(p=0.5),
        dict(beta='adaptive', noise_floor=2, follow_camera=True),
        dict(mask='seed', beta='adaptive'),
        dict(mask='grid'),
        dict(mask='gauss'),
    ],
)
def test_nothing_waits_for_the_device(fake_tensors, arguments):
    batch = torch.empty(4, 3, 6, 32, 32, dtype=torch.uint8)
    assert FAME(**arguments)(batch).shape == batch.shape
    with pytest.raises(DataDependentOutputException):
        batch.sum().item()


@pytest.mark.parametrize('arguments', [dict(), dict(beta='adaptive', follow_camera=True)])
def test_compiles_without_a_break(arguments):
    batch = clips()
    mask = FAME(**arguments).mask
    compiled = torch.compile(mask, fullgraph=True, backend='eager')
    assert torch.equal(compiled(batch), mask(batch))


def test_full_share_is_plain_moco_number_for_number():
    colour = dict(type='KorniaAugment', transforms=[dict(type='ColorJitter', brightness=0.4)])
    data = dict(inputs=torch.stack([clips(), clips()], 1))
    outs = []
    for query in ([dict(type='FAME', beta=1), colour], [colour]):
        views = dict(query=query, key=[colour])
        preprocessor = ViewDataPreprocessor(mean=[0.5] * 3, std=[0.5] * 3, views=views)
        torch.manual_seed(3)
        outs.append(preprocessor(data, training=True)['inputs'])
    for view in ('query', 'key'):
        assert torch.equal(outs[0][view], outs[1][view])


def test_a_preset_is_its_options_and_what_is_given_beside_counts():
    robust = FAME(preset='robust')
    assert robust.settings == FAME(beta='adaptive', noise_floor=2, follow_camera=True).settings
    assert FAME(preset='robust', noise_floor=0).settings['noise_floor'] == 0
    assert FAME(preset='robust', beta=0.3).beta == 0.3
    assert FAME().settings == FAME(preset='paper').settings == FAME(beta=0.5).settings
    with pytest.raises(ValueError, match="preset='cured' is unknown; use one of"):
        FAME(preset='cured')
    with pytest.raises(ValueError, match='beta'):
        FAME(preset='robust', mask='grid')  # a grid has no adaptive share
