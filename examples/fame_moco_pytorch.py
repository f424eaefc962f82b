"""FAME with MoCo on one page: plain PyTorch and ``mmdebias.ops``, no config, no runner.

Videos are made here: a coloured square moves before a textured wall. Two clips of one video have
both in common, and contrastive learning is free to go by either. The wall is larger. FAME (Ding et
al., CVPR 2022) pastes what moves on the wall of another video, so that the wall is of no use.

    python examples/fame_moco_pytorch.py            # FAME
    python examples/fame_moco_pytorch.py --beta 1   # plain MoCo: all of the frame is foreground

Both print the loss, and of new clips how often the same square before another wall is nearer than
another square before the same wall.
"""

import argparse
import copy
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmdebias.ops import fame_mask, info_nce, merge

SIZE, SIDE = 32, 8  # pixels, of a frame and of the square
FRAMES, CLIP_LEN = 20, 8  # frames of a video and of a clip
CHANNELS = 64  # of the vectors that are compared
TEMPERATURE, MOMENTUM, QUEUE_SIZE = 0.1, 0.99, 512


# The data ---------------------------------------------------------------------------------------


def make_squares(n: int) -> tuple[Tensor, Tensor]:
    """Draw what is in front: colours ``[N, 3]`` and velocities ``[N, 2]`` in pixels a frame."""
    colour = torch.rand(n, 3)
    angle = 2 * math.pi * torch.rand(n)
    velocity = 1.5 * torch.stack([angle.cos(), angle.sin()], 1)
    return colour / colour.amax(1, keepdim=True), velocity


def make_walls(n: int) -> Tensor:
    """Draw what is behind: ``[N, 3, SIZE, SIZE]``."""
    return 0.1 + 0.6 * F.interpolate(torch.rand(n, 3, 12, 12), SIZE, mode='bilinear')


def film(squares: tuple[Tensor, Tensor], walls: Tensor) -> Tensor:
    """Film each square before its wall: uint8 RGB ``[N, 3, T, H, W]``, as a decoder returns it."""
    colour, velocity = squares
    begin = SIZE * torch.rand(len(walls), 2, 1)
    corner = begin + velocity[..., None] * torch.arange(FRAMES)  # [N, 2, T]
    # A square that leaves the frame comes back on the other side.
    inside = (torch.arange(SIZE) - corner[..., None]) % SIZE < SIDE  # [N, 2, T, SIZE]
    x, y = inside.float().unbind(1)
    square = (x[:, :, None, :] * y[:, :, :, None])[:, None]  # [N, 1, T, H, W]
    frames = square * colour[..., None, None, None] + (1 - square) * walls[:, :, None]
    return (255 * (frames + 0.01 * torch.randn(frames.shape)).clamp(0, 1)).byte()


def two_clips(videos: Tensor) -> tuple[Tensor, Tensor]:
    """Cut two clips ``[N, 3, CLIP_LEN, H, W]`` out of each video, at different times."""
    first, second = torch.randperm(FRAMES - CLIP_LEN + 1)[:2].tolist()
    return videos[:, :, first : first + CLIP_LEN], videos[:, :, second : second + CLIP_LEN]


# FAME -------------------------------------------------------------------------------------------


def paste_on_other_walls(clips: Tensor, beta: float) -> Tensor:
    """Find what moves in each clip, and paste it on another clip of the batch.

    This is done on raw RGB, before colours are changed and normalised.
    """
    if beta == 1:
        return clips
    mask = fame_mask(clips, beta=beta)  # Eqs. 2 and 3: bool [N, H, W], one for all frames
    return merge(clips, clips.roll(1, 0), mask)  # Eq. 4: X * M + Y * (1 - M)


def to_input(clips: Tensor, training: bool = True) -> Tensor:
    """Normalise clips; while training, each gets a brightness of its own."""
    light = 0.6 + 0.8 * torch.rand(len(clips), 1, 1, 1, 1) if training else 1
    return (clips.float() / 255 * light - 0.4) / 0.25


