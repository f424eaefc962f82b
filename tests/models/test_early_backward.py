import copy

import pytest
import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.checkpoint import checkpoint

from helpers.two_ranks import on_two_ranks
from mmdebias.models.early_backward import backward_early, with_gradients


class TwoParts(nn.Module):
    """A net whose loss is that of one input plus that of another."""

    def __init__(self, early):
        super().__init__()
        torch.manual_seed(0)
        self.net = nn.Sequential(nn.Linear(5, 7), nn.BatchNorm1d(7), nn.Tanh(), nn.Linear(7, 3))
        self.early = early
        self.first_has_a_graph = None

    def forward(self, one, other):
        first = self.net(one).square().mean()
        if self.early:
            first = backward_early(dict(loss=first))['loss']
        self.first_has_a_graph = type(first.grad_fn).__name__ != '_WithGradientsBackward'
        return first + self.net(other).square().mean()


def inputs(seed=0):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(6, 5, generator=generator) for _ in range(2)]


def gradients(model):
    return [parameter.grad for parameter in model.parameters()]


@pytest.mark.parametrize('scale', [1, 1024])
def test_gradients_are_those_of_one_backward_pass(scale):
    early, late = TwoParts(True), TwoParts(False)
    for _ in range(2):  # accumulated
        for model in (early, late):
            loss = model(*inputs())
            (loss * scale).backward()
    torch.testing.assert_close(gradients(early), gradients(late), rtol=1e-6, atol=1e-6 * scale)
    torch.testing.assert_close(early.net[1].running_mean, late.net[1].running_mean)


def test_of_the_first_part_no_graph_is_left():
    kept = []
    early = TwoParts(True)
    early.net[2].register_forward_hook(lambda module, args, out: kept.append(out.grad_fn))
    early(*inputs())
    assert not early.first_has_a_graph
    first, second = kept
    with pytest.raises(RuntimeError, match='freed'):
        first(torch.ones(6, 7))
    second(torch.ones(6, 7))


def test_bfloat16_takes_them_early_and_float16_does_not():
    for dtype, graph in ((torch.bfloat16, False), (torch.float16, True)):
        early, late = TwoParts(True), TwoParts(False)
        for model in (early, late):
            with torch.autocast('cpu', dtype):
                loss = model(*inputs())
            loss.backward()
        assert early.first_has_a_graph == graph
        # Late, the two parts' gradients are added in the lower precision.
        torch.testing.assert_close(gradients(early), gradients(late), rtol=0.02, atol=0.002)


@pytest.mark.parametrize('reentrant', [True, False])
def test_recomputed_activations_have_the_gradients_of_one_backward_pass(reentrant):
    early, late = TwoParts(True), TwoParts(False)
    for model in (early, late):
        whole = model.net.forward
        # As MMEngine's activation_checkpointing does, and within it something else is trained.
        model.net.forward = lambda x, f=whole: checkpoint(f, x, use_reentrant=reentrant)
        model.scale = nn.Parameter(torch.ones(5))
        model(*(clips * model.scale for clips in inputs())).backward()
    assert early.first_has_a_graph == reentrant
    torch.testing.assert_close(gradients(early), gradients(late))


def test_frozen_nets_are_left_alone():
    model = TwoParts(True).requires_grad_(False)
    assert not model(*inputs()).requires_grad


def test_a_hook_of_a_parameter_changes_its_gradient_once():
    early, late = TwoParts(True), TwoParts(False)
    for model in (early, late):
        model.net[0].weight.register_hook(lambda gradient: gradient / 2)
        model(*inputs()).backward()
    assert early.first_has_a_graph
    torch.testing.assert_close(gradients(early), gradients(late))


def test_several_losses_have_one_graph():
    found = []
    for early in (True, False):
        net = TwoParts(False).net
        features = net(inputs()[0])
        losses = dict(
            loss_one=features.square().mean(), loss_other=features.tanh().sum(),
            size=features.detach().norm(),
        )  # fmt: skip
        if early:
            losses = backward_early(losses)
        (losses['loss_one'] + 3 * losses['loss_other']).backward()
        found.append([losses['size'], *(parameter.grad for parameter in net.parameters())])
    torch.testing.assert_close(*found)


def test_a_second_backward_pass_says_that_the_gradients_are_gone():
    loss = TwoParts(True)(*inputs())
    loss.backward(retain_graph=True)
    with pytest.raises(RuntimeError, match='compute the loss again'):
        loss.backward()


def test_frozen_and_unused_parameters_get_no_gradient():
    early, late = TwoParts(True), TwoParts(False)
    for model in (early, late):
        model.unused = nn.Linear(2, 2)
        model.net[0].requires_grad_(False)
        model(*inputs()).backward()
        assert model.unused.weight.grad is None and model.net[0].weight.grad is None
    torch.testing.assert_close(early.net[3].weight.grad, late.net[3].weight.grad)


def check_ranks(rank):
    found = []
    for early in (True, False):
        model = DistributedDataParallel(TwoParts(early))
        for step in range(3):
            model.zero_grad()
            model(*inputs(2 * step + rank)).backward()
        found.append(copy.deepcopy(gradients(model)))
    torch.testing.assert_close(*found, rtol=1e-6, atol=1e-6)
    other = [torch.zeros_like(g) for g in found[0]]
    for mine, theirs in zip(found[0], other):
        theirs.copy_(mine)
        torch.distributed.broadcast(theirs, 0)
    torch.testing.assert_close(found[0], other)


def test_two_ranks_average_them_once():
    on_two_ranks(check_ranks)


def test_what_else_a_loss_was_computed_from_may_change_afterwards():
    query = torch.randn(3, 4, requires_grad=True)
    others = torch.randn(5, 4)
    expected = torch.autograd.grad((query.tanh() @ others.T).exp().sum(), query)[0]
    embedded = query.tanh()
    loss = with_gradients((embedded @ others.T).exp().sum(), [embedded])
    others.zero_()
    loss.backward()
    torch.testing.assert_close(query.grad, expected)
