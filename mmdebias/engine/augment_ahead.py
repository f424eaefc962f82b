"""Preparing a batch on a CUDA stream of its own, while the step before it runs."""

from collections.abc import Callable
from types import ModuleType

import torch

from mmdebias.models.data_preprocessor import PreparedBatch


class AugmentAhead:
    """Queue the preparation of batches beside the training step.

    All preparing happens on one side stream. Each preparation waits for what the training stream
    had been given by then, which is the steps before: memory that they read is not written to
    again too early, so that no tensor has to be recorded on the other stream. It does not wait for
    the step that is queued next, and runs beside it. The host waits for the device only where
    ``prepare`` does.

    Args:
        prepare: From a batch on the host to what the step takes, on the device.
        streams: ``torch.cuda``, or what stands in for it.
    """

    def __init__(self, prepare: Callable[[dict], dict], streams: ModuleType = torch.cuda) -> None:
        self.prepare = prepare
        self.streams = streams
        self.side = streams.Stream()
        self._ready = {}

    def queue(self, batch: PreparedBatch) -> None:
        """Prepare a batch, unless that was done, after the steps that have been queued so far."""
        if batch.prepared is not None:
            return
        self.side.wait_stream(self.streams.current_stream())
        with self.streams.stream(self.side):
            batch.prepared = self.prepare(batch)
            self._ready[id(batch)] = self.side.record_event()

    def take(self, batch: PreparedBatch) -> None:
        """Let the steps queued from here on wait until a queued batch is prepared."""
        self.streams.current_stream().wait_event(self._ready.pop(id(batch)))
