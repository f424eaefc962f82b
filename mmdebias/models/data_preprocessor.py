"""From collated uint8 views to the normalised clips that an encoder takes."""

from collections.abc import Sequence
from typing import Any

import torch
from mmaction.registry import MODELS
from mmengine.model import BaseDataPreprocessor
from torch import Tensor, nn

from mmdebias.datasets.seeding import drawing_alike
from mmdebias.ops.clips import to_unit_float


class PreparedBatch(dict):
    """A collated batch, as it was read, that may have been prepared already.

    Attributes:
        prepared: What :meth:`NormalisingPreprocessor.prepare` made of it, or None.
    """

    prepared: dict | None = None


class NormalisingPreprocessor(BaseDataPreprocessor):
    """The base of the preprocessors: RGB statistics for values in [0, 1].

    A :class:`PreparedBatch` that was prepared ahead of its step is not prepared again.

    Args:
        mean: Of each RGB channel, for values in [0, 1].
        std: Of each RGB channel, for values in [0, 1].
        non_blocking: Copy to the device without waiting for it.

    Raises:
        ValueError: ``mean`` and ``std`` that are not those of three channels in [0, 1].
    """

    def __init__(
        self, mean: Sequence[float], std: Sequence[float], non_blocking: bool = False
    ) -> None:
        super().__init__(non_blocking=non_blocking)
        for name, values in (('mean', mean), ('std', std)):
            if len(values) != 3 or max(values) > 1:
                raise ValueError(
                    f'{name}={list(values)} must be three numbers for RGB in [0, 1]; divide '
                    'values for 0 to 255 by 255.'
                )
            shape = (-1, 1, 1, 1)
            self.register_buffer(name, torch.tensor(values).view(shape), persistent=False)

    def forward(self, data: dict, training: bool = False) -> dict:
        """Prepare a batch, unless it comes prepared."""
        prepared = getattr(data, 'prepared', None)
        return self.prepare(data, training) if prepared is None else prepared

    def prepare(self, data: dict, training: bool = False) -> dict:
        """Prepare a batch; each preprocessor says how."""
        raise NotImplementedError

    def normalise(self, clips: Tensor) -> Tensor:
        """Return uint8 or float in [0, 1] ``[N, 3, T, H, W]`` to ``(x - mean) / std``."""
        return (to_unit_float(clips) - self.mean) / self.std

    def _stack(self, data: dict) -> tuple[Tensor, list | None]:
        """Return the batch on the device, ``[N, V, 3, T, H, W]`` as read, and its samples."""
        data = self.cast_data(data)
        clips = data['inputs']
        clips = clips if isinstance(clips, Tensor) else torch.stack(clips)
        return clips, data.get('data_samples')


@MODELS.register_module()
class ClipDataPreprocessor(NormalisingPreprocessor):
    """Batch augmentations for MMAction2's own recognisers: stack, augment, normalise.

    Args:
        mean: Of each RGB channel, for values in [0, 1].
        std: Of each RGB channel, for values in [0, 1].
        augments: Configs of ``nn.Module``s from ``[N, 3, T, H, W]`` to the same shape, uint8 or
            float in [0, 1]; they run while training only.
        non_blocking: Copy to the device without waiting for it.
    """

    def __init__(
        self,
        mean: Sequence[float],
        std: Sequence[float],
        augments: Sequence[dict] = (),
        non_blocking: bool = False,
    ) -> None:
        super().__init__(mean, std, non_blocking)
        self.augments = nn.Sequential(*[MODELS.build(augment) for augment in augments])

    def prepare(self, data: dict, training: bool = False) -> dict:
        """Prepare a batch.

        Args:
            data: ``inputs``, a list of N uint8 ``[V, 3, T, H, W]`` (or that stacked), and
                ``data_samples``.
            training: Whether to augment.

        Returns:
            ``inputs`` float ``[N, V, 3, T, H, W]``, ``data_samples`` as they were.
        """
        clips, samples = self._stack(data)
        batch = clips.flatten(0, 1)
        batch = self.normalise(self.augments(batch) if training else batch)
        return dict(inputs=batch.unflatten(0, clips.shape[:2]), data_samples=samples)