# MoCo -------------------------------------------------------------------------------------------


class Encoder(nn.Module):
    """A small 3D convolutional backbone, and MoCo's two layers behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = nn.Sequential(
            *self.stage(3, 8, (1, 2, 2)),
            *self.stage(8, 16, (2, 2, 2)),
            *self.stage(16, 32, (2, 2, 2)),
            nn.AdaptiveAvgPool3d(1),
            nn.Flatten(),
        )
        self.neck = nn.Sequential(nn.Linear(32, 64), nn.ReLU(True), nn.Linear(64, CHANNELS))

    @staticmethod
    def stage(channels: int, out: int, stride: tuple[int, int, int]) -> list[nn.Module]:
        """Convolve, normalise, cut off below zero."""
        conv = nn.Conv3d(channels, out, 3, stride, padding=1, bias=False)
        return [conv, nn.BatchNorm3d(out), nn.ReLU(True)]

    def forward(self, clips: Tensor) -> Tensor:
        """Unit vectors ``[N, CHANNELS]``."""
        return F.normalize(self.neck(self.backbone(clips)), dim=1)


def train(steps: int, beta: float, batch_size: int = 32) -> tuple[Encoder, list[float]]:
    """Pre-train an encoder; return it and the loss of each step."""
    encoder = Encoder()
    # The keys' encoder follows the queries' slowly and has no gradient of its own.
    momentum_encoder = copy.deepcopy(encoder).requires_grad_(False)
    optimizer = torch.optim.Adam(encoder.parameters(), 3e-3)
    queue = torch.empty(0, CHANNELS)
    losses: list[float] = []
    while len(losses) < steps:
        clips, others = two_clips(film(make_squares(batch_size), make_walls(batch_size)))
        with torch.no_grad():
            for ours, theirs in zip(momentum_encoder.parameters(), encoder.parameters()):
                ours.lerp_(theirs, 1 - MOMENTUM)
            key = momentum_encoder(to_input(others))
        if len(queue) == QUEUE_SIZE:  # the first batches only fill it
            query = encoder(to_input(paste_on_other_walls(clips, beta)))
            # Eq. 1: which of [its own key | the queue] belongs to the query?
            loss = info_nce(query, key, queue, TEMPERATURE)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            if len(losses) % 20 == 0:
                print(f'step {len(losses):4}   loss {sum(losses[-20:]) / 20:.2f}')
        queue = torch.cat([key, queue])[:QUEUE_SIZE]  # the oldest keys leave
    return encoder, losses


# What was learned -------------------------------------------------------------------------------


@torch.no_grad()
def foreground_wins(encoder: Encoder, n: int = 512) -> float:
    """Compare squares with walls, by the backbone's features.

    Returns:
        Share of clips to which the same square before another wall is nearer than another square
        before the same wall: near 0 for an encoder of walls, near 1 for one of squares.
    """
    squares, walls = make_squares(n), make_walls(n)
    films = (
        film(squares, walls),
        film(squares, make_walls(n)),
        film(make_squares(n), walls),
    )
    encoder.eval()
    clip, same_square, same_wall = (
        F.normalize(encoder.backbone(to_input(video[:, :, :CLIP_LEN], training=False)), dim=1)
        for video in films
    )
    return ((clip * same_square).sum(1) > (clip * same_wall).sum(1)).float().mean().item()


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--beta', type=float, default=0.25, help='share that is foreground')
    parser.add_argument('--steps', type=int, default=120)
    parser.add_argument('--seed', type=int, default=0)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    before = foreground_wins(Encoder())
    encoder, _ = train(args.steps, args.beta)
    after = foreground_wins(encoder)
    print(f'the foreground wins: {before:.0%} with random weights, {after:.0%} pre-trained')


if __name__ == '__main__':
    main()
