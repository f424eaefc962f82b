import math

import pytest
import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from mmdebias.models.backbones import C3DBN, R3D, InceptionI3D, R2Plus1D


@pytest.fixture(params=[InceptionI3D, R2Plus1D, C3DBN, R3D])
def backbone_class(request):
    return request.param


@pytest.fixture
def clips():
    return torch.randn(2, 3, 4, 32, 32, generator=torch.Generator().manual_seed(0))


def parts(backbone):
    """The state of each stage, the stem first: clones, to compare with later."""
    return [
        {
            f'{name}.{key}': value.clone()
            for name, child in children.items()
            for key, value in child.state_dict().items()
        }
        for children in backbone.children_of_stages()
    ]


def is_equal(before, after):
    return all(before[key].equal(after[key]) for key in before)


@pytest.mark.parametrize('frozen_stages', [-1, 0, 2])
def test_frozen_stages_stay_as_they_are(backbone_class, clips, frozen_stages):
    backbone = backbone_class(frozen_stages=frozen_stages).train()
    before = parts(backbone)
    learnt = [parameter for parameter in backbone.parameters() if parameter.requires_grad]
    optimizer = torch.optim.SGD(learnt, lr=0.1, weight_decay=0.1)

    backbone(clips).square().mean().backward()
    optimizer.step()

    unchanged = [is_equal(*pair) for pair in zip(before, parts(backbone))]
    assert unchanged == [stage <= frozen_stages for stage in range(5)]


def test_leaving_eval_mode_wakes_no_frozen_normalisation(backbone_class):
    backbone = backbone_class(frozen_stages=0).eval().train()

    frozen, *learning = backbone.children_of_stages()
    assert not any(child.training for child in frozen.values())
    assert all(child.training for children in learning for child in children.values())


@pytest.mark.parametrize('frozen_stages', [-2, 5])
def test_a_stage_that_does_not_exist_cannot_be_frozen(backbone_class, frozen_stages):
    with pytest.raises(ValueError, match=f'frozen_stages={frozen_stages}, but .* has 4 stages'):
        backbone_class(frozen_stages=frozen_stages)


def test_norm_eval_holds_the_running_statistics_and_learns_the_scale(backbone_class, clips):
    backbone = backbone_class(norm_eval=True).train()
    before = {name: value.clone() for name, value in backbone.named_buffers()}

    backbone(clips).square().mean().backward()

    assert is_equal(before, dict(backbone.named_buffers()))
    norms = [module for module in backbone.modules() if isinstance(module, _BatchNorm)]
    assert all(norm.weight.grad is not None and not norm.training for norm in norms)


@pytest.mark.parametrize('frozen_stages', [-1, 1])
def test_checkpointing_changes_neither_output_nor_gradients_nor_statistics(
    backbone_class, clips, frozen_stages
):
    plain = backbone_class(frozen_stages=frozen_stages).train()
    thrifty = backbone_class(frozen_stages=frozen_stages, with_cp=True).train()
    thrifty.load_state_dict(plain.state_dict())

    outputs = []
    for backbone in (plain, thrifty):
        outputs.append(backbone(clips))
        outputs[-1].square().mean().backward()

    torch.testing.assert_close(*outputs)
    for one, other in zip(plain.parameters(), thrifty.parameters()):
        torch.testing.assert_close(one.grad, other.grad)
    for one, other in zip(plain.buffers(), thrifty.buffers()):
        torch.testing.assert_close(one, other)


def test_checkpointing_keeps_fewer_activations(backbone_class, clips):
    def kept(with_cp):
        sizes = []
        backbone = backbone_class(with_cp=with_cp).train()
        weights = {parameter.data_ptr() for parameter in backbone.parameters()}

        def pack(tensor):
            if tensor.data_ptr() not in weights:
                sizes.append(tensor.numel())
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
            backbone(clips)
        return sum(sizes)

    assert kept(with_cp=True) < kept(with_cp=False) / 3


@pytest.mark.parametrize('options', [{}, {'frozen_stages': 4}, {'with_cp': True}])
def test_the_gradient_reaches_the_input(backbone_class, clips, options):
    backbone = backbone_class(**options).eval()
    clips.requires_grad_()

    backbone(clips).sum().backward()

    assert clips.grad.abs().amax(dim=(1, 2, 3, 4)).gt(0).all()


def test_clips_of_a_batch_do_not_mix_in_eval_mode(backbone_class, clips):
    backbone = backbone_class().eval()

    with torch.no_grad():
        together, alone = backbone(clips), backbone(clips[1:])

    torch.testing.assert_close(together[1:], alone, atol=1e-5, rtol=1e-4)


