import pytest
import torch
import torch.nn.functional as F

from mmdebias.ops import contrastive_logits, info_nce, temporal_consistency, triplet


@pytest.fixture
def authors(oracle):
    return {k: torch.as_tensor(v) for k, v in oracle('be_dsm_losses').items()}


def test_loss_and_gradients_are_those_of_the_authors(authors):
    query = authors['q'].clone().requires_grad_()
    negative = authors['n'].clone().requires_grad_()
    loss = info_nce(query, authors['k'], authors['memory_before'], 0.07, negative)
    loss.backward()
    torch.testing.assert_close(loss.double(), authors['loss_T0p07'], atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(query.grad, authors['grad_q'], atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(negative.grad, authors['grad_n'], atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(('temperature', 'name'), [(0.07, 'T0p07'), (1.0, 'T1')])
def test_logits_are_those_of_the_authors(authors, temperature, name):
    logits = contrastive_logits(authors['q'], authors['k'], authors['memory_before'], authors['n'])
    torch.testing.assert_close(logits / temperature, authors[f'logits_{name}'], atol=1e-5, rtol=0)
    loss = info_nce(authors['q'], authors['k'], authors['memory_before'], temperature, authors['n'])
    torch.testing.assert_close(loss.double(), authors[f'loss_{name}'], atol=1e-5, rtol=1e-5)


def units(rows, columns=8):
    return F.normalize(torch.randn(rows, columns, dtype=torch.double), dim=1)


def test_logits_by_hand():
    query, positive = torch.tensor([[1.0, 0], [0, 1]]), torch.tensor([[0.6, 0.8], [0.8, -0.6]])
    queue, extra = torch.tensor([[0.0, 1], [-1, 0], [0.8, 0.6]]), torch.tensor([[1.0, 0], [1, 0]])
    # The positive first, then the queue, then each query's own negative.
    expected = torch.tensor([[0.6, 0, -1, 0.8, 1], [-0.6, 1, 0, 0.6, 0]])
    torch.testing.assert_close(contrastive_logits(query, positive, queue, extra), expected)
    assert contrastive_logits(query, positive, queue).equal(expected[:, :4])


@pytest.mark.parametrize('with_extra', [False, True])
def test_loss_is_the_slow_obvious_one(with_extra):
    query, key, queue, extra = units(5), units(5), units(7), units(5)
    expected = 0
    for i in range(5):
        negatives = list(queue) + ([extra[i]] if with_extra else [])
        positive = torch.exp(query[i] @ key[i] / 0.2)
        others = sum(torch.exp(query[i] @ negative / 0.2) for negative in negatives)
        expected -= torch.log(positive / (positive + others)) / 5
    loss = info_nce(query, key, queue, 0.2, extra if with_extra else None)
    torch.testing.assert_close(loss, expected)


def test_equal_vectors_give_the_log_of_the_number_of_candidates():
    same = units(1)
    loss = info_nce(same, same, same.expand(9, -1), 0.1)
    torch.testing.assert_close(loss, torch.tensor(10.0, dtype=torch.double).log())


def test_gradients_are_those_of_finite_differences():
    inputs = tuple(v.requires_grad_() for v in (units(3), units(3), units(4), units(3)))
    assert torch.autograd.gradcheck(lambda q, k, m, n: info_nce(q, k, m, 0.5, n), inputs)


def test_autocast_keeps_single_precision():
    query, key, queue = units(4).float(), units(4).float(), units(6).float()
    plain = info_nce(query, key, queue, 0.07)
    with torch.autocast('cpu', dtype=torch.bfloat16):
        mixed = info_nce(query, key, queue, 0.07)
    assert mixed.dtype == torch.float32
    torch.testing.assert_close(mixed, plain)


@pytest.mark.parametrize('temperature', [0, -1, float('nan')])
def test_bad_temperature_is_refused(temperature):
    with pytest.raises(ValueError, match='temperature'):
        info_nce(units(2), units(2), units(3), temperature)


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match='positive'):
        info_nce(units(2), units(3), units(3), 0.1)
    with pytest.raises(ValueError, match='extra_negatives'):
        info_nce(units(2), units(2), units(3), 0.1, units(1))
    with pytest.raises(ValueError, match='queue'):
        info_nce(units(2), units(2), units(3, 9), 0.1)


def test_triplet_loss_is_that_of_the_authors(authors):
    anchor, positive, negative = (authors[f'trip_{n}'] for n in ('anchor', 'positive', 'negative'))
    for name, other in (('intra', negative), ('inter_flip', negative.flip(0))):
        loss = triplet(anchor, positive, other, float(authors['triplet_margin']))
        torch.testing.assert_close(loss.double(), authors[f'triplet_{name}'], atol=1e-5, rtol=1e-5)


def test_triplet_loss_is_the_slow_obvious_one():
    anchor, positive, negative = units(6), units(6), units(6)
    expected = 0
    for a, p, n in zip(anchor, positive, negative):
        expected += max((a - p).norm() - (a - n).norm() + 0.5, 0) / 6
    torch.testing.assert_close(triplet(anchor, positive, negative), expected, atol=1e-5, rtol=0)


def test_triplets_outside_the_margin_teach_nothing():
    anchor = units(3).requires_grad_()
    loss = triplet(anchor, anchor.detach(), -anchor.detach(), margin=1.9)
    loss.backward()
    assert loss == 0 and anchor.grad.abs().max() == 0


def test_equal_views_cost_the_margin_and_have_a_gradient():
    same = units(3).requires_grad_()
    loss = triplet(same, same.detach(), same.detach(), margin=0.5)
    loss.backward()
    assert loss.item() == pytest.approx(0.5) and torch.isfinite(same.grad).all()


def test_triplet_gradients_are_those_of_finite_differences():
    inputs = tuple(v.requires_grad_() for v in (units(3), units(3), units(3)))
    assert torch.autograd.gradcheck(triplet, inputs)


def test_triplet_loss_keeps_single_precision_under_autocast():
    rows = [units(4).float() for _ in range(3)]
    with torch.autocast('cpu', dtype=torch.bfloat16):
        assert triplet(*(row.bfloat16() for row in rows)).dtype == torch.float32
        torch.testing.assert_close(triplet(*rows), triplet(*(row.double() for row in rows)).float())


@pytest.mark.parametrize('margin', [0, -0.5, 2.5, float('nan')])
def test_bad_margin_is_refused(margin):
    with pytest.raises(ValueError, match='margin'):
        triplet(units(2), units(2), units(2), margin)


def test_triplets_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match='negative'):
        triplet(units(2), units(2), units(3))


@pytest.mark.parametrize('reduction', ['mean', 'sum'])
def test_consistency_is_the_slow_obvious_one(reduction):
    original, disturbed = torch.rand(2, 3, 4, 2, 5, 5, dtype=torch.double)
    expected = 0
    for f_o, f_d in zip(original, disturbed):
        for c in range(4):
            for t in range(2):
                expected += (f_o[c, t].max() - f_d[c, t].max()) ** 2 / 3
    expected = expected / (4 * 2) if reduction == 'mean' else expected
    torch.testing.assert_close(temporal_consistency(original, disturbed, reduction), expected)


def test_consistency_asks_for_the_same_strength_at_the_same_time_not_in_the_same_place():
    maps = torch.rand(2, 3, 4, 5, 5)
    moved = maps.roll((1, 2), dims=(3, 4))
    assert temporal_consistency(maps, moved) == 0
    assert temporal_consistency(maps, maps.flip(2)) > 0


def test_consistency_pulls_both_maps():
    original, disturbed = (torch.rand(1, 2, 2, 3, 3, dtype=torch.double) for _ in range(2))
    inputs = (original.requires_grad_(), disturbed.requires_grad_())
    assert torch.autograd.gradcheck(temporal_consistency, inputs)
    temporal_consistency(*inputs).backward()
    assert original.grad.abs().sum() > 0 and disturbed.grad.abs().sum() > 0


def test_bad_consistency_is_refused():
    maps = torch.rand(2, 3, 4, 5, 5)
    with pytest.raises(ValueError, match='same N, C and T'):
        temporal_consistency(maps, maps[:, :, :2])
    with pytest.raises(ValueError, match='original has shape'):
        temporal_consistency(maps[0], maps[0])
    with pytest.raises(ValueError, match="reduction='none'"):
        temporal_consistency(maps, maps, 'none')