@MODELS.register_module()
class ViewDataPreprocessor(NormalisingPreprocessor):
    """Move views to the device, augment each view's batch, normalise.

    Clips travel to the device as uint8, a quarter of the bytes of floats.

    Args:
        mean: Of each RGB channel, for values in [0, 1].
        std: Of each RGB channel, for values in [0, 1].
        views: The views in the order of the clips of a sample, each with its list of batch
            augmentations (configs of ``nn.Module``s from ``[N, 3, T, H, W]`` to the same shape,
            uint8 or float in [0, 1]). They run while training only. One with an attribute
            ``reads_view`` gets the raw clips of the view of that name as a second argument.
        non_blocking: Copy to the device without waiting for it.
        same_draws: ``{view: other view}``: what the augmentations of one draw, those of the other
            draw as well. With the same augmentations both are changed alike, such as BE's hard
            negative by the query's own ones (a^1 of section 3.1); see :class:`PerView` for crops.

    Raises:
        ValueError: no views, an augmentation that reads a view which is not among them, or
            ``same_draws`` of such a one.
    """

    def __init__(
        self,
        mean: Sequence[float],
        std: Sequence[float],
        views: dict[str, Sequence[dict]],
        non_blocking: bool = False,
        same_draws: dict[str, str] | None = None,
    ) -> None:
        super().__init__(mean, std, non_blocking)
        if not views:
            raise ValueError('views is empty: name each view and list its augments.')
        self.augments = nn.ModuleDict(
            {
                view: nn.Sequential(*[MODELS.build(augment) for augment in augments])
                for view, augments in views.items()
            }
        )
        self._check_reads()
        self.same_draws = dict(same_draws or {})
        for view in (*self.same_draws, *self.same_draws.values()):
            if view not in self.augments:
                raise ValueError(
                    f'same_draws={self.same_draws}: {view!r} is none of {list(views)}.'
                )

    def prepare(self, data: dict, training: bool = False) -> dict:
        """Prepare a batch.

        Args:
            data: ``inputs``, a list of N uint8 ``[V, 3, T, H, W]`` (or that stacked), and
                ``data_samples``.
            training: Whether to augment.

        Returns:
            ``inputs`` as ``{view: float [N, 3, T, H, W]}``, ``data_samples`` as they were.

        Raises:
            ValueError: samples whose views are not those of this preprocessor.
        """
        clips, samples = self._stack(data)
        self._check_views(clips, samples)
        raw = dict(zip(self.augments, clips.unbind(1)))
        states: dict[str, tuple] = {}
        inputs = {}
        for view in raw:
            augmented = raw[view]
            if training and self.same_draws:
                with drawing_alike(states, self.same_draws.get(view, view), clips.device):
                    augmented = self.augment(view, raw)
            elif training:
                augmented = self.augment(view, raw)
            inputs[view] = self.normalise(augmented)
        return dict(inputs=inputs, data_samples=samples)

    def augment(self, view: str, raw: dict[str, Tensor]) -> Tensor:
        """Run one view's augmentations.

        Args:
            view: Its name.
            raw: Every view's clips as they were read, ``[N, 3, T, H, W]``.

        Returns:
            ``[N, 3, T, H, W]``, uint8 or float in [0, 1].
        """
        clips = raw[view]
        augments: Any = self.augments[view]
        for augment in augments:
            other = getattr(augment, 'reads_view', None)
            clips = augment(clips) if other is None else augment(clips, raw[other])
        return clips

    def _check_reads(self) -> None:
        augments: Any
        for view, augments in self.augments.items():
            for augment in augments:
                other = getattr(augment, 'reads_view', None)
                if other is not None and other not in self.augments:
                    raise ValueError(
                        f'{type(augment).__name__} of the view {view!r} reads the view {other!r}, '
                        f'and there are {list(self.augments)}: add {other}=[] to the views here '
                        f'and {other}=dict() to those of SampleViews.'
                    )

    def _check_views(self, clips: Tensor, samples: list | None) -> None:
        expected = list(self.augments)
        sampled = samples[0].metainfo.get('view_names') if samples else None
        if clips.ndim != 6 or clips.shape[1] != len(expected):
            raise ValueError(
                f'inputs has shape {tuple(clips.shape)}; it must be [N, {len(expected)}, 3, T, H, '
                f'W] for the views {expected}. Give SampleViews the same views.'
            )
        if sampled is not None and list(sampled) != expected:
            raise ValueError(
                f'The pipeline samples the views {list(sampled)} and the data preprocessor '
                f'augments {expected}: name the same views in the same order.'
            )
