import math

import pytest
import torch
from torch.nn.functional import cosine_similarity

from mmdebias.evaluation import knn_accuracy


def slow_ranks(gallery, gallery_labels, query, k, temperature):
    """For each query its classes, the one with the most votes first."""
    for feature in query:
        nearest = sorted(
            (-float(cosine_similarity(row, feature, dim=0)), i) for i, row in enumerate(gallery)
        )[:k]
        votes = {}
        for negative, i in nearest:
            label = int(gallery_labels[i])
            votes[label] = votes.get(label, 0) + math.exp(-negative / temperature)
        yield sorted(votes, key=lambda label: (-votes[label], label))


@pytest.mark.parametrize(('k', 'temperature'), [(1, 0.07), (9, 0.07), (9, 10.0), (1000, 0.5)])
def test_accuracy_is_the_slow_obvious_one(k, temperature):
    gallery, query = torch.randn(60, 5), torch.randn(25, 5)
    labels, wanted = torch.randint(0, 6, (60,)), torch.randint(0, 6, (25,))
    found = knn_accuracy(gallery, labels, query, wanted, k, temperature, topk=(1, 3))
    ranks = list(slow_ranks(gallery, labels, query, k, temperature))
    for n in (1, 3):
        right = [int(label) in rank[:n] for label, rank in zip(wanted, ranks)]
        assert found[n] == pytest.approx(sum(right) / 25)


def test_temperature_decides_between_one_near_and_two_far():
    gallery = torch.tensor([[1.0, 0], [0.6, 0.8], [0.6, 0.8]])
    arguments = gallery, torch.tensor([1, 0, 0]), torch.tensor([[1.0, 0]]), torch.tensor([1])
    # exp(.4 / T) against 2: the single one wins below T = .577.
    assert knn_accuracy(*arguments, temperature=0.5)[1] == 1
    assert knn_accuracy(*arguments, temperature=0.7)[1] == 0


def test_equal_votes_go_to_the_smaller_label():
    gallery, query = torch.eye(3)[[0, 0]], torch.eye(3)[[0]]
    for label, right in ((2, 1), (4, 0)):
        found = knn_accuracy(gallery, torch.tensor([4, 2]), query, torch.tensor([label]), topk=(1,))
        assert found == {1: right}


def test_class_absent_from_the_gallery_is_wrong_however_many_answers_count():
    gallery, labels = torch.randn(10, 3), torch.arange(10) % 2
    assert knn_accuracy(gallery, labels, gallery, labels + 7, topk=(1, 50)) == {1: 0, 50: 0}


def test_tiny_temperatures_do_not_overflow():
    gallery, labels = torch.randn(10, 3), torch.arange(10)
    assert knn_accuracy(gallery, labels, gallery, labels, temperature=1e-4)[1] == 1


def test_what_cannot_vote_is_refused():
    rows, labels = torch.randn(4, 2), torch.arange(4)
    with pytest.raises(ValueError, match='temperature=0'):
        knn_accuracy(rows, labels, rows, labels, temperature=0)
    with pytest.raises(ValueError, match='query has the label -1'):
        knn_accuracy(rows, labels, rows, labels - 1)
