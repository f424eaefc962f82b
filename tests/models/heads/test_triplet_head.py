import pytest
import torch
import torch.nn.functional as F

from mmdebias.models import TripletHead
from mmdebias.ops import triplet


def units(rows=4, columns=8):
    return F.normalize(torch.randn(rows, columns), dim=1)


def test_loss_is_within_the_video_unless_asked():
    anchor, positive, negative = units(), units(), units()
    losses = TripletHead(0.3).loss(anchor, positive, negative)
    torch.testing.assert_close(losses['loss_triplet'], triplet(anchor, positive, negative, 0.3))
    assert 'loss_inter' not in losses


def test_inter_video_term_takes_another_videos_negative():
    anchor, positive, negative = units(), units(), units()
    losses = TripletHead(inter_video=True).loss(anchor, positive, negative)
    others = negative[[3, 0, 1, 2]]
    torch.testing.assert_close(losses['loss_inter'], triplet(anchor, positive, others))
    torch.testing.assert_close(losses['loss_triplet'], triplet(anchor, positive, negative))


def test_the_videos_own_negative_may_be_left_out():
    anchor, positive, negative = units(), units(), units()
    losses = TripletHead(inter_video=True, intra_video=False).loss(anchor, positive, negative)
    others = negative[[3, 0, 1, 2]]
    torch.testing.assert_close(losses['loss_inter'], triplet(anchor, positive, others))
    assert 'loss_triplet' not in losses
    with pytest.raises(ValueError, match='leave no negative: set one to True'):
        TripletHead(intra_video=False)


def test_diagnostics_say_how_far_and_how_many():
    axes = torch.eye(4)
    anchor = axes[[0, 0]]
    losses = TripletHead(0.5).loss(anchor, axes[[0, 1]], axes[[2, 2]])
    assert losses['dist_pos'] == pytest.approx(2**0.5 / 2)
    assert losses['dist_neg'] == pytest.approx(2**0.5)
    assert losses['satisfied'] == 0.5
    assert losses['std'] == 0


def test_bad_margin_is_refused_when_built():
    with pytest.raises(ValueError, match='margin=0'):
        TripletHead(margin=0)
