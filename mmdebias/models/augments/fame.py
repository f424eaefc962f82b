"""FAME as a batch augmentation."""

import inspect
from collections.abc import Callable
from functools import partial

import torch
from mmaction.registry import MODELS
from torch import Tensor, nn

from mmdebias.models.gather import (
    check_others,
    derangement,
    gather_rows,
    rank_slice,
    same_on_all_ranks,
)
from mmdebias.ops.clips import to_pixel_type
from mmdebias.ops.foreground import (
    PRESETS,
    Share,
    check_beta,
    check_grabcut,
    check_noise_floor,
    fame_mask,
    gauss_mask,
    grid_mask,
    merge,
    seed_mask,
)

MASKS: dict[str, Callable[..., Tensor]] = {
    'fame': fame_mask,
    'seed': seed_mask,
    'grid': grid_mask,
    'gauss': gauss_mask,
}
BACKGROUNDS = ('inter', 'intra', 'none')
SHUFFLES = ('derangement', 'permutation')


@MODELS.register_module()
class FAME(nn.Module):
    """Paste each clip's moving foreground on another background.

    Foreground-background Merging (Ding et al., CVPR 2022, section 3.2; variants: section 4.3). Put
    it first in a view's augments: it needs raw RGB, before colour augments and normalisation.

    Args:
        beta: Share of the frame kept as foreground, in [0, 1], or 'adaptive' (masks 'fame' and
            'seed' only). None takes the preset's. 1 changes nothing and draws no random numbers:
            training is then plain MoCo's, number for number.
        mask: How the foreground is found: 'fame', or the paper's variants 'seed', 'grid', 'gauss'
            (:func:`mmdebias.ops.fame_mask`, ``seed_mask``, ``grid_mask``, ``gauss_mask``).
        background: Where the rest of the frame comes from. 'inter': another clip of the batch.
            'intra': another time of the same video, which the view named ``background`` brings
            (add it to ``SampleViews`` and to the preprocessor's views). 'none': nothing is pasted,
            the baseline of Table 3.
        shuffle: With 'inter', whose background a clip gets. 'derangement' always another clip's;
            'permutation' a random permutation as in the authors' code, where a clip can meet its
            own.
        across_ranks: Choose among the clips of all ranks, so that a small batch on each GPU still
            meets many backgrounds. All clips then travel to all ranks, as bytes.
        p: Probability that a clip is merged, in [0, 1].
        preset: 'paper': beta .5. 'robust' (not in the paper): beta 'adaptive', ``noise_floor`` 2
            and ``follow_camera``, for cameras that move, small actors and compressed video. What
            is given beside a preset counts.
        **options: Further arguments of the mask: ``official_hue`` ('fame'), ``noise_floor``,
            ``follow_camera`` and ``smooth`` (all but 'gauss'), ``grabcut`` ('fame' and 'seed').

    Raises:
        ValueError: a value outside its range, an unknown name, or an option that the mask does not
            take.
    """

    def __init__(
        self,
        beta: Share | None = None,
        mask: str = 'fame',
        background: str = 'inter',
        shuffle: str = 'derangement',
        across_ranks: bool = False,
        p: float = 1.0,
        preset: str = 'paper',
        **options: bool | int,
    ) -> None:
        super().__init__()
        for name, value, known in (
            ('mask', mask, tuple(MASKS)),
            ('background', background, BACKGROUNDS),
            ('shuffle', shuffle, SHUFFLES),
            ('preset', preset, tuple(PRESETS)),
        ):
            if value not in known:
                raise ValueError(f'{name}={value!r} is unknown; use one of {known}.')
        if not 0 <= p <= 1:
            raise ValueError(f'p={p!r} must be a probability, 0 to 1.')
        if across_ranks and background != 'inter':
            raise ValueError(
                f'across_ranks=True chooses among other clips, but background={background!r} takes '
                'none of them: drop one of the two.'
            )
        options = PRESETS[preset] | options
        preset_beta = options.pop('beta')
        beta = preset_beta if beta is None else beta
        _check_options(mask, beta, options)
        self.mask = partial(MASKS[mask], beta=beta, **options)
        self.beta = beta
        self.background = background
        self.shuffle = shuffle
        self.across_ranks = across_ranks
        self.p = p
        self.settings = dict(beta=beta, mask=mask, background=background, shuffle=shuffle)
        self.settings |= dict(across_ranks=across_ranks, p=p, **options)

    @property
    def reads_view(self) -> str | None:
        """Return the other view whose raw clips :meth:`forward` wants, see ViewDataPreprocessor."""
        return 'background' if self.background == 'intra' else None

    def forward(self, clips: Tensor, backgrounds: Tensor | None = None) -> Tensor:
        """Merge a batch.

        Args:
            clips: ``[N, 3, T, H, W]``, uint8 or float in [0, 1], T at least 2.
            backgrounds: With background='intra', another clip of each video, of the same shape.

        Returns:
            The same shape and dtype.

        Raises:
            ValueError: with background='inter', a single clip to choose among: it has no other
                background, and unchanged it would train without FAME.
        """
        if self.beta == 1 or self.p == 0 or self.background == 'none':
            return clips
        if self.background == 'inter':
            backgrounds = self._other_clips(clips)
        mask = self.mask(clips)
        if self.p < 1:
            kept = torch.rand(len(clips), device=clips.device) >= self.p
            mask = mask | kept[:, None, None]
        assert backgrounds is not None  # the view that ``reads_view`` names
        # An augment before this one may have made floats of the clips, and not of another view's.
        return merge(clips, to_pixel_type(backgrounds, clips.dtype), mask)

    def background_order(self, n: int, device: torch.device) -> Tensor:
        """Draw the clip, int64 ``[n]``, from which each of ``n`` clips gets its background."""
        if self.shuffle == 'permutation':
            return torch.randperm(n, device=device)
        return derangement(n, device)

    def extra_repr(self) -> str:
        """Return the settings, for ``print(model)``."""
        return ', '.join(f'{name}={value!r}' for name, value in self.settings.items())

    def _other_clips(self, clips: Tensor) -> Tensor:
        pool = gather_rows(clips) if self.across_ranks else clips
        check_others('FAME', len(pool), 'all ranks' if self.across_ranks else 'the batch')
        order = self.background_order(len(pool), clips.device)
        if self.across_ranks:
            order = same_on_all_ranks(order)[rank_slice(clips)]
        return pool[order]


def _check_options(mask: str, beta: Share, options: dict) -> None:
    taken = set(inspect.signature(MASKS[mask]).parameters) - {'clips', 'beta'}
    if unknown := set(options) - taken:
        raise ValueError(
            f'mask={mask!r} has no options {sorted(unknown)}; it takes {sorted(taken) or "none"}.'
        )
    check_beta(beta, adaptive=mask in ('fame', 'seed'))
    check_noise_floor(options.get('noise_floor', 0))
    check_grabcut(options.get('grabcut', False), beta)
