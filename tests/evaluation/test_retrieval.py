import pytest
import torch

from mmdebias.evaluation import retrieval_recall


def random_sets(classes=4, gallery=30, query=12):
    return (
        torch.randn(gallery, 6),
        torch.randint(0, classes, (gallery,)),
        torch.randn(query, 6),
        torch.randint(0, classes, (query,)),
    )


def test_recall_is_that_of_the_authors(oracle):
    recorded = {k: torch.as_tensor(v) for k, v in oracle('retrieval').items()}
    sets = [recorded[k] for k in ('gallery', 'gallery_labels', 'query', 'query_labels')]
    ks = recorded['ks'].tolist()
    plain = retrieval_recall(*sets, ks)
    assert [round(80 * plain[k]) for k in ks] == recorded['be_correct'].tolist()
    centred = retrieval_recall(*sets, ks, center=True)
    assert list(centred.values()) == pytest.approx(recorded['fame_recall'].tolist())


def test_recall_is_the_slow_obvious_one():
    gallery, gallery_labels, query, query_labels = random_sets()
    recall = retrieval_recall(gallery, gallery_labels, query, query_labels, (1, 3, 7))
    for k, value in recall.items():
        hits = 0
        for feature, label in zip(query, query_labels):
            similarity = torch.cosine_similarity(gallery, feature[None])
            nearest = similarity.argsort(descending=True)[:k]
            hits += int((gallery_labels[nearest] == label).any())
        assert value == pytest.approx(hits / len(query))


def test_centred_sets_are_those_with_their_means_taken_off():
    gallery, gallery_labels, query, query_labels = random_sets()
    gallery, query = gallery + 3, query - 2
    labels, ks = (gallery_labels, query_labels), (1, 3, 7)
    centred = retrieval_recall(gallery, labels[0], query, labels[1], ks, center=True)
    by_hand = gallery - gallery.mean(0), query - query.mean(0)
    assert centred == retrieval_recall(by_hand[0], labels[0], by_hand[1], labels[1], ks)
    assert centred != retrieval_recall(gallery, labels[0], query, labels[1], ks)


def test_more_neighbours_than_the_gallery_are_all_of_it():
    gallery, labels, query, _ = random_sets()
    recall = retrieval_recall(gallery, labels, query, labels[:12], ks=(1000,))
    assert recall[1000] == 1


def test_class_absent_from_the_gallery_is_never_found():
    gallery, labels, query, query_labels = random_sets()
    assert retrieval_recall(gallery, labels, query, query_labels + 100, (30,))[30] == 0


@pytest.mark.parametrize('side', [1, 3])
def test_missing_labels_are_refused(side):
    sets = list(random_sets())
    sets[side] = torch.full_like(sets[side], -1)
    with pytest.raises(ValueError, match='has the label -1: label all of its videos'):
        retrieval_recall(*sets)


def test_bad_features_are_refused():
    gallery, labels, query, query_labels = random_sets()
    query[3] = float('nan')
    with pytest.raises(ValueError, match='of query are not finite, the first is 3'):
        retrieval_recall(gallery, labels, query, query_labels)
    with pytest.raises(ValueError, match='gallery is empty'):
        retrieval_recall(gallery[:0], labels[:0], gallery, labels)
    with pytest.raises(ValueError, match='ks='):
        retrieval_recall(gallery, labels, gallery, labels, ks=(0, 1))