def test_bf16_autocast_trains(backbone_class, clips):
    backbone = backbone_class().train()

    with torch.autocast('cpu', torch.bfloat16):
        features = backbone(clips)
    features.float().square().mean().backward()

    assert features.dtype == torch.bfloat16
    assert all(parameter.grad.isfinite().all() for parameter in backbone.parameters())


def test_the_memory_format_does_not_matter(backbone_class, clips):
    plain, channels_last = backbone_class().eval(), backbone_class(channels_last_3d=True).eval()
    channels_last.load_state_dict(plain.state_dict())
    convolutions = [module for module in channels_last.modules() if isinstance(module, nn.Conv3d)]
    entered = []
    convolutions[0].register_forward_pre_hook(lambda module, args: entered.append(args[0]))

    with torch.no_grad():
        features = channels_last(clips)

    for tensor in (*entered, *[module.weight for module in convolutions]):
        assert tensor.is_contiguous(memory_format=torch.channels_last_3d)
    torch.testing.assert_close(features, plain(clips).detach(), atol=1e-5, rtol=1e-4)


def test_it_compiles_into_one_graph(backbone_class, clips):
    backbone = backbone_class().eval()
    compiled = torch.compile(backbone, backend='eager', fullgraph=True)

    with torch.no_grad():
        torch.testing.assert_close(compiled(clips), backbone(clips))


def test_optical_flow_has_two_channels(backbone_class):
    backbone = backbone_class(in_channels=2).eval()

    assert backbone(torch.randn(1, 2, 4, 32, 32)).isfinite().all()


@pytest.mark.parametrize('size', [(3, 32, 32), (4, 31, 32), (4, 32, 31)])
def test_too_small_a_clip_is_an_error_that_says_what_to_do(backbone_class, size):
    expected = f'at least 4 frames of 32x32, got {size[0]} of {size[1]}x{size[2]}: sample more'

    with pytest.raises(ValueError, match=expected):
        backbone_class()(torch.randn(1, 3, *size))


@pytest.mark.parametrize('shape', [(1, 4, 3, 32, 32), (1, 1, 3, 4, 32, 32)])
def test_a_clip_in_another_layout_is_an_error_that_says_what_to_do(backbone_class, shape):
    with pytest.raises(ValueError, match=r"got \(1, .* set FormatShape\(input_format='NCTHW'\)"):
        backbone_class()(torch.randn(shape))


@pytest.mark.parametrize('net', [InceptionI3D, C3DBN])
def test_weights_of_i3d_and_c3d_start_as_pytorch_draws_them(net):
    torch.manual_seed(3)
    backbone = net()
    drawn = {key: value.clone() for key, value in backbone.state_dict().items()}

    backbone.init_weights()

    assert is_equal(drawn, backbone.state_dict())
    for module in backbone.modules():
        if isinstance(module, nn.Conv3d):
            fan_in = module.in_channels * math.prod(module.kernel_size)
            for values in module.parameters():
                assert values.abs().max() <= fan_in**-0.5 * 1.0001
            assert module.weight.std().item() == pytest.approx((3 * fan_in) ** -0.5, rel=0.05)


@pytest.mark.parametrize('net', [R2Plus1D, R3D])
def test_weights_of_residual_nets_start_kaiming_normal(net):
    backbone = net()
    for parameter in backbone.parameters():
        nn.init.constant_(parameter, 7)

    backbone.init_weights()

    for module in backbone.modules():
        if isinstance(module, nn.Conv3d):
            fan_out = module.out_channels * math.prod(module.kernel_size)
            assert module.weight.std().item() == pytest.approx(math.sqrt(2 / fan_out), rel=0.1)
        elif isinstance(module, _BatchNorm):
            assert module.weight.eq(1).all()
            assert module.bias.eq(0).all()


@pytest.mark.parametrize('prefix', ['', 'backbone.'])
def test_a_checkpoint_is_really_loaded(backbone_class, tmp_path, prefix):
    trained = backbone_class()
    weights = {prefix + key: value for key, value in trained.state_dict().items()}
    torch.save({'state_dict': weights}, tmp_path / 'trained.pth')
    pretrained = {'type': 'Pretrained', 'checkpoint': str(tmp_path / 'trained.pth')}
    if prefix:
        pretrained['prefix'] = prefix

    backbone = backbone_class(frozen_stages=1, init_cfg=pretrained)
    backbone.init_weights()

    assert is_equal(trained.state_dict(), backbone.state_dict())
