import pytest
import torch
import torch.distributed as dist
from torch import nn

from helpers.two_ranks import RANKS, on_two_ranks


def check_exchange(rank):
    from mmdebias.models.gather import exchange, gather_rows, give_back

    rows = torch.arange(3 + rank)[:, None] + 100.0 * rank  # 3 rows on rank 0, 4 on rank 1
    everything = torch.tensor([0.0, 1, 2, 100, 101, 102, 103])[:, None]
    assert torch.equal(gather_rows(rows), everything)
    met = False
    for _ in range(20):
        mine, order = exchange(rows)
        assert len(mine) == len(rows)
        met |= bool(((mine >= 100) != rank).any())  # clips of the other rank
        own, all_rows = give_back(mine * 2, order)
        assert torch.equal(own, rows * 2)
        assert torch.equal(all_rows, everything * 2)
    assert met


def check_queue(rank, shuffle_bn, batches):
    from mmaction.registry import MODELS
    from mmengine.registry import init_default_scope

    import mmdebias  # noqa: F401  (registers MoCoRecognizer)

    init_default_scope('mmaction')
    moco = MODELS.build(
        dict(
            type='MoCoRecognizer',
            backbone=dict(
                type='ResNet3d',
                depth=18,
                pretrained=None,
                pretrained2d=False,
                base_channels=4,
                norm_eval=False,
                zero_init_residual=False,
            ),
            neck=dict(type='ProjectionNeck', in_channels=32, out_channels=8),
            head=dict(type='InfoNCEHead'),
            queue_size=10,
            shuffle_bn=shuffle_bn,
        )
    )
    model = nn.parallel.DistributedDataParallel(moco, broadcast_buffers=False)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    for sizes in batches:
        clips = {view: torch.randn(sizes[rank], 3, 4, 16, 16) for view in ('query', 'key')}
        loss = model(clips, mode='loss')['loss_contrast']
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        for tensor in (moco.queue.features, moco.queue.position):
            copies = [torch.empty_like(tensor) for _ in range(RANKS)]
            dist.all_gather(copies, tensor)
            assert torch.equal(*copies)
    assert moco.queue.position == sum(2 * sum(sizes) for sizes in batches) % 10


def check_shuffling_changes_nothing_without_batch_norm(rank):
    from mmdebias.models.recognizers import MoCoRecognizer

    class Stub(MoCoRecognizer):
        def __init__(self, shuffle_bn):
            nn.Module.__init__(self)
            self.shuffle_bn, self.bn_groups = shuffle_bn, 1
            self.momentum_encoder = nn.Flatten()

    clips = torch.randn(3, 2, 2)
    for plain, shuffled in zip(Stub(False).embed_key(clips), Stub(True).embed_key(clips)):
        assert torch.equal(plain, shuffled)


def test_clips_are_dealt_out_and_keys_given_back():
    on_two_ranks(check_exchange)


def test_keys_are_the_same_with_and_without_shuffling():
    on_two_ranks(check_shuffling_changes_nothing_without_batch_norm)


@pytest.mark.parametrize('shuffle_bn', [True, False])
def test_queue_is_the_same_on_all_ranks_bit_for_bit(shuffle_bn):
    # The last batch is smaller, and of another size on each rank.
    on_two_ranks(check_queue, shuffle_bn, [(3, 3), (3, 3), (2, 3)])
