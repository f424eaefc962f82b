import pytest
import torch
import torch.nn.functional as F

from mmdebias.models import InfoNCEHead
from mmdebias.ops import info_nce


def units(rows, columns=32):
    return F.normalize(torch.randn(rows, columns), dim=1)


def test_loss_is_info_nce():
    query, key, queue, negative = units(4), units(4), units(9), units(4)
    losses = InfoNCEHead(0.2).loss(query, key, queue, negative)
    torch.testing.assert_close(losses['loss_contrast'], info_nce(query, key, queue, 0.2, negative))


def test_numbers_show_learning_and_collapse():
    head, query, queue = InfoNCEHead(), units(64), units(256)
    learned = head.loss(query, query, queue)
    assert learned['top1'] == 1 and learned['cos_pos'] > 0.999
    assert abs(learned['cos_neg']) < 0.1 and abs(learned['std'] - 1) < 0.1
    same = units(1)
    collapsed = head.loss(same.expand(64, -1), same.expand(64, -1), same.expand(256, -1))
    assert collapsed['cos_neg'] > 0.999 and collapsed['std'] < 1e-3


def test_cosine_with_the_own_negative_is_shown_where_there_is_one():
    query, negative = units(4), units(4)
    losses = InfoNCEHead().loss(query, units(4), units(9), negative)
    torch.testing.assert_close(losses['cos_own'], (query * negative).sum(1).mean())
    assert 'cos_own' not in InfoNCEHead().loss(query, units(4), units(9))


def test_batch_of_one_gives_finite_numbers():
    losses = InfoNCEHead().loss(units(1), units(1), units(5))
    assert all(torch.isfinite(value) for value in losses.values())


def test_only_the_loss_is_called_loss():
    # MMEngine adds up whatever has 'loss' in its name.
    names = InfoNCEHead().loss(units(2), units(2), units(3))
    assert [name for name in names if 'loss' in name] == ['loss_contrast']


def test_bad_temperature_is_refused_when_built():
    with pytest.raises(ValueError, match='temperature=0'):
        InfoNCEHead(0)
