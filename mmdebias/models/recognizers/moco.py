"""Momentum contrast on views of videos."""

from collections import OrderedDict
from collections.abc import Callable, Sequence

import torch
from mmaction.registry import MODELS
from mmengine.dist import get_world_size
from mmengine.model import ExponentialMovingAverage
from torch import Tensor, nn

from mmdebias.models.early_backward import backward_early, with_gradients
from mmdebias.models.feature_queue import FeatureQueue
from mmdebias.models.gather import exchange, gather_rows, give_back, other_rows

from .pretraining import PretrainingRecognizer


@MODELS.register_module()
class MoCoRecognizer(PretrainingRecognizer):
    """MoCo (He et al., CVPR 2020) for video: the frame of FAME, BE and DSM's contrastive losses.

    A query encoder (``backbone`` and ``neck``, trained) and a key encoder (their moving average)
    embed two views of each video; the loss finds the key among a queue of earlier keys. Checkpoints
    keep the query encoder under ``backbone.``, where an MMAction2 recogniser looks for it.

    The key encoder follows once a step of the optimiser: with ``accumulative_counts=k`` of
    MMEngine's ``OptimWrapper``, at the first of k batches. The keys of all of them enter the queue.

    Args:
        backbone: Config of the encoder.
        neck: Config of a module from the backbone's output to unit vectors ``[N, D]``, with an
            ``out_channels`` attribute.
        head: Config of the loss, :class:`InfoNCEHead`.
        queue_size: Number K of keys in the queue. 0 goes without one: the negatives are the other
            videos of the batch, on all ranks (MoCo v3: Chen et al., ICCV 2021, section 3). In a
            schedule of some hundred steps the key encoder changes so fast that keys of a queue
            are told by their age, without a look at the video.
        momentum: Share m of the key encoder that stays at each step, in (0, 1).
        symmetric: Let each view be query and key in turn; the loss is the mean of both directions
            (FAME, appendix A.1), and the keys of both enter the queue after both were computed.
            The first direction's gradients are taken before the second is computed, so that memory
            holds the feature maps of one; not in float16, as of ``--amp``, nor with
            ``negative_view``, nor as :func:`backward_early` says.
        query_view: Name of the view that is the query.
        key_view: Name of the view that is the positive key.
        negative_view: Name of a view that is the query's own hard negative, embedded by the query
            encoder with gradient (BE Eq. 7, DSM Eq. 7), or names of several, or None.
        queue_view: Name of the one view whose keys enter the queue (without a queue: are the
            negatives), or None for those of the positive keys. DSM's bank keeps anchors, which are
            no keys of its loss (Eq. 7): that costs one more pass of the key encoder.
        shuffle_bn: Encode keys among other clips than their queries, so that common batch-norm
            statistics do not give the pair away: across ranks, and across ``bn_groups``.
        bn_groups: Encode a rank's clips in this many groups, each with batch-norm statistics of its
            own, as if each were a rank. One process on 64 videos with 8 groups has the statistics
            of 8 GPUs with 8 videos each; with 1 group and 1 process nothing can be shuffled, and
            the encoder may learn to recognise the batch instead of the video.
        enqueue_between: With a symmetric loss, queue the keys of the first direction before the
            second is computed, as FAME's released code does: a sample then meets its own key as a
            negative.
        data_preprocessor: Config of a :class:`ViewDataPreprocessor` with these views.
        train_cfg: As in MMAction2.
        test_cfg: As in MMAction2.

    Raises:
        ValueError: ``momentum`` outside (0, 1), ``queue_size`` below 0 or ``bn_groups`` below 1, a
            view that the preprocessor does not give, or ``enqueue_between`` without a queue or
            without two directions whose keys enter it.
    """

    def __init__(
        self,
        backbone: dict,
        neck: dict,
        head: dict,
        queue_size: int = 65536,
        momentum: float = 0.999,
        symmetric: bool = True,
        query_view: str = 'query',
        key_view: str = 'key',
        negative_view: str | Sequence[str] | None = None,
        queue_view: str | None = None,
        shuffle_bn: bool = True,
        bn_groups: int = 1,
        enqueue_between: bool = False,
        data_preprocessor: dict | None = None,
        train_cfg: dict | None = None,
        test_cfg: dict | None = None,
    ) -> None:
        super().__init__(
            backbone,
            neck=neck,
            train_cfg=train_cfg,
            test_cfg=test_cfg,
            data_preprocessor=data_preprocessor,
        )
        if not 0 < momentum < 1:
            raise ValueError(f'momentum={momentum!r} must lie between 0 and 1; .999 is usual.')
        if bn_groups < 1:
            raise ValueError(f'bn_groups={bn_groups} must be 1 or more.')
        if enqueue_between and (not symmetric or queue_view is not None or queue_size == 0):
            raise ValueError(
                'enqueue_between=True acts between the two directions of symmetric=True, whose '
                'keys enter the queue: drop it, or queue_view, or give queue_size.'
            )
        self.head = MODELS.build(head)
        self.queue = FeatureQueue(queue_size, self.neck.out_channels) if queue_size else None
        # MMEngine's momentum is the share that is replaced.
        self.momentum_encoder = ExponentialMovingAverage(self.encoder(), 1 - momentum)
        self.symmetric = symmetric
        self.query_view, self.key_view = query_view, key_view
        self.queue_view = queue_view
        own = [negative_view] if isinstance(negative_view, str) else negative_view
        self.negative_views = list(own or ())
        self.shuffle_bn = shuffle_bn
        self.bn_groups = bn_groups
        self.enqueue_between = enqueue_between
        self._followed = -1  # the version of the query encoder that the key encoder has followed
        self.check_views(
            query_view=query_view,
            key_view=key_view,
            queue_view=queue_view,
        )
        for view in self.negative_views:
            self.check_views(negative_view=view)

    @property
    def keys_per_video(self) -> int:
        """Return how many keys of each video enter the queue: those of both directions, or one."""
        return 2 if self.symmetric and self.queue_view is None else 1

    def encoder(self) -> nn.Module:
        """Return the query encoder: clips ``[N, C, T, H, W]`` to unit vectors ``[N, D]``."""
        return nn.Sequential(OrderedDict(backbone=self.backbone, neck=self.neck))

    def loss(self, inputs: dict[str, Tensor], data_samples: list | None = None) -> dict:
        """Return the contrastive loss of a batch of views.

        Args:
            inputs: ``{view: [N, C, T, H, W]}``; other views than those of the arguments are
                ignored.
            data_samples: Not used: there are no labels.

        Returns:
            The head's dict of scalars, averaged over the directions.

        Raises:
            ValueError: ``bn_groups`` does not divide N, or without a queue a batch of one video.
        """
        if self._query_encoder_has_moved():
            self.momentum_encoder.update_parameters(self.encoder())
        pairs = [(self.query_view, self.key_view)]
        if self.symmetric:
            pairs.append((self.key_view, self.query_view))
        negative = None
        if self.negative_views:
            embedded = [self.embed(inputs[view]) for view in self.negative_views]
            negative = torch.stack(embedded, dim=1)
        directions: list[dict[str, Tensor]] = []
        all_keys: dict[str, Tensor] = {}
        for query_view, key_view in pairs:
            if self.enqueue_between:
                self._enqueue(all_keys)
                all_keys = {}
            key, all_keys[key_view] = self.embed_key(inputs[key_view])
            if self.queue is not None:
                others = self.queue.features
            else:
                bank = self._keys_of(self.queue_view or key_view, all_keys, inputs)
                others = other_rows(key, bank)
            query = self.embed(inputs[query_view])
            directions.append(self._compare(query, key, others, negative))
            # Its maps need not be kept while the other direction's are, if nothing but parameters
            # is common to both: no negative, and no augment that is trained.
            trained_views = any(clips.requires_grad for clips in inputs.values())
            if len(directions) < len(pairs) and negative is None and not trained_views:
                directions[-1] = backward_early(directions[-1])
        if self.queue_view is not None:
            all_keys = {self.queue_view: self._keys_of(self.queue_view, all_keys, inputs)}
        self._enqueue(all_keys)
        return {
            name: torch.stack([direction[name] for direction in directions]).mean()
            for name in directions[0]
        }

    def embed(self, clips: Tensor) -> Tensor:
        """Return clips ``[N, C, T, H, W]`` by the query encoder: unit vectors ``[N, D]``."""
        return self._in_groups(lambda group: self.neck(self.backbone(group)), clips)

    @torch.no_grad()
    def embed_key(self, clips: Tensor) -> tuple[Tensor, Tensor]:
        """Return clips by the momentum encoder.

        Args:
            clips: This rank's ``[N, C, T, H, W]``.

        Returns:
            Their keys ``[N, D]``, and the keys of all ranks' clips, the same on every rank.
        """
        if not self.shuffle_bn or (get_world_size() == 1 and self.bn_groups == 1):
            keys = self._in_groups(self.momentum_encoder, clips)
            return keys, gather_rows(keys)
        clips, order = exchange(clips)
        return give_back(self._in_groups(self.momentum_encoder, clips), order)

    def _compare(
        self, query: Tensor, key: Tensor, others: Tensor, negative: Tensor | None
    ) -> dict[str, Tensor]:
        # The queue changes in place before the backward pass, which would need a copy of it: the
        # gradients that read it are taken here.
        trained = [query, *(() if negative is None else (negative,)), *self.head.parameters()]
        direction = self.head.loss(query, key, others, negative)
        return {
            name: with_gradients(value, trained, keep_graph=True)
            for name, value in direction.items()
        }

    def _keys_of(self, view: str, keys: dict[str, Tensor], inputs: dict[str, Tensor]) -> Tensor:
        # The queue's view need be no key of the loss.
        if view not in keys:
            keys[view] = self.embed_key(inputs[view])[1]
        return keys[view]

    def _enqueue(self, keys: dict[str, Tensor]) -> None:
        if self.queue is not None:
            for of_view in keys.values():
                self.queue.enqueue(of_view)

    def _query_encoder_has_moved(self) -> bool:
        # No loop tells the model whether it accumulates gradients: its parameters do. A step writes
        # to them, or, by an optimiser that writes past autograd's count, ends without gradients.
        parameters = list(self.encoder().parameters())
        version = sum(parameter._version for parameter in parameters)
        unwritten, self._followed = version == self._followed, version
        return not (unwritten and any(parameter.grad is not None for parameter in parameters))

    def _in_groups(self, encode: Callable[[Tensor], Tensor], clips: Tensor) -> Tensor:
        if len(clips) % self.bn_groups:
            raise ValueError(
                f'bn_groups={self.bn_groups} does not divide the {len(clips)} clips of a batch: '
                'groups of different sizes have different statistics. Choose bn_groups and '
                'train_dataloader.batch_size so that it does, with train_dataloader.drop_last=True.'
            )
        return torch.cat([encode(group) for group in clips.chunk(self.bn_groups)])
