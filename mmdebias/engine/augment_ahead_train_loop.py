"""A training loop that augments the next batch while the step of the present one runs."""

from itertools import chain, pairwise

import torch
from mmaction.registry import LOOPS
from mmengine.model import is_model_wrapper
from mmengine.runner import EpochBasedTrainLoop

from mmdebias.models.data_preprocessor import NormalisingPreprocessor, PreparedBatch

from .augment_ahead import AugmentAhead


@LOOPS.register_module()
class AugmentAheadTrainLoop(EpochBasedTrainLoop):
    """MMEngine's loop, with copy to the GPU and augmentation off the training step's path.

    ``train_cfg=dict(type='AugmentAheadTrainLoop')`` switches it on. Before a step is queued, the
    next batch's preparation is, on a CUDA stream of its own. The copy runs beside the step, too,
    with ``pin_memory`` in the dataloader and ``model.data_preprocessor.non_blocking=True``. One
    more prepared batch is held on the GPU. Random numbers are drawn in another order than without:
    a run repeats and resumes exactly, but is another run.

    On a CPU this is MMEngine's loop, number for number.

    It has been tested with stand-ins for CUDA's streams, and has not been timed on a GPU yet:
    ``tools/benchmark/gpu.sh`` does that.

    Args:
        *args: As in MMEngine.
        **kwargs: As in MMEngine.

    Raises:
        TypeError: the model's data preprocessor is none of this project's.
    """

    streams = torch.cuda

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        model = self.runner.model
        self.preprocessor = (model.module if is_model_wrapper(model) else model).data_preprocessor
        if not isinstance(self.preprocessor, NormalisingPreprocessor):
            raise TypeError(
                f'{type(self.preprocessor).__name__} cannot prepare batches ahead: use '
                'ClipDataPreprocessor or ViewDataPreprocessor, or EpochBasedTrainLoop.'
            )
        self.looks_ahead = self.preprocessor.device.type == 'cuda'
        self._ahead: AugmentAhead | None = None
        self._following: PreparedBatch | None = None

    def run_epoch(self) -> None:
        """Iterate one epoch, looking one batch ahead."""
        if not self.looks_ahead:
            super().run_epoch()
            return
        # One stream for all epochs: memory freed on a stream is used again on that stream alone.
        self._ahead = self._ahead or AugmentAhead(self._prepare, self.streams)
        self.runner.call_hook('before_train_epoch')
        self.runner.model.train()
        batches = chain(map(PreparedBatch, self.dataloader), [None])
        for index, (batch, self._following) in enumerate(pairwise(batches)):
            self.run_iter(index, batch)
        self.runner.call_hook('after_train_epoch')
        self._epoch += 1

    def run_iter(self, idx: int, data_batch: PreparedBatch) -> None:
        """Queue what is to be prepared, then the step."""
        if not self.looks_ahead:
            super().run_iter(idx, data_batch)
            return
        # EpochSeedHook seeds here: before the first batch is prepared.
        self.runner.call_hook('before_train_iter', batch_idx=idx, data_batch=data_batch)
        self._ahead.queue(data_batch)
        if self._following is not None:
            self._ahead.queue(self._following)
        self._ahead.take(data_batch)
        outputs = self.runner.model.train_step(data_batch, optim_wrapper=self.runner.optim_wrapper)
        self.runner.call_hook(
            'after_train_iter', batch_idx=idx, data_batch=data_batch, outputs=outputs
        )
        self._iter += 1

    def _prepare(self, batch: dict) -> dict:
        # As in train_step: under its autocast.
        with self.runner.optim_wrapper.optim_context(self.runner.model):
            return self.preprocessor.prepare(batch, training=True)
