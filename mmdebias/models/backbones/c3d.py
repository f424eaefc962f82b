"""C3D with batch normalisation, as BE and DSM train it."""

from typing import Any

from mmaction.registry import MODELS
from torch import nn

from .staged_backbone import StagedBackbone

# The eight convolutions: name, channels in, channels out.
CONVOLUTIONS = (
    ('1', 3, 64),
    ('2', 64, 128),
    ('3a', 128, 256),
    ('3b', 256, 256),
    ('4a', 256, 512),
    ('4b', 512, 512),
    ('5a', 512, 512),
    ('5b', 512, 512),
)


@MODELS.register_module()
class C3DBN(StagedBackbone):
    """C3D's eight 3x3x3 convolutions, each with batch normalisation, up to the last feature map.

    Tran et al., "Learning Spatiotemporal Features with 3D Convolutional Networks", ICCV 2015,
    section 3.3 and figure 3, without ``pool5`` and the fully connected layers. 27,661,440
    parameters. The state dict has the names of BE's and DSM's code. MMAction2's ``C3D`` is another
    net: without batch normalisation unless asked, and it returns ``fc7`` of clips of one size.

    Shapes: [N, C, T, H, W] to [N, 512, T', H', W'] with T' = T / 8 and H' = H / 16, rounded up as
    in the original's Caffe: 16 x 112 x 112 gives 2 x 7 x 7, and 16 x 224 x 224 gives 2 x 14 x 14.

    Stages, for ``frozen_stages``: the stem is ``conv1``; stage k of 4 is the pooling and the
    convolutions numbered k + 1.

    Initial weights: PyTorch's own, as in the code of BE and DSM.

    Args:
        in_channels: Channels of the clip: 3 for RGB.
        **options: ``frozen_stages``, ``norm_eval``, ``with_cp``, ``channels_last_3d`` and
            ``init_cfg`` of :class:`StagedBackbone`.

    Raises:
        ValueError: as :class:`StagedBackbone`.

    Example:
        >>> backbone = C3DBN()
        >>> backbone.init_weights()
        >>> backbone(torch.randn(2, 3, 16, 112, 112)).shape
        torch.Size([2, 512, 2, 7, 7])
    """

    stages = (
        ('conv1 bn1 relu1',),
        ('pool1 conv2 bn2 relu2',),
        ('pool2 conv3a bn3a relu3a', 'conv3b bn3b relu3b'),
        ('pool3 conv4a bn4a relu4a', 'conv4b bn4b relu4b'),
        ('pool4 conv5a bn5a relu5a', 'conv5b bn5b relu5b'),
    )

    def __init__(self, in_channels: int = 3, **options: Any) -> None:
        super().__init__(in_channels, **options)
        for name, width_in, width_out in CONVOLUTIONS:
            width_in = in_channels if name == '1' else width_in
            self.add_module(f'conv{name}', nn.Conv3d(width_in, width_out, 3, padding=1))
            self.add_module(f'bn{name}', nn.BatchNorm3d(width_out))
            self.add_module(f'relu{name}', nn.ReLU(inplace=True))
        self.pool1 = nn.MaxPool3d((1, 2, 2), ceil_mode=True)
        for name in ('pool2', 'pool3', 'pool4'):
            self.add_module(name, nn.MaxPool3d(2, ceil_mode=True))
        self._finish()
