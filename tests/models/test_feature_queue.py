import pytest
import torch

from mmdebias.models.feature_queue import FeatureQueue


def test_ring_is_that_of_the_authors(oracle):
    recorded = oracle('be_dsm_losses')
    queue = FeatureQueue(61, 128)
    queue.features.copy_(torch.from_numpy(recorded['memory_before']))
    queue.position.fill_(int(recorded['index_before']))
    queue.enqueue(torch.from_numpy(recorded['k']))
    assert torch.equal(queue.features, torch.from_numpy(recorded['memory_after']))
    assert queue.position == int(recorded['index_after'])


@pytest.mark.parametrize('batches', [[3, 3, 3], [7], [5, 2], [12, 1], [25], [1, 30, 4]])
def test_ring_holds_the_last_keys_whatever_the_batches(batches):
    queue = FeatureQueue(7, 2)
    expected = list(queue.features.clone())
    position = 0
    for size in batches:  # one key at a time, obviously right
        keys = torch.randn(size, 2)
        for key in keys:
            expected[position] = key
            position = (position + 1) % 7
        queue.enqueue(keys)
        assert torch.equal(queue.features, torch.stack(expected))
        assert queue.position == position


def test_start_is_unit_vectors_the_same_for_all_seeds():
    torch.manual_seed(1)
    first = FeatureQueue(50, 16).features
    torch.manual_seed(2)
    assert torch.equal(first, FeatureQueue(50, 16).features)
    torch.testing.assert_close(first.norm(dim=1), torch.ones(50))


def test_checkpoint_holds_keys_and_position():
    queue, other = FeatureQueue(7, 2), FeatureQueue(7, 2)
    queue.enqueue(torch.randn(5, 2))
    other.load_state_dict(queue.state_dict())
    assert other.position == 5 and torch.equal(other.features, queue.features)


def test_empty_queue_is_refused():
    with pytest.raises(ValueError, match='queue_size=0'):
        FeatureQueue(0, 4)
