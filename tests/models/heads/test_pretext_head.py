import pytest
import torch
import torch.nn.functional as F

from mmdebias.models import PairwiseOrderHead, PretextHead


def test_scores_come_from_the_maximum_over_space_and_time():
    head = PretextHead(in_channels=5, num_classes=4)
    maps = torch.rand(3, 1, 5, 2, 4, 4)
    peaks = torch.stack([m[0].flatten(1).max(1).values for m in maps])
    torch.testing.assert_close(head(maps), head.classifier[-1](peaks))


def test_pieces_keep_their_places():
    head = PretextHead(in_channels=5, num_classes=24, num_pieces=4, hidden_channels=16)
    maps = torch.rand(2, 4, 5, 2, 4, 4)
    assert head(maps).shape == (2, 24)
    assert not torch.allclose(head(maps), head(maps.flip(1)))


def test_pairs_are_concatenated_in_order_and_share_a_layer():
    head = PairwiseOrderHead(in_channels=5, num_classes=6, num_pieces=3, hidden_channels=7).eval()
    maps = torch.rand(2, 3, 5, 2, 4, 4)
    a, b, c = maps.amax((3, 4, 5)).unbind(1)
    pairs = [torch.cat(pair, dim=1) for pair in ((a, b), (a, c), (b, c))]
    joined = torch.cat([head.join.layer(pair) for pair in pairs], dim=1)
    torch.testing.assert_close(head(maps), head.classifier(joined))


def test_loss_is_cross_entropy_and_top1_the_share_of_right_names():
    head = PretextHead(in_channels=5, num_classes=4)
    maps, labels = torch.rand(6, 1, 5, 2, 3, 3), torch.tensor([0, 1, 2, 3, 0, 1])
    losses = head.loss(maps, labels)
    scores = head(maps)
    torch.testing.assert_close(losses['loss_pretext'], F.cross_entropy(scores, labels))
    assert losses['top1'] == (scores.argmax(1) == labels).float().mean()


def test_other_pieces_or_channels_are_refused():
    head = PretextHead(in_channels=5, num_classes=24, num_pieces=4)
    with pytest.raises(ValueError, match='set in_channels'):
        head(torch.rand(2, 4, 6, 2, 3, 3))
    with pytest.raises(ValueError, match='made for'):
        head(torch.rand(2, 3, 5, 2, 3, 3))
